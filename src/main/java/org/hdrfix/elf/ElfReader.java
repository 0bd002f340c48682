package org.hdrfix.elf;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.hdrfix.file.Opening;

/**
 * Reads ELF files (elf(5), gABI chapters 4 and 5) from untrusted bytes, bounded in time and memory: no file makes it
 * read more than 4 MiB or remember more than 2 MiB, whatever its size and its tables claim.
 *
 * <p>It refuses what the kernel refuses (fs/binfmt_elf.c), and three things that the kernel lets pass: a class or a
 * byte order that is neither of the two, because nothing else in such a file has a meaning then, and a segment that
 * ends beyond the end of the file, which kills the program when it gets there.
 */
public final class ElfReader {
    /** What binfmt_misc can compare, bytes. */
    private static final int HEAD_BYTES = 128;

    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_INTERP = 3;
    private static final int PT_GNU_PROPERTY = 0x6474e553;

    private static final int PN_XNUM = 0xffff;

    /** fs/binfmt_elf.c, load_elf_phdrs(): at most 64 KiB, and at most one page, whose size is the platform's to know. */
    private static final int MAX_PROGRAM_HEADERS = 65536;

    /** PATH_MAX of linux/limits.h, bytes with the NUL. */
    private static final int MAX_INTERPRETER = 4096;

    private final ElfBytes bytes;
    private final ElfClass elfClass;
    private final ByteOrder order;
    private Optional<String> interpreter = Optional.empty();
    private final List<Segment> segments = new ArrayList<>();
    private int headerBytes;
    private Optional<Segment> property = Optional.empty();
    private Optional<Long> dynamicAddress = Optional.empty();
    private long dynamicHeader;

    private ElfReader(ElfBytes bytes, ElfClass elfClass, ByteOrder order) {
        this.bytes = bytes;
        this.elfClass = elfClass;
        this.order = order;
    }

