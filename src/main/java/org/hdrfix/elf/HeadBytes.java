package org.hdrfix.elf;

import java.util.Arrays;

/** The first bytes of a file, as the kernel's binfmt_misc compares them with a magic under a mask. */
public final class HeadBytes {
    private final byte[] bytes;

    public HeadBytes(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /**
     * Whether the bytes from an offset on equal the magic, bit by bit where the mask has a 1.
     *
     * @param offset bytes from the start of the file
     * @param mask as long as the magic, or empty for all ones
     */
    public boolean match(int offset, byte[] magic, byte[] mask) {
        if (offset < 0 || offset + magic.length > bytes.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            int bits = mask.length == 0 ? 0xff : mask[i];
            if (((bytes[offset + i] ^ magic[i]) & bits) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeadBytes head && Arrays.equals(bytes, head.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
