package org.hdrfix.patch;

import java.util.List;

/**
 * One place of a file where a patch changes lines.
 *
 * @param oldStart 1-based line of the unpatched file at which the hunk says that it begins; 0 in a creation
 * @param newStart the same in the patched file; 0 in a deletion
 * @param lines context, removed and added lines in the patch's order
 */
public record Hunk(int oldStart, int newStart, List<HunkLine> lines) {
    public Hunk {
        lines = List.copyOf(lines);
    }

    /** The lines that the patch expects to find. */
    public List<String> before() {
        return lines(Side.BEFORE);
    }

    /** The lines that stand there once it is applied. */
    public List<String> after() {
        return lines(Side.AFTER);
    }

    List<String> lines(Side side) {
        return lines.stream()
                .filter(line -> line.standsIn(side))
                .map(HunkLine::text)
                .toList();
    }

    int start(Side side) {
        return side == Side.BEFORE ? oldStart : newStart;
    }

    int leadingContext() {
        int count = 0;
        while (count < lines.size() && lines.get(count).mark() == HunkLine.Mark.CONTEXT) {
            count++;
        }
        return count;
    }

    int trailingContext() {
        int count = 0;
        while (count < lines.size() && lines.get(lines.size() - 1 - count).mark() == HunkLine.Mark.CONTEXT) {
            count++;
        }
        return count;
    }
}
