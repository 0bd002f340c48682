package org.hdrfix.patch;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hdrfix.patch.FilePatch.Kind;
import org.hdrfix.patch.HunkLine.Mark;

/** What a hunk must be to have one meaning. */
final class HunkRules {
    private HunkRules() {}

    /**
     * Why the hunk is refused; nothing where it is sound.
     *
     * @param earlier the sound hunks that stand before it in the same file
     */
    static Optional<String> fault(Kind kind, List<Hunk> earlier, Hunk hunk) {
        if (hunk.lines().stream().allMatch(line -> line.mark() == Mark.CONTEXT)) {
            return Optional.of("the hunk changes nothing");
        }
        if (endsEarly(hunk, Side.BEFORE)
                || endsEarly(hunk, Side.AFTER)
                || earlier.stream().anyMatch(HunkRules::endsFile)) {
            return Optional.of("lines behind the one that has no newline");
        }
        return switch (kind) {
            case CREATION -> whole(earlier, hunk, Mark.ADDED, 0, 1);
            case DELETION -> whole(earlier, hunk, Mark.REMOVED, 1, 0);
            case MODIFICATION -> modification(earlier, hunk);
        };
    }

    private static Optional<String> whole(List<Hunk> earlier, Hunk hunk, Mark mark, int oldStart, int newStart) {
        boolean whole = earlier.isEmpty()
                && hunk.oldStart() == oldStart
                && hunk.newStart() == newStart
                && hunk.lines().stream().allMatch(line -> line.mark() == mark);
        return whole ? Optional.empty() : Optional.of("a creation or deletion that is not of one whole file");
    }

    private static Optional<String> modification(List<Hunk> earlier, Hunk hunk) {
        if (hunk.leadingContext() + hunk.trailingContext() == 0) {
            return Optional.of("the hunk has no context");
        }
        if (hunk.oldStart() == 0 || hunk.newStart() == 0) {
            return Optional.of("the hunk begins at line 0");
        }
        int shift = 0;
        for (Hunk other : earlier) {
            shift += other.after().size() - other.before().size();
            if (hunk.oldStart() < other.oldStart() + other.before().size()) {
                return Optional.of("the hunk overlaps the one before it, or stands in the wrong order");
            }
        }
        // GNU patch does not look at it; a difference means that a hunk was lost or its counts were changed.
        return hunk.newStart() - hunk.oldStart() == shift
                ? Optional.empty()
                : Optional.of("the hunk's two line numbers do not follow from the hunks before it");
    }

    private static boolean endsFile(Hunk hunk) {
        return Stream.of(Side.values())
                .flatMap(side -> hunk.lines(side).stream())
                .anyMatch(HunkRules::open);
    }

    private static boolean endsEarly(Hunk hunk, Side side) {
        List<String> lines = hunk.lines(side);
        return lines.stream().limit(Math.max(0, lines.size() - 1)).anyMatch(HunkRules::open);
    }

    private static boolean open(String line) {
        return !line.endsWith("\n");
    }
}
