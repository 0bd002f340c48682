package org.hdrfix.tree;

import org.hdrfix.elf.ElfFile;

/**
 * A relocatable object that lies in a tree.
 *
 * @param path relative to the tree
 * @param elf what it is
 * @param kind whose it is
 */
public record TreeObject(String path, ElfFile elf, Kind kind) {
    /** What an object was compiled for. */
    public enum Kind {
        /** For a host program: it must be of this system's machine. */
        HOST,
        /** For the kernel's own machine, as kbuild leaves it ({@code scripts/mod/empty.o}): no fault anywhere. */
        KERNEL
    }
}
