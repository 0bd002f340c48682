package org.hdrfix.elf;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.hdrfix.file.Opening;

/**
 * Reads kernel modules (elf(5), gABI ch. 4, the kernel's include/linux/module.h and scripts/mod/modpost.c) from untrusted
 * bytes. Each table is bounded, whatever the file claims: a module with its debugging information has 100 MB, and what is
 * read of it here some 100 KB.
 */
public final class KernelModuleReader {
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_RELA = 4;
    private static final int SHT_NOBITS = 8;
    private static final int SHT_REL = 9;

    private static final int SHN_LORESERVE = 0xff00;
    private static final int SHN_ABS = 0xfff1;

    private static final int EM_MIPS = 8;

    /** A module compiled with -ffunction-sections has some thousands. */
    private static final int MOST_SECTIONS = 16384;

    /** Bytes of any one table; the largest .symtab of Debian's modules has 400 KB, the largest __versions 60 KB. */
    private static final int MOST_BYTES = 4 << 20;

    /** MODULE_NAME_LEN and struct modversion_info, include/linux/module.h: 64 bytes with the CRC in front. */
    private static final int VERSION_ENTRY = 64;

    private static final String THIS_MODULE = ".gnu.linkonce.this_module";
    private static final String CRC = "__crc_";

    private final ElfBytes bytes;
    private final boolean wide;
    private final List<Section> sections = new ArrayList<>();

    private KernelModuleReader(ElfBytes bytes, ElfClass elfClass) {
        this.bytes = bytes;
        this.wide = elfClass == ElfClass.ELF64;
    }

    /** One section header; offset and size in bytes. */
    private record Section(String name, int type, long offset, long size, int link, int info) {}

    /** A symbol's name, section and value. */
    private record Symbol(String name, int section, long value) {}

