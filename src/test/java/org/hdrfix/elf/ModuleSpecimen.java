package org.hdrfix.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes kernel modules for tests: the sections that the kernel reads, of any class and byte order, and no code. */
public final class ModuleSpecimen {
    private static final int MODULE_ALIGN = 64;

    private final ElfClass elfClass;
    private final ByteOrder order;
    private final int machine;
    private final Map<String, Long> versions = new LinkedHashMap<>();
    private final Map<String, Long> exports = new LinkedHashMap<>();
    private String modinfo = "license=GPL\0\0vermagic=6.1.2-made SMP mod_unload modversions \0";
    private int size = 0x380;
    private int init = 0x138;
    private int exit = 0x350;
    private boolean absoluteCrcs;
    private boolean extendedVersions;
    private boolean addends = true;

    /** A module of that kind. */
    public ModuleSpecimen(ElfClass elfClass, ByteOrder order, int machine) {
        this.elfClass = elfClass;
        this.order = order;
        this.machine = machine;
    }

    /** The bytes of .modinfo behind its licence. */
    public ModuleSpecimen vermagic(String vermagic) {
        modinfo = "license=GPL\0\0vermagic=" + vermagic + "\0";
        return this;
    }

    /** Size of struct module and where the functions go in it; -1 for a function that it lacks. */
    public ModuleSpecimen layout(int size, int init, int exit) {
        this.size = size;
        this.init = init;
        this.exit = exit;
        return this;
    }

    /** A symbol that it wants from the kernel. */
    public ModuleSpecimen version(String symbol, long crc) {
        versions.put(symbol, crc);
        return this;
    }

    /** A symbol that it exports. */
    public ModuleSpecimen export(String symbol, long crc) {
        exports.put(symbol, crc);
        return this;
    }

    ModuleSpecimen absoluteCrcs() {
        absoluteCrcs = true;
        return this;
    }

    ModuleSpecimen extendedVersions() {
        extendedVersions = true;
        return this;
    }

    ModuleSpecimen withoutAddends() {
        addends = false;
        return this;
    }

    private record Section(String name, int type, byte[] content, int link, int info) {}