    /**
     * What one regular file is. A symbolic link is followed.
     *
     * @throws IOException when the file is not a regular one, or cannot be opened or read; never because of what it
     *     holds
     */
    public static ElfReading read(Path file) throws IOException {
        // To open a FIFO would block until somebody opens its other end.
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "not a regular file");
        }
        if (!survivesAsString(file)) {
            try (SeekableByteChannel channel = Opening.channel(file)) {
                return read(channel);
            }
        }
        // The classes of a channel cost a cold JVM 7 ms, more than looking through a whole tree does.
        try (RandomAccessFile open = Opening.random(file.toString())) {
            return read(new Source.OpenFile(open));
        }
    }

    /** What the file of an open channel is. Positions are counted from its start, wherever the channel stands. */
    public static ElfReading read(SeekableByteChannel channel) throws IOException {
        return read(new Source.OpenChannel(channel));
    }

    /** Whether java.io can open it: a name goes through the locale's charset there, and LC_ALL=C loses most letters. */
    private static boolean survivesAsString(Path file) {
        if (file.getFileSystem() != FileSystems.getDefault()) {
            return false;
        }
        String name = file.toString();
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static ElfReading read(Source source) throws IOException {
        ElfBytes bytes = new ElfBytes(source);
        byte[] first = bytes.firstBytes();
        if (first.length < 4 || first[0] != 0x7f || first[1] != 'E' || first[2] != 'L' || first[3] != 'F') {
            return NotElf.of(first);
        }
        try {
            return read(bytes, first);
        } catch (Damage e) {
            return e.malformed();
        }
    }

    private static ElfFile read(ElfBytes bytes, byte[] first) throws IOException, Damage {
        ElfClass elfClass = elfClass(bytes.unsignedByte(4));
        ByteOrder order = order(bytes.unsignedByte(5));
        bytes.become(elfClass, order);
        return new ElfReader(bytes, elfClass, order).read(new HeadBytes(Arrays.copyOf(first, headLength(first))));
    }

    private static int headLength(byte[] first) {
        return Math.min(first.length, HEAD_BYTES);
    }

    static ElfClass elfClass(int value) throws Damage {
        return switch (value) {
            case 1 -> ElfClass.ELF32;
            case 2 -> ElfClass.ELF64;
            default -> throw new Damage("EI_CLASS " + value + " (wanted 1 or 2)", 4);
        };
    }

    static ByteOrder order(int value) throws Damage {
        return switch (value) {
            case 1 -> ByteOrder.LITTLE_ENDIAN;
            case 2 -> ByteOrder.BIG_ENDIAN;
            default -> throw new Damage("EI_DATA " + value + " (wanted 1 or 2)", 5);
        };
    }

    private ElfFile read(HeadBytes head) throws IOException, Damage {
        int headerSize = elfClass == ElfClass.ELF64 ? 64 : 52;
        if (!bytes.holds(0, headerSize)) {
            throw new Damage("the file ends in its ELF header, at byte " + bytes.size(), bytes.size());
        }
        int type = bytes.half(16);
        int machine = bytes.half(18);
        int flags = (int) bytes.word(elfClass == ElfClass.ELF64 ? 48 : 36);
        if (type == ElfFile.ET_EXEC || type == ElfFile.ET_DYN) {
            readProgramHeaders();
        } else if (type != ElfFile.ET_REL) {
            throw new Damage("e_type " + type + " (wanted 1, 2 or 3)", 16);
        }
        DynamicSection dynamic = new DynamicSection(bytes, segments);
        if (dynamicAddress.isPresent()) {
            dynamic.read(dynamicAddress.get(), dynamicHeader);
        }
        return new ElfFile(
                head,
                elfClass,
                order,
                type,
                machine,
                flags,
                bytes.nativeWord(24),
                headerBytes,
                interpreter,
                dynamic.needed(),
                dynamic.neededVersions(),
                dynamic.definedVersions(),
                segments,
                arm(machine),
                propertyDamage(machine),
                dynamic.damage());
    }

    private Optional<MalformedElf> propertyDamage(int machine) throws IOException {
        return property.isEmpty() || interpreter.isPresent()
                ? Optional.empty()
                : GnuProperty.damage(bytes, property.get(), elfClass, machine);
    }

    private Optional<ArmAttributes> arm(int machine) throws IOException {
        boolean arm = machine == ElfFile.EM_ARM && elfClass == ElfClass.ELF32;
        return arm ? ArmAttributesSection.read(bytes) : Optional.empty();
    }

    private void readProgramHeaders() throws IOException, Damage {
        boolean wide = elfClass == ElfClass.ELF64;
        int sizeOffset = wide ? 54 : 42;
        int wantedSize = wide ? 56 : 32;
        int size = bytes.half(sizeOffset);
        int count = bytes.half(sizeOffset + 2);
        long table = bytes.nativeWord(wide ? 32 : 28);
        if (size != wantedSize) {
            throw new Damage("e_phentsize " + size + " (wanted " + wantedSize + ")", sizeOffset);
        }
        if (count == 0) {
            throw new Damage("e_phnum 0: no program headers", sizeOffset + 2);
        }
        if (count == PN_XNUM || count * size > MAX_PROGRAM_HEADERS) {
            throw new Damage("e_phnum " + count + ": more than 64 KiB of program headers", sizeOffset + 2);
        }
        if (!bytes.holds(table, (long) count * size)) {
            throw new Damage(
                    count + " program headers at byte " + Long.toUnsignedString(table) + ", the file ends at byte "
                            + bytes.size(),
                    wide ? 32 : 28);
        }
        headerBytes = count * size;
        for (int i = 0; i < count; i++) {
            readProgramHeader(table + (long) i * size);
        }
    }

    private void readProgramHeader(long header) throws IOException, Damage {
        long type = bytes.word(header);
        if (type == PT_LOAD) {
            Segment segment = segment(header);
            requireWhole(segment, header);
            segments.add(segment);
        } else if (type == PT_DYNAMIC) {
            // ld.so goes by the address, not by p_offset, and the last one counts.
            dynamicAddress = Optional.of(segment(header).address());
            dynamicHeader = header;
        } else if (type == PT_INTERP && interpreter.isEmpty()) {
            interpreter = Optional.of(interpreter(segment(header), header));
        } else if (type == PT_GNU_PROPERTY) {
            property = Optional.of(segment(header));
        }
    }

    private Segment segment(long header) throws IOException, Damage {
        boolean wide = elfClass == ElfClass.ELF64;
        return new Segment(
                bytes.nativeWord(header + (wide ? 8 : 4)),
                bytes.nativeWord(header + (wide ? 16 : 8)),
                bytes.nativeWord(header + (wide ? 32 : 16)),
                bytes.nativeWord(header + (wide ? 40 : 20)),
                (int) bytes.word(header + (wide ? 4 : 24)),
                bytes.nativeWord(header + (wide ? 48 : 28)));
    }

    private void requireWhole(Segment segment, long header) throws Damage {
        if (Long.compareUnsigned(segment.fileSize(), segment.memorySize()) > 0) {
            throw new Damage(
                    "a segment of " + Long.toUnsignedString(segment.fileSize()) + " bytes in the file and "
                            + Long.toUnsignedString(segment.memorySize()) + " in memory",
                    header);
        }
        if (segment.fileSize() != 0 && !bytes.holds(segment.offset(), segment.fileSize())) {
            throw new Damage(
                    "cut off: a segment has " + Long.toUnsignedString(segment.fileSize()) + " bytes from byte "
                            + Long.toUnsignedString(segment.offset()) + " on, the file ends at byte " + bytes.size(),
                    header);
        }
    }

    /** The kernel wants a NUL as the last byte, and then takes the path up to the first one. */
    private String interpreter(Segment segment, long header) throws IOException, Damage {
        long size = segment.fileSize();
        if (size < 2 || size > MAX_INTERPRETER) {
            throw new Damage(
                    "PT_INTERP of " + Long.toUnsignedString(size) + " bytes (wanted 2 to " + MAX_INTERPRETER + ")",
                    header);
        }
        if (!bytes.holds(segment.offset(), size)) {
            throw new Damage(
                    "PT_INTERP of " + size + " bytes at byte " + Long.toUnsignedString(segment.offset())
                            + ", the file ends at byte " + bytes.size(),
                    header);
        }
        if (bytes.unsignedByte(segment.offset() + size - 1) != 0) {
            throw new Damage("PT_INTERP does not end with a NUL", segment.offset() + size - 1);
        }
        return bytes.text(segment.offset(), size);
    }
}
