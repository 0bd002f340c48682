package org.hdrfix.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Lines of a text that nobody vouches for, one char for each byte (ISO-8859-1): a line without an end and a text without
 * an end take as much memory as any other. A line ends with LF or CR LF; the rest of one that is too long is left out.
 */
public final class BoundedLines {
    private final InputStream in;
    private final byte[] line;
    private final byte[] buffer = new byte[1 << 14];
    private long left;
    private int at;
    private int filled;

    /**
     * Prepares reading.
     *
     * @param in is not closed here
     * @param longest bytes of a line that are kept
     * @param most bytes that are read in all; what follows them is as if it was not there
     */
    public BoundedLines(InputStream in, int longest, long most) {
        this.in = in;
        this.line = new byte[longest];
        this.left = most;
    }

    /** The next line without its end, or null where there is none. */
    public String next() throws IOException {
        int length = 0;
        boolean any = false;
        while (at < filled || fill()) {
            any = true;
            byte letter = buffer[at++];
            if (letter == '\n') {
                return text(length);
            }
            if (length < line.length) {
                line[length++] = letter;
            }
        }
        return any ? text(length) : null;
    }

    /** Whether as much was read as may be: what follows, where something does, is left out. */
    public boolean isCut() {
        return left <= 0;
    }

    private String text(int length) {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return new String(line, 0, end, StandardCharsets.ISO_8859_1);
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = left <= 0 ? 0 : Math.max(0, in.read(buffer, 0, (int) Math.min(buffer.length, left)));
        left -= filled;
        return filled > 0;
    }
}
