package org.hdrfix.repair;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
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
        try {
            Journal.read(directory);
        } catch (RepairException | CharacterCodingException e) {
            // The declared answer to a journal that is none.
        }
    }
}
