package org.hdrfix.report;

/** Text of untrusted origin made safe for a terminal: whatever is not printable ASCII is shown as {@code \xNN}. */
public final class Printable {
    private Printable() {}

    public static String of(String text) {
        if (text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            return text;
        }
        StringBuilder safe = new StringBuilder();
        text.chars().forEach(c -> {
            if (c >= ' ' && c <= '~') {
                safe.append((char) c);
            } else {
                safe.append(String.format(c <= 0xff ? "\\x%02x" : "\\u%04x", c));
            }
        });
        return safe.toString();
    }
}
