package org.hdrfix.repair;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets the fuzzer of another package read a journal. */
public final class JournalTarget {
    private JournalTarget() {}

    /**
     * Reads a journal.
     *
     * @param directory of its own, emptied by whoever made it
     */
    public static void read(byte[] bytes, Path directory) throws IOException {
        Files.write(directory.resolve("journal"), bytes);
        tryToRead(directory);
        // Behind the checksum, which a fuzzer would never get past, too.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Files.writeString(
                directory.resolve("journal"),
                text + Journal.CRC + Journal.crc(text) + "\n",
                StandardCharsets.ISO_8859_1);
        tryToRead(directory);
    }

    private static void tryToRead(Path directory) throws IOException {
        try {
            Journal.read(directory, Path.of("/"));
        } catch (RepairException | CharacterCodingException e) {
            // The declared answer to a journal that is none.
        }
    }
}
