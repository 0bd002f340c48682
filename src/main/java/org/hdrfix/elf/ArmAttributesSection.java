package org.hdrfix.elf;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The section {@code .ARM.attributes}: "Build Attributes", Addenda to the ABI for the Arm Architecture. The only thing
 * that hdrfix looks up by section headers; the kernel and ld.so know nothing of it.
 */
final class ArmAttributesSection {
    private static final long SHT_ARM_ATTRIBUTES = 0x70000003L;
    private static final int SECTION_HEADER_SIZE = 40;

    /** An object compiled with -ffunction-sections has some thousands. */
    private static final int MAX_SECTIONS = 16384;

    private static final int MAX_SIZE = 65536;

    private static final int TAG_FILE = 1;
    private static final int TAG_CPU_RAW_NAME = 4;
    private static final int TAG_CPU_NAME = 5;
    private static final int TAG_CPU_ARCH = 6;
    private static final int TAG_CPU_ARCH_PROFILE = 7;
    private static final int TAG_ABI_VFP_ARGS = 28;
    private static final int TAG_COMPATIBILITY = 32;

    private final ElfBytes bytes;
    private OptionalInt cpuArch = OptionalInt.empty();
    private Optional<Character> profile = Optional.empty();
    private boolean hardFloat;
    private long position;

    private ArmAttributesSection(ElfBytes bytes) {
        this.bytes = bytes;
    }

    /** The attributes of a 32-bit file; nothing where it has no such section, or where that cannot be made out. */
    static Optional<ArmAttributes> read(ElfBytes bytes) throws IOException {
        try {
            return new ArmAttributesSection(bytes).search();
        } catch (Damage e) {
            return Optional.empty();
        }
    }

    private Optional<ArmAttributes> search() throws IOException, Damage {
        long table = bytes.word(32);
        if (table == 0 || bytes.half(46) != SECTION_HEADER_SIZE) {
            return Optional.empty();
        }
        long count = bytes.half(48);
        if (count == 0) {
            // gABI: a count that does not fit is in sh_size of the first header.
            count = bytes.word(table + 20);
        }
        for (long i = 0; i < Math.min(count, MAX_SECTIONS); i++) {
            long header = table + i * SECTION_HEADER_SIZE;
            if (bytes.word(header + 4) == SHT_ARM_ATTRIBUTES) {
                return readSection(bytes.word(header + 16), bytes.word(header + 20));
            }
        }
        return Optional.empty();
    }

    private Optional<ArmAttributes> readSection(long offset, long size) throws IOException, Damage {
        if (size < 1 || size > MAX_SIZE || bytes.unsignedByte(offset) != 'A') {
            return Optional.empty();
        }
        boolean found = false;
        long end = offset + size;
        long vendorStart = offset + 1;
        while (vendorStart < end) {
            long vendorEnd = end(vendorStart, bytes.word(vendorStart), 5, end);
            String vendor = bytes.text(vendorStart + 4, vendorEnd - vendorStart - 4);
            if (vendor.equals("aeabi")) {
                found |= readScopes(vendorStart + 4 + vendor.length() + 1, vendorEnd);
            }
            vendorStart = vendorEnd;
        }
        return found ? Optional.of(new ArmAttributes(cpuArch, profile, hardFloat)) : Optional.empty();
    }

    private boolean readScopes(long start, long end) throws IOException, Damage {
        boolean found = false;
        while (start < end) {
            position = start;
            long scope = uleb128(end);
            long scopeEnd = end(start, bytes.word(position), position + 4 - start, end);
            position += 4;
            if (scope == TAG_FILE) {
                readAttributes(scopeEnd);
                found = true;
            }
            start = scopeEnd;
        }
        return found;
    }

    private void readAttributes(long end) throws IOException, Damage {
        while (position < end) {
            long tag = uleb128(end);
            if (tag == TAG_CPU_ARCH) {
                cpuArch = OptionalInt.of((int) uleb128(end));
            } else if (tag == TAG_CPU_ARCH_PROFILE) {
                int letter = (int) uleb128(end);
                profile = letter >= 'A' && letter <= 'Z' ? Optional.of((char) letter) : Optional.empty();
            } else if (tag == TAG_ABI_VFP_ARGS) {
                // 1: VFP registers. 3: the file passes no floats and goes with both.
                hardFloat = uleb128(end) == 1;
            } else if (tag == TAG_COMPATIBILITY) {
                uleb128(end);
                skipText(end);
            } else if (holdsText(tag)) {
                skipText(end);
            } else {
                uleb128(end);
            }
        }
    }

    /** From 33 on odd tags are texts and even ones numbers, so that a reader can skip what it does not know. */
    private static boolean holdsText(long tag) {
        return tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME || (tag > TAG_COMPATIBILITY && tag % 2 == 1);
    }

    /** A length counts itself and what stands before it, so it is at least that: every loop gets on. */
    private static long end(long start, long length, long least, long limit) throws Damage {
        if (length < least || length > limit - start) {
            throw new Damage("length " + length + " of ARM attributes, with " + (limit - start) + " bytes left", start);
        }
        return start + length;
    }

    private long uleb128(long end) throws IOException, Damage {
        long value = 0;
        for (int shift = 0; shift < 31; shift += 7) {
            if (position >= end) {
                break;
            }
            int next = bytes.unsignedByte(position++);
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80 && value <= Integer.MAX_VALUE) {
                return value;
            }
        }
        throw new Damage("a ULEB128 number without an end, or beyond 31 bits", position);
    }

    private void skipText(long end) throws IOException, Damage {
        position += bytes.text(position, end - position).length() + 1;
    }
}