    /** The file. */
    public byte[] bytes() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("", 0, new byte[0], 0, 0));
        sections.add(new Section(".modinfo", 1, latin(modinfo), 0, 0));
        sections.add(new Section(".comment", 1, latin("\0GCC: (made) 12.2.0\0"), 0, 0));
        sections.add(new Section(".gnu.linkonce.this_module", 1, new byte[size], 0, 0));
        int module = sections.size() - 1;
        ByteBuffer crcs = buffer(4 * exports.size());
        exports.values().forEach(crc -> crcs.putInt(crc.intValue()));
        sections.add(new Section("__kcrctab", 1, crcs.array(), 0, 0));
        int kcrctab = sections.size() - 1;
        addVersions(sections);

        StringBuilder names = new StringBuilder("\0");
        List<long[]> symbols = new ArrayList<>();
        symbols.add(new long[3]);
        for (String function : List.of("init_module", "cleanup_module")) {
            symbols.add(new long[] {names.length(), 1, 0});
            names.append(function).append('\0');
        }
        int index = 0;
        for (Map.Entry<String, Long> export : exports.entrySet()) {
            symbols.add(new long[] {
                names.length(), absoluteCrcs ? 0xfff1 : kcrctab, absoluteCrcs ? export.getValue() : 4L * index++
            });
            names.append("__crc_").append(export.getKey()).append('\0');
        }
        int strtab = sections.size();
        sections.add(new Section(".strtab", 3, latin(names.toString()), 0, 0));
        sections.add(new Section(".symtab", 2, symbols(symbols), strtab, 0));
        sections.add(new Section(
                (addends ? ".rela" : ".rel") + ".gnu.linkonce.this_module",
                addends ? 4 : 9,
                relocations(),
                strtab + 1,
                module));
        return file(sections);
    }

    private void addVersions(List<Section> sections) {
        if (extendedVersions) {
            ByteBuffer crcs = buffer(4 * versions.size());
            StringBuilder names = new StringBuilder();
            versions.forEach((name, crc) -> {
                crcs.putInt(crc.intValue());
                names.append(name).append('\0');
            });
            sections.add(new Section("__version_ext_crcs", 1, crcs.array(), 0, 0));
            sections.add(new Section("__version_ext_names", 1, latin(names.toString()), 0, 0));
            return;
        }
        ByteBuffer table = buffer(64 * versions.size());
        int at = 0;
        for (Map.Entry<String, Long> version : versions.entrySet()) {
            table.position(at);
            putWord(table, version.getValue());
            table.put(latin(version.getKey()));
            at += 64;
        }
        sections.add(new Section("__versions", 1, table.array(), 0, 0));
    }

    private byte[] symbols(List<long[]> symbols) {
        ByteBuffer table = buffer(symbols.size() * (wide() ? 24 : 16));
        for (long[] symbol : symbols) {
            table.putInt((int) symbol[0]);
            if (wide()) {
                table.put((byte) 0x10).put((byte) 0).putShort((short) symbol[1]);
                table.putLong(symbol[2]).putLong(0);
            } else {
                table.putInt((int) symbol[2]).putInt(0);
                table.put((byte) 0x10).put((byte) 0).putShort((short) symbol[1]);
            }
        }
        return table.array();
    }

    private byte[] relocations() {
        int entry = (wide() ? 16 : 8) + (addends ? wide() ? 8 : 4 : 0);
        List<int[]> all = new ArrayList<>();
        if (init >= 0) {
            all.add(new int[] {init, 1});
        }
        if (exit >= 0) {
            all.add(new int[] {exit, 2});
        }
        ByteBuffer table = buffer(entry * all.size());
        for (int[] relocation : all) {
            putWord(table, relocation[0]);
            if (wide() && machine == 8) {
                table.putInt(relocation[1]).putInt(0x12);
            } else {
                putWord(table, wide() ? ((long) relocation[1] << 32) | 1 : relocation[1] << 8 | 1);
            }
            if (addends) {
                putWord(table, 0);
            }
        }
        return table.array();
    }

    private byte[] file(List<Section> sections) {
        StringBuilder names = new StringBuilder();
        List<Integer> nameAt = new ArrayList<>();
        List<Section> all = new ArrayList<>(sections);
        all.add(new Section(".shstrtab", 3, new byte[0], 0, 0));
        for (Section section : all) {
            nameAt.add(names.length());
            names.append(section.name()).append('\0');
        }
        all.set(all.size() - 1, new Section(".shstrtab", 3, latin(names.toString()), 0, 0));
        int header = wide() ? 64 : 52;
        int entry = wide() ? 64 : 40;
        int end = header;
        List<Integer> offsets = new ArrayList<>();
        for (Section section : all) {
            end = (end + MODULE_ALIGN - 1) / MODULE_ALIGN * MODULE_ALIGN;
            offsets.add(end);
            end += section.content().length;
        }
        int table = (end + 7) / 8 * 8;
        ByteBuffer file = buffer(table + entry * all.size());
        file.put(new byte[] {
            0x7f, 'E', 'L', 'F', (byte) (wide() ? 2 : 1), (byte) (order == ByteOrder.BIG_ENDIAN ? 2 : 1), 1
        });
        file.position(16);
        file.putShort((short) 1).putShort((short) machine).putInt(1);
        putWord(file, 0);
        putWord(file, 0);
        putWord(file, table);
        file.putInt(0).putShort((short) header).putShort((short) 0).putShort((short) 0);
        file.putShort((short) entry).putShort((short) all.size()).putShort((short) (all.size() - 1));
        for (int i = 0; i < all.size(); i++) {
            Section section = all.get(i);
            file.position(offsets.get(i));
            file.put(section.content());
            file.position(table + entry * i);
            file.putInt(nameAt.get(i)).putInt(section.type());
            putWord(file, section.type() == 0 ? 0 : 2);
            putWord(file, 0);
            putWord(file, section.type() == 0 ? 0 : offsets.get(i));
            putWord(file, section.content().length);
            file.putInt(section.link()).putInt(section.info());
            putWord(file, 1);
            putWord(file, entrySize(section.type()));
        }
        return file.array();
    }

    private long entrySize(int type) {
        return switch (type) {
            case 2 -> wide() ? 24 : 16;
            case 4 -> wide() ? 24 : 12;
            case 9 -> wide() ? 16 : 8;
            default -> 0;
        };
    }

    private boolean wide() {
        return elfClass == ElfClass.ELF64;
    }

    private void putWord(ByteBuffer to, long value) {
        if (wide()) {
            to.putLong(value);
        } else {
            to.putInt((int) value);
        }
    }

    private ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(order);
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
