package org.hdrfix.explain;

import java.nio.charset.StandardCharsets;

/**
 * One line (or a piece of a long one) as it is compared: one character a byte (Latin-1, so that no encoding can be wrong),
 * without escape sequences (ECMA-48) and NUL bytes, tabs and other controls as spaces, typographic quotes and the
 * backtick as plain quotes.
 */
final class LineText {
    private static final int ESCAPE = 0x1b;
    private static final int BELL = 0x07;

    private LineText() {}

    static String of(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            int b = bytes[i] & 0xff;
            if (b == ESCAPE) {
                i = behindEscape(bytes, i, to) - 1;
            } else if (b == '`' || b == '\'') {
                text.append('\'');
            } else if (b < ' ' || b == 0x7f) {
                if (b != 0) {
                    text.append(' ');
                }
            } else if (b < 0x80 || i + 1 >= to) {
                text.append((char) b);
            } else {
                i += quote(bytes, i, to, b, text);
            }
        }
        return text.toString();
    }

    /** Offset behind the escape sequence that begins at one; the text's end, a line's end or a broken sequence ends it. */
    static int behindEscape(byte[] bytes, int at, int to) {
        int i = at + 1;
        if (i < to && bytes[i] == '[') {
            i++;
            while (i < to && bytes[i] >= 0x20 && bytes[i] < 0x40) {
                i++;
            }
            return i < to && bytes[i] >= 0x40 ? i + 1 : i;
        }
        if (i < to && bytes[i] == ']') {
            while (i < to && bytes[i] != BELL && bytes[i] != ESCAPE && bytes[i] != '\n') {
                i++;
            }
            return i + 1 < to && bytes[i] == ESCAPE && bytes[i + 1] == '\\'
                    ? i + 2
                    : i < to && bytes[i] == BELL ? i + 1 : i;
        }
        return i < to && bytes[i] > ' ' ? i + 1 : i;
    }

    /** Appends one byte, or the plain quote that a sequence of UTF-8 stands for; gives how many more bytes it took. */
    private static int quote(byte[] bytes, int i, int to, int b, StringBuilder text) {
        int second = bytes[i + 1] & 0xff;
        if (b == 0xe2 && second == 0x80 && i + 2 < to) {
            int third = bytes[i + 2] & 0xff;
            if (third >= 0x98 && third <= 0x9b) {
                text.append('\'');
                return 2;
            }
            if (third >= 0x9c && third <= 0x9f) {
                text.append('"');
                return 2;
            }
        }
        if (b == 0xc2 && (second == 0xab || second == 0xbb)) {
            text.append('"');
            return 1;
        }
        if (b == 0xc2 && second == 0xa0) {
            text.append(' ');
            return 1;
        }
        text.append((char) b);
        return 0;
    }

    /** A text as people read it: UTF-8 where it is that. */
    static String readable(String text) {
        return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
