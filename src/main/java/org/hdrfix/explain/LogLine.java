package org.hdrfix.explain;

/** Lines of logs as they are compared and shown: without colours and control characters, with one kind of quotation mark. */
final class LogLine {
    private LogLine() {}

    /** A line without escape sequences (ECMA-48), line ends and NULs, and with {@code '} for every quotation mark. */
    static String plain(String line) {
        StringBuilder plain = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            switch (c) {
                case '\u001b' -> i = behindEscape(line, i);
                case '\'',
                        '"',
                        '`',
                        '\u00b4',
                        '\u2018',
                        '\u2019',
                        '\u201a',
                        '\u201b',
                        '\u201c',
                        '\u201d',
                        '\u201e',
                        '\u00ab',
                        '\u00bb' -> plain.append('\'');
                case '\t', '\u00a0' -> plain.append(' ');
                default -> {
                    if (c >= ' ') {
                        plain.append(c);
                    }
                }
            }
        }
        return plain.toString().stripTrailing();
    }

    /** Index of the last character of the sequence that begins at an ESC. */
    private static int behindEscape(String line, int escape) {
        int i = escape + 1;
        if (i < line.length() && line.charAt(i) == '[') {
            do {
                i++;
            } while (i < line.length() && (line.charAt(i) < '@' || line.charAt(i) > '~'));
        }
        return i;
    }
}