    /**
     * What one regular file is as a module.
     *
     * @throws IOException when the file is not a regular one, or cannot be opened or read; never because of what it
     *     holds
     */
    public static ModuleReading read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null, "not a regular file");
        }
        try (RandomAccessFile open = Opening.random(file.toString())) {
            return read(new Source.OpenFile(open));
        }
    }

    /** What a module is whose content was decompressed. */
    public static ModuleReading read(byte[] content) {
        try {
            return read(new Source.Bytes(content));
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail to be read", e);
        }
    }

    private static ModuleReading read(Source source) throws IOException {
        ElfBytes bytes = new ElfBytes(source);
        byte[] first = bytes.firstBytes();
        if (first.length < 4 || first[0] != 0x7f || first[1] != 'E' || first[2] != 'L' || first[3] != 'F') {
            return NotElf.of(first);
        }
        try {
            ElfClass elfClass = ElfReader.elfClass(bytes.unsignedByte(4));
            ByteOrder order = ElfReader.order(bytes.unsignedByte(5));
            bytes.become(elfClass, order);
            return new KernelModuleReader(bytes, elfClass).read(elfClass, order);
        } catch (Damage e) {
            return e.malformed();
        }
    }

    private KernelModule read(ElfClass elfClass, ByteOrder order) throws IOException, Damage {
        int type = bytes.half(16);
        if (type != ElfFile.ET_REL) {
            throw new Damage("e_type " + type + ": a kernel module has 1", 16);
        }
        int machine = bytes.half(18);
        int flags = (int) bytes.word(wide ? 48 : 36);
        readSections();
        List<Symbol> symbols = symbols();
        OptionalLong init = OptionalLong.empty();
        OptionalLong exit = OptionalLong.empty();
        int module = indexOf(THIS_MODULE);
        if (module > 0) {
            for (Map.Entry<String, Long> target :
                    relocations(module, symbols, machine).entrySet()) {
                switch (target.getKey()) {
                    case "init_module" -> init = OptionalLong.of(target.getValue());
                    case "cleanup_module" -> exit = OptionalLong.of(target.getValue());
                    default -> {}
                }
            }
        }
        return new KernelModule(
                elfClass,
                order,
                machine,
                flags,
                strings(".modinfo"),
                module > 0 ? OptionalLong.of(sections.get(module).size()) : OptionalLong.empty(),
                init,
                exit,
                versions(),
                exports(symbols),
                strings(".comment").stream().findFirst());
    }

    private void readSections() throws IOException, Damage {
        long table = bytes.nativeWord(wide ? 40 : 32);
        int entry = bytes.half(wide ? 58 : 46);
        long count = bytes.half(wide ? 60 : 48);
        int names = bytes.half(wide ? 62 : 50);
        int wanted = wide ? 64 : 40;
        if (table == 0 || entry != wanted) {
            throw new Damage("no section headers of " + wanted + " bytes each", wide ? 58 : 46);
        }
        if (count == 0) {
            // gABI: a count that does not fit is in sh_size of the first header.
            count = bytes.nativeWord(table + (wide ? 32 : 20));
        }
        if (count < 1 || count > MOST_SECTIONS) {
            throw new Damage(Long.toUnsignedString(count) + " section headers (at most " + MOST_SECTIONS + ")", table);
        }
        ByteBuffer headers = bytes.piece(table, count * wanted, MOST_SECTIONS * 64);
        List<Section> unnamed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            unnamed.add(section(headers, i * wanted));
        }
        if (names >= unnamed.size()) {
            throw new Damage("e_shstrndx " + names + " of " + count + " sections", wide ? 62 : 50);
        }
        ByteBuffer texts = content(unnamed.get(names));
        for (int i = 0; i < count; i++) {
            Section section = unnamed.get(i);
            sections.add(new Section(
                    text(texts, headers.getInt(i * wanted)),
                    section.type(),
                    section.offset(),
                    section.size(),
                    section.link(),
                    section.info()));
        }
    }

    private Section section(ByteBuffer headers, int at) {
        return wide
                ? new Section(
                        "",
                        headers.getInt(at + 4),
                        headers.getLong(at + 24),
                        headers.getLong(at + 32),
                        headers.getInt(at + 40),
                        headers.getInt(at + 44))
                : new Section(
                        "",
                        headers.getInt(at + 4),
                        headers.getInt(at + 16) & 0xffffffffL,
                        headers.getInt(at + 20) & 0xffffffffL,
                        headers.getInt(at + 24),
                        headers.getInt(at + 28));
    }

    /** The place of the first section of that name; 0, which no named section has, where there is none. */
    private int indexOf(String name) {
        for (int i = 1; i < sections.size(); i++) {
            if (sections.get(i).name().equals(name)) {
                return i;
            }
        }
        return 0;
    }

    private ByteBuffer content(Section section) throws IOException, Damage {
        return section.type() == SHT_NOBITS
                ? ByteBuffer.allocate(0)
                : bytes.piece(section.offset(), section.size(), MOST_BYTES);
    }

    private List<Symbol> symbols() throws IOException, Damage {
        List<Symbol> symbols = new ArrayList<>();
        for (Section section : sections) {
            if (section.type() == SHT_SYMTAB) {
                ByteBuffer table = content(section);
                ByteBuffer names = content(linked(section));
                int entry = wide ? 24 : 16;
                for (int at = 0; at + entry <= table.limit(); at += entry) {
                    symbols.add(new Symbol(
                            text(names, table.getInt(at)),
                            table.getShort(at + (wide ? 6 : 14)) & 0xffff,
                            wide ? table.getLong(at + 8) : table.getInt(at + 4) & 0xffffffffL));
                }
                return symbols;
            }
        }
        return symbols;
    }

    private Section linked(Section section) throws Damage {
        if (section.link() < 0 || section.link() >= sections.size()) {
            throw new Damage("sh_link " + section.link() + " of " + sections.size() + " sections", section.offset());
        }
        return sections.get(section.link());
    }

    /** Offset of the last relocation to each symbol, of those that change one section. */
    private Map<String, Long> relocations(int changed, List<Symbol> symbols, int machine) throws IOException, Damage {
        Map<String, Long> offsets = new LinkedHashMap<>();
        for (Section section : sections) {
            boolean addends = section.type() == SHT_RELA;
            if ((!addends && section.type() != SHT_REL) || section.info() != changed) {
                continue;
            }
            ByteBuffer table = content(section);
            int entry = (wide ? 16 : 8) + (addends ? wide ? 8 : 4 : 0);
            for (int at = 0; at + entry <= table.limit(); at += entry) {
                long symbol = symbolOf(table, at, machine);
                if (symbol >= 0 && symbol < symbols.size()) {
                    offsets.put(
                            symbols.get((int) symbol).name(),
                            wide ? table.getLong(at) : table.getInt(at) & 0xffffffffL);
                }
            }
        }
        return offsets;
    }

    private long symbolOf(ByteBuffer table, int at, int machine) {
        if (!wide) {
            return (table.getInt(at + 4) & 0xffffffffL) >>> 8;
        }
        // 64-bit MIPS has its own r_info: the symbol comes first in either byte order (64-bit ELF Object File Spec.).
        return machine == EM_MIPS ? table.getInt(at + 8) & 0xffffffffL : table.getLong(at + 8) >>> 32;
    }

    private Map<String, Long> versions() throws IOException, Damage {
        Map<String, Long> versions = new LinkedHashMap<>();
        int index = indexOf("__versions");
        if (index > 0) {
            ByteBuffer table = content(sections.get(index));
            int crc = wide ? 8 : 4;
            for (int at = 0; at + VERSION_ENTRY <= table.limit(); at += VERSION_ENTRY) {
                String name = text(table, at + crc, at + VERSION_ENTRY);
                if (!name.isEmpty()) {
                    // unsigned long, of which 32 bits are used.
                    versions.put(name, (wide ? table.getLong(at) : table.getInt(at)) & 0xffffffffL);
                }
            }
        }
        // CONFIG_EXTENDED_MODVERSIONS: names longer than an entry has room for.
        int crcs = indexOf("__version_ext_crcs");
        int names = indexOf("__version_ext_names");
        if (crcs > 0 && names > 0) {
            ByteBuffer table = content(sections.get(crcs));
            List<String> texts = strings("__version_ext_names");
            for (int i = 0; i < texts.size() && i * 4 + 4 <= table.limit(); i++) {
                versions.put(texts.get(i), table.getInt(i * 4) & 0xffffffffL);
            }
        }
        return versions;
    }

    /**
     * {@code __crc_NAME} is the CRC itself where it is absolute, as genksyms' linker script makes it (kernels to 5.18),
     * and else the place of one: in .rodata with MODULE_REL_CRCS, in __kcrctab as modpost writes it (from 5.19 on).
     */
    private Map<String, Long> exports(List<Symbol> symbols) throws IOException, Damage {
        Map<String, Long> exports = new LinkedHashMap<>();
        Map<Integer, ByteBuffer> contents = new LinkedHashMap<>();
        for (Symbol symbol : symbols) {
            if (!symbol.name().startsWith(CRC) || symbol.section() == 0) {
                continue;
            }
            String name = symbol.name().substring(CRC.length());
            if (symbol.section() == SHN_ABS) {
                exports.put(name, symbol.value() & 0xffffffffL);
            } else if (symbol.section() < SHN_LORESERVE && symbol.section() < sections.size()) {
                ByteBuffer content = contents.get(symbol.section());
                if (content == null) {
                    content = content(sections.get(symbol.section()));
                    contents.put(symbol.section(), content);
                }
                if (symbol.value() >= 0 && symbol.value() <= content.limit() - 4) {
                    exports.put(name, content.getInt((int) symbol.value()) & 0xffffffffL);
                }
            }
        }
        return exports;
    }

    /** The strings of a section, each ended by a NUL, without empty ones. */
    private List<String> strings(String name) throws IOException, Damage {
        int index = indexOf(name);
        if (index == 0) {
            return List.of();
        }
        ByteBuffer content = content(sections.get(index));
        List<String> strings = new ArrayList<>();
        for (int at = 0; at < content.limit(); ) {
            String text = text(content, at, content.limit());
            if (!text.isEmpty()) {
                strings.add(text);
            }
            at += text.length() + 1;
        }
        return strings;
    }

    private static String text(ByteBuffer names, int at) {
        return text(names, at, names.limit());
    }

    /** A text up to its NUL or the end; a place outside is a text without letters, as a module's name of no use. */
    private static String text(ByteBuffer from, int at, int end) {
        if (at < 0 || at >= end) {
            return "";
        }
        int stop = at;
        while (stop < end && from.get(stop) != 0) {
            stop++;
        }
        return new String(from.array(), at, stop - at, StandardCharsets.ISO_8859_1);
    }
}
