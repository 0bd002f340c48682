package org.hdrfix.patch;

import com.github.difflib.patch.Patch;
import com.github.difflib.patch.PatchFailedException;
import com.github.difflib.unifieddiff.UnifiedDiffFile;
import com.github.difflib.unifieddiff.UnifiedDiffReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.hdrfix.patch.FilePatch.Kind;

/**
 * Has java-diff-utils read and apply the same change, and compares.
 *
 * <p>No other class may name the library: it is loaded when a patch has been found to fit, and not before.
 *
 * <p>Its reader decodes with the default charset, parts lines at a lone CR too and loses whether the last line has a
 * newline. So all lines go through it as printable ASCII, in a writing that shows every other byte and a missing newline;
 * and each file goes by itself, for it stops at the signature of the first mail.
 */
final class SecondOpinion {
    private SecondOpinion() {}

    /** Why the result is not to be trusted; nothing where both agree. */
    static Optional<String> objection(FilePatch patch, Optional<byte[]> before, Optional<byte[]> after) {
        List<String> expected = written(after);
        try {
            List<UnifiedDiffFile> files = UnifiedDiffReader.parseUnifiedDiff(
                            new ByteArrayInputStream(text(patch).getBytes(StandardCharsets.US_ASCII)))
                    .getFiles();
            if (files.size() != 1
                    || files.get(0).getPatch().getDeltas().size()
                            != patch.hunks().size()) {
                return Optional.of("java-diff-utils reads other hunks");
            }
            Patch<String> read = files.get(0).getPatch();
            // applyFuzzy looks for moved hunks, but knows no pure insertions and deletions.
            List<String> answer = patch.kind() == Kind.MODIFICATION
                    ? read.applyFuzzy(written(before), 0)
                    : read.applyTo(written(before));
            return answer.equals(expected)
                    ? Optional.empty()
                    : Optional.of("java-diff-utils would give another result: not applied");
        } catch (IOException | PatchFailedException | RuntimeException e) {
            // A bug of the library must not pass for an answer, whatever it throws.
            return Optional.of("java-diff-utils would not apply it: " + e.getMessage());
        }
    }

    private static List<String> written(Optional<byte[]> content) {
        return content.map(TextLines::of).orElse(List.of()).stream()
                .map(SecondOpinion::written)
                .toList();
    }

    private static String text(FilePatch patch) {
        StringBuilder text = new StringBuilder("--- a/file\n+++ b/file\n");
        for (Hunk hunk : patch.hunks()) {
            text.append("@@ -" + hunk.oldStart() + "," + hunk.before().size() + " +" + hunk.newStart() + ","
                    + hunk.after().size() + " @@\n");
            for (HunkLine line : hunk.lines()) {
                String mark = switch (line.mark()) {
                    case CONTEXT -> " ";
                    case REMOVED -> "-";
                    case ADDED -> "+";
                };
                text.append(mark).append(written(line.text())).append('\n');
            }
        }
        return text.toString();
    }

    private static String written(String line) {
        StringBuilder written = new StringBuilder();
        for (char c : line.toCharArray()) {
            if (c == '\\') {
                written.append("\\\\");
            } else if (c >= ' ' && c <= '~' || c == '\t') {
                written.append(c);
            } else if (c != '\n') {
                written.append(String.format("\\x%02x", (int) c));
            }
        }
        return written.append(line.endsWith("\n") ? "" : "\\e").toString();
    }
}
