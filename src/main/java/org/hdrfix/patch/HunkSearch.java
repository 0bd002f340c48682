package org.hdrfix.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.hdrfix.patch.Placement.Placed;
import org.hdrfix.patch.Placement.Unplaced;

/**
 * Looks for the hunks of a file in a text, as GNU patch does without fuzz, but for this: a hunk that is not at the line
 * that it states is placed only where one place alone fits.
 *
 * @param lines of the text, line ends kept
 * @param side which of a hunk's two texts is looked for
 */
record HunkSearch(List<String> lines, Side side) {
    Placement place(List<Hunk> hunks) {
        List<Integer> positions = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int free = 0;
        int offset = 0;
        for (Hunk hunk : hunks) {
            int stated = hunk.start(side) - 1;
            List<Integer> fitting = fitting(hunk, free, offset);
            if (fitting.size() != 1) {
                String which = "hunk " + (positions.size() + 1) + " of " + hunks.size();
                return fitting.isEmpty() ? misfit(which, hunk, stated + offset) : ambiguous(which, fitting);
            }
            offset = fitting.get(0) - stated;
            free = fitting.get(0) + hunk.lines(side).size();
            positions.add(fitting.get(0));
            offsets.add(offset);
        }
        return new Placed(positions, offsets);
    }

    /** Whether the hunk would fit anywhere, were it the only one. */
    boolean holds(Hunk hunk) {
        return !fitting(hunk, 0, 0).isEmpty();
    }

    private List<Integer> fitting(Hunk hunk, int free, int offset) {
        List<String> wanted = hunk.lines(side);
        int stated = hunk.start(side) - 1;
        int last = lines.size() - wanted.size();
        IntStream candidates = IntStream.rangeClosed(free, last);
        // Less context at one end than at the other means that the file begins or ends there.
        if (hunk.leadingContext() < hunk.trailingContext() && stated == 0) {
            candidates = candidates.filter(at -> at == 0);
        } else if (hunk.trailingContext() < hunk.leadingContext()) {
            candidates = candidates.filter(at -> at == last);
        } else if (offset == 0 && stated >= free && fits(wanted, stated)) {
            return List.of(stated);
        }
        return candidates.filter(at -> fits(wanted, at)).boxed().toList();
    }

    private boolean fits(List<String> wanted, int at) {
        return at + wanted.size() <= lines.size()
                && lines.subList(at, at + wanted.size()).equals(wanted);
    }

    private Unplaced misfit(String which, Hunk hunk, int expected) {
        List<String> wanted = hunk.lines(side);
        int start = Math.max(0, expected);
        for (int i = 0; i < wanted.size(); i++) {
            if (start + i >= lines.size()) {
                return new Unplaced(start + i + 1, which + " does not fit: the file has " + lines.size() + " lines");
            }
            String found = lines.get(start + i);
            if (!found.equals(wanted.get(i))) {
                String both = "expected " + TextLines.shown(wanted.get(i)) + ", found " + TextLines.shown(found);
                return new Unplaced(start + i + 1, which + " does not fit: " + both);
            }
        }
        // The lines are right, but GNU patch would not take them either: context says that the file ends or begins
        // here.
        return new Unplaced(
                start + 1,
                which + " does not fit: it belongs to the "
                        + (hunk.trailingContext() < hunk.leadingContext() ? "end" : "beginning") + " of the file");
    }

    private static Unplaced ambiguous(String which, List<Integer> fitting) {
        return new Unplaced(
                fitting.get(0) + 1,
                which + " is not at its line, and fits at lines " + (fitting.get(0) + 1) + " and "
                        + (fitting.get(1) + 1));
    }
}
