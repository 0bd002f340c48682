package org.hdrfix.patch;

/**
 * One line of a hunk.
 *
 * @param text ISO-8859-1 view of the bytes, so that every byte survives; ends in a newline, unless it is the last line
 *     of a file that has none
 */
public record HunkLine(Mark mark, String text) {
    /** What the hunk does to the line. */
    public enum Mark {
        CONTEXT,
        REMOVED,
        ADDED
    }

    boolean standsIn(Side side) {
        return switch (mark) {
            case CONTEXT -> true;
            case REMOVED -> side == Side.BEFORE;
            case ADDED -> side == Side.AFTER;
        };
    }
}
