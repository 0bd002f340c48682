package org.hdrfix.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the dynamic section tells ld.so: gABI chapter 5, and "Symbol Versioning" of the LSB. It is found as ld.so finds
 * it, by addresses translated through PT_LOAD, so a file without section headers reads the same.
 */
final class DynamicSection {
    private static final int DT_NULL = 0;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int DT_STRSZ = 10;
    private static final int DT_VERDEF = 0x6ffffffc;
    private static final int DT_VERDEFNUM = 0x6ffffffd;
    private static final int DT_VERNEED = 0x6ffffffe;
    private static final int DT_VERNEEDNUM = 0x6fffffff;

    private static final int VER_FLG_BASE = 1;
    private static final int VER_FLG_WEAK = 2;

    /** Real ones have some thirty. */
    private static final int MAX_ENTRIES = 4096;

    /** Names in one file, of libraries and of versions together: libc.so.6 defines about fifty. */
    private static final int MAX_NAMES = 1024;

    /** Longest name, bytes with its NUL. Together with the above: what one file can make hdrfix remember. */
    private static final int MAX_NAME = 1024;

    private final ElfBytes bytes;
    private final List<Segment> segments;
    private final List<String> needed = new ArrayList<>();
    private final Map<String, Set<String>> neededVersions = new LinkedHashMap<>();
    private final Set<String> definedVersions = new LinkedHashSet<>();
    private Optional<MalformedElf> damage = Optional.empty();
    private int names;

    /** Where the address stands that is followed, as far as one knows: the program header, then the section. */
    private long reference;

    private final List<Long> neededOffsets = new ArrayList<>();
    private Optional<Long> strings = Optional.empty();
    private long stringsSize = Long.MAX_VALUE;
    private Optional<Long> verneed = Optional.empty();
    private long verneedCount = MAX_NAMES;
    private Optional<Long> verdef = Optional.empty();
    private long verdefCount = MAX_NAMES;

    DynamicSection(ElfBytes bytes, List<Segment> segments) {
        this.bytes = bytes;
        this.segments = segments;
    }

    /**
     * Reads as much as can be read.
     *
     * @param address {@code p_vaddr} of PT_DYNAMIC
     * @param header where that program header stands in the file
     */
    void read(long address, long header) throws IOException {
        reference = header;
        try {
            readEntries(address);
            for (long offset : neededOffsets) {
                needed.add(name(offset));
            }
            if (verneed.isPresent()) {
                readNeededVersions(verneed.get());
            }
            if (verdef.isPresent()) {
                readDefinedVersions(verdef.get());
            }
        } catch (Damage e) {
            damage = Optional.of(e.malformed());
        }
    }

    List<String> needed() {
        return needed;
    }

    Map<String, Set<String>> neededVersions() {
        return neededVersions;
    }

    Set<String> definedVersions() {
        return definedVersions;
    }

    Optional<MalformedElf> damage() {
        return damage;
    }

    private void readEntries(long address) throws IOException, Damage {
        int half = bytes.nativeSize();
        for (int i = 0; i < MAX_ENTRIES; i++) {
            long entry = fileOffset("the dynamic section", address + (long) i * 2 * half, 2 * half);
            reference = i == 0 ? entry : reference;
            long tag = bytes.nativeWord(entry);
            if (tag == DT_NULL) {
                return;
            }
            take(tag, bytes.nativeWord(entry + half));
        }
        throw new Damage("no DT_NULL in the first " + MAX_ENTRIES + " dynamic entries", reference);
    }

    /** Where a tag stands twice the last one counts, as in ld.so. */
    private void take(long tag, long value) {
        if (tag == DT_NEEDED) {
            neededOffsets.add(value);
        } else if (tag == DT_STRTAB) {
            strings = Optional.of(value);
        } else if (tag == DT_STRSZ) {
            stringsSize = value;
        } else if (tag == DT_VERNEED) {
            verneed = Optional.of(value);
        } else if (tag == DT_VERNEEDNUM) {
            verneedCount = value;
        } else if (tag == DT_VERDEF) {
            verdef = Optional.of(value);
        } else if (tag == DT_VERDEFNUM) {
            verdefCount = value;
        }
    }

    /** Elf_Verneed and Elf_Vernaux are the same for both classes. */
    private void readNeededVersions(long address) throws IOException, Damage {
        for (long i = 0; i != verneedCount; i++) {
            long need = fileOffset("the table of needed versions", address, 16);
            int version = bytes.half(need);
            if (version != 1) {
                throw new Damage("vn_version " + version + " (wanted 1)", need);
            }
            String file = name(bytes.word(need + 4));
            Set<String> versions = neededVersions.computeIfAbsent(file, any -> new LinkedHashSet<>());
            readNeededVersionsOf(versions, address + bytes.word(need + 8), bytes.half(need + 2));
            long next = bytes.word(need + 12);
            if (next == 0) {
                return;
            }
            address += next;
        }
    }

    private void readNeededVersionsOf(Set<String> versions, long address, int count) throws IOException, Damage {
        for (int i = 0; i < count; i++) {
            long aux = fileOffset("an entry of a needed version", address, 16);
            // ld.so starts a program without a weak version.
            if ((bytes.half(aux + 4) & VER_FLG_WEAK) == 0) {
                versions.add(name(bytes.word(aux + 8)));
            }
            long next = bytes.word(aux + 12);
            if (next == 0) {
                return;
            }
            address += next;
            countName(aux);
        }
    }

    private void readDefinedVersions(long address) throws IOException, Damage {
        for (long i = 0; i != verdefCount; i++) {
            long definition = fileOffset("the table of defined versions", address, 20);
            int version = bytes.half(definition);
            if (version != 1) {
                throw new Damage("vd_version " + version + " (wanted 1)", definition);
            }
            // The base definition holds the name of the library. The first auxiliary entry is the version's own name;
            // the others are its parents, which have definitions of their own.
            if ((bytes.half(definition + 2) & VER_FLG_BASE) == 0) {
                long aux = fileOffset("the name of a defined version", address + bytes.word(definition + 12), 8);
                definedVersions.add(name(bytes.word(aux)));
            }
            long next = bytes.word(definition + 16);
            if (next == 0) {
                return;
            }
            address += next;
            countName(definition);
        }
    }

    private String name(long offset) throws IOException, Damage {
        if (strings.isEmpty()) {
            throw new Damage("a name is wanted, and there is no DT_STRTAB", reference);
        }
        long start = fileOffset("a name", strings.get() + offset, 1);
        if (Long.compareUnsigned(offset, stringsSize) >= 0) {
            throw new Damage(
                    "a name at byte " + Long.toUnsignedString(offset) + " of a string table of "
                            + Long.toUnsignedString(stringsSize) + " bytes",
                    start);
        }
        countName(start);
        return bytes.text(start, Math.min(MAX_NAME, stringsSize - offset));
    }

    /** Every turn of every loop comes by here, so entries that point at each other end too. */
    private void countName(long offset) throws Damage {
        if (++names > 2 * MAX_NAMES) {
            throw new Damage("more than " + MAX_NAMES + " names", offset);
        }
    }

    private long fileOffset(String what, long address, long length) throws Damage {
        for (Segment segment : segments) {
            long delta = address - segment.address();
            if (Long.compareUnsigned(delta, segment.fileSize()) < 0) {
                long offset = segment.offset() + delta;
                if (length > segment.fileSize() - delta) {
                    throw new Damage(what + " runs out of its segment", offset);
                }
                return offset;
            }
        }
        throw new Damage(
                what + " at address 0x" + Long.toHexString(address) + " lies in no segment of the file", reference);
    }
}
