package org.hdrfix.explain;

import java.util.List;

/**
 * What a line has to hold: pieces of text, one behind the other, with anything between them.
 *
 * @param pieces in their order, none empty, quotation marks as {@link LogLine} writes them
 * @param atStart whether the first piece begins the line
 * @param atEnd whether the last piece ends it
 * @param needle the longest run of plain ASCII in the pieces: a line without it cannot match
 */
record LinePattern(List<String> pieces, boolean atStart, boolean atEnd, String needle) {
    LinePattern {
        pieces = List.copyOf(pieces);
    }

    /** A pattern as the catalogue {@code messages} writes it. */
    static LinePattern parse(String text) {
        boolean atStart = text.startsWith("^");
        boolean atEnd = text.endsWith("$");
        String plain = text.substring(atStart ? 1 : 0, text.length() - (atEnd ? 1 : 0));
        List<String> pieces = List.of(LogLine.plain(plain).split("\\*+")).stream()
                .filter(piece -> !piece.isEmpty())
                .toList();
        String needle = "";
        for (String piece : pieces) {
            for (String run : piece.split("[^ !-&(-~]")) {
                needle = run.length() > needle.length() ? run : needle;
            }
        }
        if (needle.length() < 3) {
            throw new IllegalArgumentException("messages: too little plain text in \"" + text + "\"");
        }
        return new LinePattern(pieces, atStart, atEnd, needle);
    }

    /** Whether a line, as {@link LogLine#plain} gives it, matches. */
    boolean matches(String line) {
        int at = 0;
        for (int i = 0; i < pieces.size(); i++) {
            String piece = pieces.get(i);
            boolean last = i == pieces.size() - 1;
            int found = last && atEnd ? line.length() - piece.length() : line.indexOf(piece, at);
            boolean fits = found >= at && line.startsWith(piece, found) && (i > 0 || !atStart || found == 0);
            if (!fits) {
                return false;
            }
            at = found + piece.length();
        }
        return true;
    }
}
