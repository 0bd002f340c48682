package org.hdrfix.patch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Bytes as lines and back, without losing one: ISO-8859-1, parted at {@code \n} only, line ends kept. */
final class TextLines {
    private TextLines() {}

    static List<String> of(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end + 1;
            lines.add(text.substring(start, end));
            start = end;
        }
        return lines;
    }

    static byte[] bytes(List<String> lines) {
        return String.join("", lines).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A line as a message shows it: printable, in one line, and short. */
    static String shown(String line) {
        StringBuilder shown = new StringBuilder("\"");
        String text = line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
        for (char c : text.substring(0, Math.min(60, text.length())).toCharArray()) {
            if (c == '\t') {
                shown.append("\\t");
            } else if (c < ' ' || c > '~') {
                shown.append(String.format("\\x%02x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.append(text.length() > 60 ? "...\"" : "\"")
                .append(line.endsWith("\n") ? "" : " without a newline")
                .toString();
    }
}
