package org.hdrfix.elf;

import java.util.Optional;

/**
 * Where a program's segments would lie in memory. What fails here fails after the point of no return: execve(2) does not
 * come back, and the program is dead before its first instruction.
 */
final class AddressSpace {
    /** From the first byte to the last, bytes: boards have little memory, and host programs take a few MiB. */
    private static final long WIDEST = 256L << 20;

    private static final long SMALLEST_PAGE = 4096;

    /** Of a program at a fixed place: below stack and libraries on a kernel with 39 bits of addresses, or 2 GiB. */
    private static final long HIGHEST_WIDE = 1L << 38;

    private static final long HIGHEST_NARROW = 1L << 30;

    /** vm.mmap_min_addr as distributions set it. ARM's linkers once began at 32 KiB, so that its kernels allow that. */
    private static final long LOWEST = 1 << 16;

    private static final long LOWEST_ARM = 1 << 15;

    /** Where 32-bit kernels put a program that can lie anywhere is rounded down to its alignment: to 0 beyond this. */
    private static final long COARSEST = 1 << 22;

    private AddressSpace() {}

    static Optional<String> fault(ElfFile file) {
        if (file.segments().isEmpty()) {
            return Optional.empty();
        }
        boolean narrow = file.elfClass() == ElfClass.ELF32;
        long highest = narrow ? HIGHEST_NARROW : HIGHEST_WIDE;
        long first = file.segments().get(0).address();
        long previous = first;
        long end = first;
        Segment last = file.segments().get(0);
        for (Segment segment : file.segments()) {
            if (Long.compareUnsigned(segment.address(), highest) > 0
                    || Long.compareUnsigned(segment.memorySize(), highest) > 0) {
                return Optional.of("a segment of " + Long.toUnsignedString(segment.memorySize())
                        + " bytes at address 0x" + Long.toHexString(segment.address()));
            }
            // The gABI's order, which kernels before 5.18 rely on.
            if (segment.address() < previous) {
                return Optional.of("its segments are not in the order of their addresses");
            }
            if (file.type() == ElfFile.ET_DYN && isCoarse(segment.alignment())) {
                return Optional.of("a segment aligned to " + Long.toUnsignedString(segment.alignment()) + " bytes");
            }
            previous = segment.address();
            end = Math.max(end, segment.address() + segment.memorySize());
            last = segment.fileEnd() >= last.fileEnd() ? segment : last;
        }
        // Kernels before 6.10 clear the rest of the page that the file's last byte lies on, and give up where they
        // cannot.
        if (last.fileEnd() != end && (last.fileEnd() & SMALLEST_PAGE - 1) != 0 && !last.isWritable()) {
            return Optional.of("it has zeros behind a segment that cannot be written");
        }
        if (end - first > WIDEST) {
            return Optional.of("it wants " + (end - first) + " bytes of memory");
        }
        boolean fixed = file.type() == ElfFile.ET_EXEC;
        return fixed && (first < lowest(file) || end > highest)
                ? Optional.of("it lies at address 0x" + Long.toHexString(first) + ", which programs cannot have")
                : Optional.empty();
    }

    private static long lowest(ElfFile file) {
        boolean arm = file.machine() == ElfFile.EM_ARM || file.machine() == ElfFile.EM_AARCH64;
        return arm ? LOWEST_ARM : LOWEST;
    }

    /** The kernel leaves out an alignment that is no power of two. */
    private static boolean isCoarse(long alignment) {
        return Long.bitCount(alignment) == 1 && Long.compareUnsigned(alignment, COARSEST) > 0;
    }
}
