package org.hdrfix.elf;

/**
 * One program header of type PT_LOAD, elf(5). Sizes, offsets and addresses are in bytes and unsigned.
 *
 * @param offset {@code p_offset}
 * @param address {@code p_vaddr}
 * @param fileSize {@code p_filesz}
 * @param memorySize {@code p_memsz}
 * @param flags {@code p_flags}
 * @param alignment {@code p_align}
 */
public record Segment(long offset, long address, long fileSize, long memorySize, int flags, long alignment) {
    // elf.h
    private static final int PF_X = 1;
    private static final int PF_W = 2;

    boolean isExecutable() {
        return (flags & PF_X) != 0;
    }

    boolean isWritable() {
        return (flags & PF_W) != 0;
    }

    /** The address behind the last byte that comes from the file. */
    long fileEnd() {
        return address + fileSize;
    }

    /** Whether the page that an address lies on is one of this segment's. */
    boolean takesPageOf(long at, long pageSize) {
        long start = address & -pageSize;
        long end = address + memorySize + pageSize - 1 & -pageSize;
        return Long.compareUnsigned(at - start, end - start) < 0;
    }

    /** Whether what lies at an address in memory comes from the file. */
    boolean holds(long at) {
        return Long.compareUnsigned(at - address, fileSize) < 0;
    }

    /**
     * Whether the kernel can map this segment with pages of that size: its address and its offset leave the same
     * remainder. {@code p_align} does not decide: programs linked for 4 KiB pages can happen to be congruent modulo 16 KiB.
     * What has nothing in the file and begins a page is not mapped from it.
     *
     * @param pageSize bytes, a power of two
     */
    public boolean isCongruentModulo(long pageSize) {
        long within = pageSize - 1;
        return ((address - offset) & within) == 0 || (fileSize == 0 && (address & within) == 0);
    }
}
