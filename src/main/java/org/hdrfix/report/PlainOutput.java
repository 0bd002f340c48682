package org.hdrfix.report;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The last thing before a terminal: bytes outside 0x20 to 0x7e are written as {@code \xNN}, whoever let them through, but
 * for the end of a line and the colours that hdrfix itself sets (ECMA-48, SGR with the few numbers that it uses).
 */
public final class PlainOutput extends FilterOutputStream {
    private static final int ESCAPE = 0x1b;
    private static final int LONGEST_COLOUR = 8;
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder colour = new StringBuilder();

    public PlainOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        int letter = b & 0xff;
        if (letter == ESCAPE) {
            giveUp();
            colour.append((char) letter);
        } else if (colour.length() > 0) {
            colour.append((char) letter);
            if (letter == 'm' && isColour()) {
                out.write(colour.toString().getBytes(StandardCharsets.ISO_8859_1));
                colour.setLength(0);
            } else if (letter == 'm' || letter == '\n' || colour.length() > LONGEST_COLOUR) {
                giveUp();
            }
        } else {
            plain(letter);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }

    @Override
    public void flush() throws IOException {
        giveUp();
        super.flush();
    }

    /** ESC [ 0 to 1, 22, 30 to 37, 39, 90 to 97, or none: nothing that hides text. */
    private boolean isColour() {
        String text = colour.substring(1, colour.length() - 1);
        if (!text.startsWith("[")) {
            return false;
        }
        for (String number : text.substring(1).split(";", -1)) {
            if (!number.matches("|[01]|22|3[0-79]|9[0-7]")) {
                return false;
            }
        }
        return true;
    }

    /** What began like a colour and is none. */
    private void giveUp() throws IOException {
        for (int i = 0; i < colour.length(); i++) {
            plain(colour.charAt(i));
        }
        colour.setLength(0);
    }

    private void plain(int letter) throws IOException {
        if (letter >= ' ' && letter <= '~' || letter == '\n') {
            out.write(letter);
        } else {
            out.write('\\');
            out.write('x');
            out.write(HEX.charAt(letter >> 4));
            out.write(HEX.charAt(letter & 15));
        }
    }
}
