package org.hdrfix.platform;

import org.hdrfix.elf.HeadBytes;

/**
 * One enabled handler of binfmt_misc (the kernel's Documentation/admin-guide/binfmt-misc.rst), of the kind that compares
 * magic bytes.
 *
 * @param name as registered ("qemu-x86_64")
 * @param offset where the magic begins, bytes
 * @param mask as long as the magic, or empty
 */
public record BinfmtHandler(String name, int offset, byte[] magic, byte[] mask) {
    public BinfmtHandler {
        magic = magic.clone();
        mask = mask.clone();
    }

    /** Whether this handler would run a file that begins so. */
    public boolean takes(HeadBytes head) {
        return head.match(offset, magic, mask);
    }
}
