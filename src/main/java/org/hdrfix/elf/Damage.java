package org.hdrfix.elf;

/** Something in an ELF file that cannot be what it should be; ends the reading of the part that it stands in. */
final class Damage extends Exception {
    private static final long serialVersionUID = 1;

    private final long offset;

    /**
     * @param reason what is wrong, with the values seen; printable ASCII
     * @param offset where it was seen, bytes from the start of the file
     */
    Damage(String reason, long offset) {
        // Thrown once per damaged file and caught in this package: a stack trace would only cost time.
        super(reason, null, false, false);
        this.offset = offset;
    }

    MalformedElf malformed() {
        return new MalformedElf(getMessage(), offset);
    }
}
