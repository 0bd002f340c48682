package org.hdrfix.elf;

import java.io.IOException;
import java.util.Optional;

/**
 * The note that PT_GNU_PROPERTY names (Linux Extensions to gABI, "Program Property"), as a kernel with
 * ARCH_USE_GNU_PROPERTY reads it before it starts a program (fs/binfmt_elf.c, parse_elf_properties()). Of the kernels
 * up to 7.3 arm64's does so, for 32-bit programs too; x86's and arm's do not look at it.
 */
final class GnuProperty {
    /** NT_GNU_PROPERTY_TYPE_0. */
    private static final int TYPE = 5;

    /** Three words and the name "GNU", bytes. */
    private static final int HEADER = 16;

    /** The kernel's buffer, bytes. */
    private static final int MOST = 1024;

    private static final long AARCH64_FEATURE_1_AND = 0xc0000000L;

    private final ElfBytes bytes;
    private final Segment segment;
    private final int alignment;
    private final boolean knowsFeatures;

    private GnuProperty(ElfBytes bytes, Segment segment, ElfClass elfClass, int machine) {
        this.bytes = bytes;
        this.segment = segment;
        this.alignment = elfClass == ElfClass.ELF64 ? 8 : 4;
        this.knowsFeatures = elfClass == ElfClass.ELF64 && machine == ElfFile.EM_AARCH64;
    }

    /** Why the kernel would refuse the program (ENOEXEC, EIO), or nothing. */
    static Optional<MalformedElf> damage(ElfBytes bytes, Segment segment, ElfClass elfClass, int machine)
            throws IOException {
        try {
            new GnuProperty(bytes, segment, elfClass, machine).read();
            return Optional.empty();
        } catch (Damage e) {
            return Optional.of(e.malformed());
        }
    }

    private void read() throws IOException, Damage {
        long start = segment.offset();
        if (Long.compareUnsigned(segment.fileSize(), MOST) > 0) {
            throw damage("of " + Long.toUnsignedString(segment.fileSize()) + " bytes (at most " + MOST + ")");
        }
        // Of a note that the end of the file cuts off, what is there is read.
        long length = start < 0 ? 0 : Math.min(segment.fileSize(), bytes.size() - start);
        if (length < HEADER) {
            throw damage("of less than " + HEADER + " bytes");
        }
        boolean isNote = bytes.word(start) == 4
                && bytes.word(start + 8) == TYPE
                && bytes.unsignedByte(start + 12) == 'G'
                && bytes.unsignedByte(start + 13) == 'N'
                && bytes.unsignedByte(start + 14) == 'U'
                && bytes.unsignedByte(start + 15) == 0;
        if (!isNote) {
            throw damage("that is not one of type 5, \"GNU\"");
        }
        long size = bytes.word(start + 4);
        if (size > length - HEADER) {
            throw damage("with " + size + " bytes of properties, of which " + (length - HEADER) + " are there");
        }
        readProperties(start, HEADER + size);
    }

    private void readProperties(long start, long end) throws IOException, Damage {
        long previous = -1;
        for (long at = HEADER; at != end; ) {
            long left = end - at - 8;
            if (left < 0) {
                throw damage("that ends within a property");
            }
            long type = bytes.word(start + at);
            long size = bytes.word(start + at + 4);
            long step = (size + alignment - 1) / alignment * alignment;
            if (step > left) {
                throw damage("with a property of " + size + " bytes, of which " + left + " are there");
            }
            if (type <= previous) {
                throw damage("with properties out of order");
            }
            if (knowsFeatures && type == AARCH64_FEATURE_1_AND && size != 4) {
                throw damage("with features of " + size + " bytes (wanted 4)");
            }
            previous = type;
            at += 8 + step;
        }
    }

    private Damage damage(String what) {
        return new Damage("a GNU property note " + what, segment.offset());
    }
}
