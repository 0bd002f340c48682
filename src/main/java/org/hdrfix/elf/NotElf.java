package org.hdrfix.elf;

import java.nio.charset.StandardCharsets;

/**
 * A file without the ELF magic: a script, a text, an empty file.
 *
 * @param reason what it is instead, in words and in printable ASCII ("empty", "a script: #!/bin/sh", "an ar archive",
 *     "text", "data")
 */
public record NotElf(String reason) implements ElfReading, ModuleReading {
    /** A file without a byte. */
    public static final NotElf EMPTY = new NotElf("empty");

    /** Neither text nor anything that is known. */
    public static final NotElf DATA = new NotElf("data");

    /** Where the first line of a script is cut, bytes. */
    private static final int LINE = 80;

    /**
     * What a file is by its first bytes.
     *
     * @param first all bytes of a short file
     */
    static NotElf of(byte[] first) {
        if (first.length == 0) {
            return EMPTY;
        }
        String text = new String(first, StandardCharsets.ISO_8859_1);
        if (text.startsWith("#!")) {
            return new NotElf("a script: ".concat(firstLine(text)));
        }
        if (text.startsWith("!<arch>\n") || text.startsWith("!<thin>\n")) {
            return new NotElf("an ar archive");
        }
        return isText(text) ? new NotElf("text") : DATA;
    }

    // No lambda, no concatenation with +: this runs on every file of a tree, and the first use of either costs a cold
    // JVM more than reading the tree.

    /** The line reaches a terminal: what is not printable ASCII is written as {@code \xNN}. */
    private static String firstLine(String text) {
        int newline = text.indexOf('\n');
        int end = newline < 0 ? text.length() : newline;
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < Math.min(end, LINE); i++) {
            char letter = text.charAt(i);
            if (letter >= 0x20 && letter <= 0x7e) {
                line.append(letter);
            } else {
                line.append("\\x")
                        .append(Character.forDigit(letter >> 4, 16))
                        .append(Character.forDigit(letter & 15, 16));
            }
        }
        return end > LINE ? line.append("...").toString() : line.toString();
    }

    /** Bytes from 0x80 on are letters of some charset. */
    private static boolean isText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            boolean printable = letter >= 0x20 && letter != 0x7f;
            if (!printable && (letter < '\t' || letter > '\r')) {
                return false;
            }
        }
        return true;
    }
}
