package org.hdrfix.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hdrfix.patch.Fit.Done;
import org.hdrfix.patch.Fit.Misfit;
import org.hdrfix.patch.Fit.Ready;
import org.hdrfix.patch.Placement.Placed;
import org.hdrfix.patch.Placement.Unplaced;

/** Holds one file's part of a patch against the file. */
final class FileFitter {
    private FileFitter() {}

    static Fit fit(FilePatch patch, Optional<byte[]> content) {
        Optional<List<String>> lines = content.map(TextLines::of);
        return switch (patch.kind()) {
            case CREATION -> creation(patch, lines);
            case DELETION -> deletion(patch, lines);
            case MODIFICATION ->
                lines.map(text -> modification(patch, text))
                        .orElseGet(() -> new Misfit(patch.hunks().get(0).oldStart(), "no such file"));
        };
    }

    private static Fit creation(FilePatch patch, Optional<List<String>> lines) {
        List<String> wanted = patch.hunks().get(0).after();
        if (lines.isEmpty()) {
            return new Ready(Optional.of(TextLines.bytes(wanted)), List.of(0));
        }
        return lines.get().equals(wanted)
                ? new Done()
                : new Misfit(firstDifference(wanted, lines.get()), "the file exists, with other content");
    }

    private static Fit deletion(FilePatch patch, Optional<List<String>> lines) {
        List<String> wanted = patch.hunks().get(0).before();
        if (lines.isEmpty()) {
            return new Done();
        }
        return lines.get().equals(wanted)
                ? new Ready(Optional.empty(), List.of(0))
                : new Misfit(firstDifference(wanted, lines.get()), "the file to delete has other content");
    }

    private static int firstDifference(List<String> one, List<String> other) {
        int shorter = Math.min(one.size(), other.size());
        return IntStream.range(0, shorter)
                        .filter(i -> !one.get(i).equals(other.get(i)))
                        .findFirst()
                        .orElse(shorter)
                + 1;
    }

    private static Fit modification(FilePatch patch, List<String> lines) {
        Fit fit = standing(patch, lines);
        if (!(fit instanceof Ready ready)) {
            return fit;
        }
        // What could not be told from the unpatched file afterwards would be patched a second time.
        Fit again = standing(patch, TextLines.of(ready.after().orElseThrow()));
        return again instanceof Done
                ? fit
                : new Misfit(patch.hunks().get(0).oldStart(), "the patched file would look like an unpatched one");
    }

    private static Fit standing(FilePatch patch, List<String> lines) {
        Placement before = new HunkSearch(lines, Side.BEFORE).place(patch.hunks());
        Placement after = new HunkSearch(lines, Side.AFTER).place(patch.hunks());
        if (before instanceof Placed unpatched && after instanceof Placed patched) {
            return nearer(patch, lines, unpatched, patched);
        }
        if (before instanceof Placed unpatched) {
            return new Ready(Optional.of(changed(patch, lines, unpatched)), unpatched.offsets());
        }
        if (after instanceof Placed) {
            return new Done();
        }
        return misfit(patch, lines, (Unplaced) before);
    }

    /** Both texts are found, as when lines repeat: only lines that are where the patch says can decide. */
    private static Fit nearer(FilePatch patch, List<String> lines, Placed unpatched, Placed patched) {
        if (unpatched.exact() == patched.exact()) {
            return new Misfit(unpatched.positions().get(0) + 1, "the file fits both as unpatched and as patched");
        }
        return patched.exact()
                ? new Done()
                : new Ready(Optional.of(changed(patch, lines, unpatched)), unpatched.offsets());
    }

    private static byte[] changed(FilePatch patch, List<String> lines, Placed placed) {
        List<String> result = new ArrayList<>();
        int done = 0;
        for (int i = 0; i < patch.hunks().size(); i++) {
            Hunk hunk = patch.hunks().get(i);
            int position = placed.positions().get(i);
            result.addAll(lines.subList(done, position));
            result.addAll(hunk.after());
            done = position + hunk.before().size();
        }
        result.addAll(lines.subList(done, lines.size()));
        return TextLines.bytes(result);
    }

    private static Misfit misfit(FilePatch patch, List<String> lines, Unplaced unplaced) {
        List<Integer> present = only(patch, lines, Side.AFTER, Side.BEFORE);
        List<Integer> missing = only(patch, lines, Side.BEFORE, Side.AFTER);
        String reason = present.isEmpty() || missing.isEmpty()
                ? unplaced.reason()
                : "partly applied: hunk " + present.get(0) + " is in the file, hunk " + missing.get(0) + " is not";
        return new Misfit(unplaced.line(), reason);
    }

    /** 1-based numbers of the hunks whose one text is in the file and whose other is not. */
    private static List<Integer> only(FilePatch patch, List<String> lines, Side in, Side out) {
        return IntStream.range(0, patch.hunks().size())
                .filter(i -> new HunkSearch(lines, in).holds(patch.hunks().get(i)))
                .filter(i -> !new HunkSearch(lines, out).holds(patch.hunks().get(i)))
                .mapToObj(i -> i + 1)
                .toList();
    }
}
