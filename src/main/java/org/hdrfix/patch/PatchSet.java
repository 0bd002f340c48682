package org.hdrfix.patch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.hdrfix.patch.Fit.Done;
import org.hdrfix.patch.Fit.Misfit;
import org.hdrfix.patch.Fit.Ready;
import org.hdrfix.patch.PatchResult.AlreadyApplied;
import org.hdrfix.patch.PatchResult.Applied;
import org.hdrfix.patch.PatchResult.Conflict;

/**
 * One patch: the files that it changes together, or not at all.
 *
 * @param name for messages
 * @param files each path once, in the patch's order
 */
public record PatchSet(String name, List<FilePatch> files) {
    public PatchSet {
        files = List.copyOf(files);
    }

    /**
     * What the patch makes of a tree. Computed in memory; nothing is written.
     *
     * <p>Without fuzz. A hunk may lie at another line than it says only where no other place fits. Every answer is
     * computed twice, by this package and by java-diff-utils, and where the two differ there is none.
     *
     * @param contentOf the whole content of a file by its path relative to the tree, or nothing where it does not exist;
     *     asked once for each file
     */
    public PatchResult apply(Function<String, Optional<byte[]>> contentOf) {
        Map<FilePatch, Optional<byte[]>> contents = new LinkedHashMap<>();
        Map<FilePatch, Fit> fits = new LinkedHashMap<>();
        for (FilePatch file : files) {
            contents.put(file, contentOf.apply(file.path()));
            fits.put(file, FileFitter.fit(file, contents.get(file)));
            if (fits.get(file) instanceof Misfit misfit) {
                return new Conflict(file.path(), misfit.line(), misfit.reason());
            }
        }
        List<FilePatch> done =
                files.stream().filter(file -> fits.get(file) instanceof Done).toList();
        if (done.size() == files.size()) {
            return new AlreadyApplied();
        }
        return done.isEmpty() ? applied(contents, fits) : partly(done.get(0), fits);
    }

    private Conflict partly(FilePatch done, Map<FilePatch, Fit> fits) {
        String missing = files.stream()
                .filter(file -> fits.get(file) instanceof Ready)
                .map(FilePatch::path)
                .findFirst()
                .orElseThrow();
        int line = Math.max(1, done.hunks().get(0).newStart());
        return new Conflict(
                done.path(), line, "partly applied: " + done.path() + " has the change, " + missing + " does not");
    }

    private PatchResult applied(Map<FilePatch, Optional<byte[]>> contents, Map<FilePatch, Fit> fits) {
        Map<String, Optional<byte[]>> changes = new LinkedHashMap<>();
        Map<String, List<Integer>> offsets = new LinkedHashMap<>();
        for (FilePatch file : files) {
            Ready ready = (Ready) fits.get(file);
            Optional<String> objection = SecondOpinion.objection(file, contents.get(file), ready.after());
            if (objection.isPresent()) {
                int line = Math.max(1, file.hunks().get(0).oldStart());
                return new Conflict(file.path(), line, objection.get());
            }
            changes.put(file.path(), ready.after());
            offsets.put(file.path(), ready.offsets());
        }
        return new Applied(changes, offsets);
    }
}
