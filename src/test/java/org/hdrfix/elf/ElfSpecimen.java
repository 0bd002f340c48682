package org.hdrfix.elf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

/**
 * Makes small ELF files for tests, well-formed enough for readelf, but with nothing in them to run. A test changes what
 * it is about; case folders hold descriptions, which {@link #parse} reads:
 *
 * <pre>
 * Architecture: armhf             a row of the table below; class, order ... can be given besides or instead
 * Class: 32                       or 64
 * Order: little                   or big
 * Machine: 40                     e_machine
 * Flags: 0x5000400                e_flags
 * Os-Abi: 0                       e_ident[EI_OSABI]
 * Type: DYN                       or EXEC, REL
 * Static: yes                     no interpreter, no dynamic section; EXEC unless Type is given
 * Interpreter: /lib/ld.so.1       or "none"
 * Needed: libm.so.6 libc.so.6     or "none"
 * Versions: libm.so.6 GLIBC_2.29, libc.so.6 GLIBC_2.4 GLIBC_2.34
 * Defines: libc.so.6 GLIBC_2.4    name of the library, then the versions that it defines
 * Align: 4096                     p_align of the PT_LOAD headers
 * Congruent: 16384                largest page size that the second segment can be mapped with; p_align unless given
 * Arm-Cpu-Arch: 10                Tag_CPU_arch
 * Arm-Profile: A                  Tag_CPU_arch_profile
 * Arm-Hard-Float: yes             Tag_ABI_VFP_args
 * Section-Headers: no             as after sstrip
 * Padding: 1000                   bytes of zero at the end
 * </pre>
 *
 * An architecture alone is a position-independent program with its loader, DT_NEEDED {@code libc.so.6} and no versions.
 */
public final class ElfSpecimen {
    private static final List<ElfSpecimen> ARCHITECTURES = List.of(
            row("amd64", 64, "little", 62, 0, 0x1000, "/lib64/ld-linux-x86-64.so.2"),
            row("x32", 32, "little", 62, 0, 0x1000, "/libx32/ld-linux-x32.so.2"),
            row("i386", 32, "little", 3, 0, 0x1000, "/lib/ld-linux.so.2"),
            row("arm64", 64, "little", 183, 0, 0x10000, "/lib/ld-linux-aarch64.so.1"),
            row("armhf", 32, "little", 40, 0x5000400, 0x1000, "/lib/ld-linux-armhf.so.3")
                    .arm(10)
                    .armProfile('A')
                    .armHardFloat(true),
            row("armel", 32, "little", 40, 0x5000200, 0x1000, "/lib/ld-linux.so.3")
                    .arm(4),
            row("riscv64", 64, "little", 243, 0x5, 0x1000, "/lib/ld-linux-riscv64-lp64d.so.1"),
            row("loong64", 64, "little", 258, 0x43, 0x10000, "/lib64/ld-linux-loongarch-lp64d.so.1"),
            row("ppc64el", 64, "little", 21, 2, 0x10000, "/lib64/ld64.so.2"),
            row("ppc64", 64, "big", 21, 1, 0x10000, "/lib64/ld64.so.1"),
            row("powerpc", 32, "big", 20, 0, 0x10000, "/lib/ld.so.1"),
            row("mips", 32, "big", 8, 0x70001007, 0x10000, "/lib/ld.so.1"),
            row("mipsel", 32, "little", 8, 0x70001007, 0x10000, "/lib/ld.so.1"),
            row("mips64el", 64, "little", 8, 0x80000007, 0x10000, "/lib64/ld.so.1"),
            row("s390x", 64, "big", 22, 0, 0x1000, "/lib/ld64.so.1"));

    private static final Set<String> KEYS = Set.of(
            "Architecture",
            "Class",
            "Order",
            "Machine",
            "Flags",
            "Os-Abi",
            "Type",
            "Static",
            "Interpreter",
            "Needed",
            "Versions",
            "Defines",
            "Align",
            "Congruent",
            "Arm-Cpu-Arch",
            "Arm-Profile",
            "Arm-Hard-Float",
            "Section-Headers",
            "Padding");

    /** Of the first segment, congruent to offset 0 for every page size. */
    private static final long BASE = 0x400000;

    private String name = "";
    private ElfClass elfClass = ElfClass.ELF64;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private int machine = 62;
    private int flags;
    private int osAbi;
    private int type = ElfFile.ET_DYN;
    private Optional<String> interpreter = Optional.empty();
    private List<String> needed = List.of();
    private Map<String, List<String>> versions = new LinkedHashMap<>();
    private Set<String> weakVersions = Set.of();
    private Optional<String> library = Optional.empty();
    private List<String> defined = List.of();
    private long align = 0x1000;
    private long congruent;
    private OptionalInt armCpuArch = OptionalInt.empty();
    private Optional<Character> armProfile = Optional.empty();
    private boolean armHardFloat;
    private boolean sectionHeaders = true;
    private int padding;

    private ElfSpecimen() {}

    /** A program of an architecture of the table. */
    public static ElfSpecimen of(String architecture) {
        ElfSpecimen row = ARCHITECTURES.stream()
                .filter(each -> each.name.equals(architecture))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no architecture " + architecture));
        ElfSpecimen copy = new ElfSpecimen()
                .identity(row.elfClass, row.order, row.machine, row.flags)
                .align(row.align)
                .needed("libc.so.6");
        copy.name = row.name;
        copy.interpreter = row.interpreter;
        copy.armCpuArch = row.armCpuArch;
        copy.armProfile = row.armProfile;
        copy.armHardFloat = row.armHardFloat;
        return copy;
    }

    /** Names of the architectures of the table. */
    public static Stream<String> architectures() {
        return ARCHITECTURES.stream().map(row -> row.name);
    }

    /**
     * The bytes of a described file.
     *
     * @param description one deb822 stanza, see above
     * @throws IllegalArgumentException at an unknown key
     */
    public static byte[] parse(String description) {
        List<Stanza> stanzas = Deb822.read("specimen", description);
        if (stanzas.size() != 1) {
            throw new IllegalArgumentException(stanzas.size() + " stanzas (wanted 1): " + description);
        }
        Stanza stanza = stanzas.get(0);
        for (String key : stanza.fields().keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("no key " + key);
            }
        }
        ElfSpecimen specimen = stanza.field("Architecture").map(ElfSpecimen::of).orElseGet(ElfSpecimen::new);
        specimen.take(stanza);
        return specimen.bytes();
    }

    public ElfSpecimen identity(ElfClass elfClass, ByteOrder order, int machine, int flags) {
        this.elfClass = elfClass;
        this.order = order;
        this.machine = machine;
        this.flags = flags;
        return this;
    }

    /** An {@code e_type}: {@link ElfFile#ET_EXEC} ... */
    public ElfSpecimen type(int type) {
        this.type = type;
        return this;
    }

    /** Without interpreter and dynamic section, ET_EXEC. */
    public ElfSpecimen linkedStatically() {
        interpreter = Optional.empty();
        needed = List.of();
        return type(ElfFile.ET_EXEC);
    }

    public ElfSpecimen interpreter(String path) {
        interpreter = Optional.of(path);
        return this;
    }

    public ElfSpecimen withoutInterpreter() {
        interpreter = Optional.empty();
        return this;
    }

    public ElfSpecimen needed(String... libraries) {
        needed = List.of(libraries);
        return this;
    }

    public ElfSpecimen versions(String ofLibrary, String... wanted) {
        versions.put(ofLibrary, List.of(wanted));
        return this;
    }

    /** Which of the wanted versions are wanted weakly. */
    public ElfSpecimen weakVersions(String... weak) {
        weakVersions = Set.of(weak);
        return this;
    }

    /** Makes it a library that defines versions. */
    public ElfSpecimen defines(String libraryName, String... versionNames) {
        library = Optional.of(libraryName);
        defined = List.of(versionNames);
        return this;
    }

    /** {@code p_align} of the segments, bytes. */
    public ElfSpecimen align(long bytes) {
        align = bytes;
        return this;
    }

    /** Page size modulo which the second segment is congruent, and not modulo twice that; bytes. */
    public ElfSpecimen congruentModulo(long pageSize) {
        congruent = pageSize;
        return this;
    }

    public ElfSpecimen arm(int cpuArch) {
        armCpuArch = OptionalInt.of(cpuArch);
        return this;
    }

    public ElfSpecimen armProfile(char letter) {
        armProfile = Optional.of(letter);
        return this;
    }

    public ElfSpecimen armHardFloat(boolean inVfpRegisters) {
        armHardFloat = inVfpRegisters;
        return this;
    }

    public ElfSpecimen withoutSectionHeaders() {
        sectionHeaders = false;
        return this;
    }

    /** Zeros at the end of the file. */
    public ElfSpecimen padding(int bytes) {
        padding = bytes;
        return this;
    }

    /** The file. */
    public byte[] bytes() {
        return type == ElfFile.ET_REL ? new Image().object() : new Image().program();
    }

    @Override
    public String toString() {
        return name;
    }

    private static ElfSpecimen row(
            String name, int bits, String order, int machine, int flags, long align, String interpreter) {
        ElfSpecimen row = new ElfSpecimen()
                .identity(elfClass(bits), byteOrder(order), machine, flags)
                .align(align)
                .interpreter(interpreter);
        row.name = name;
        return row;
    }

    private void take(Stanza stanza) {
        stanza.field("Class").ifPresent(value -> elfClass = elfClass(Integer.parseInt(value)));
        stanza.field("Order").ifPresent(value -> order = byteOrder(value));
        stanza.field("Machine").ifPresent(value -> machine = Integer.decode(value));
        stanza.field("Flags").ifPresent(value -> flags = Long.decode(value).intValue());
        stanza.field("Os-Abi").ifPresent(value -> osAbi = Integer.decode(value));
        if (stanza.field("Static").map(ElfSpecimen::yes).orElse(false)) {
            linkedStatically();
        }
        stanza.field("Type").ifPresent(value -> type = type(value));
        stanza.field("Interpreter")
                .ifPresent(value -> interpreter = value.equals("none") ? Optional.empty() : Optional.of(value));
        stanza.field("Needed").ifPresent(value -> needed = value.equals("none") ? List.of() : stanza.words("Needed"));
        stanza.field("Versions").ifPresent(this::takeVersions);
        stanza.field("Defines").ifPresent(value -> {
            List<String> words = stanza.words("Defines");
            library = Optional.of(words.get(0));
            defined = words.subList(1, words.size());
        });
        stanza.field("Align").ifPresent(value -> align = Long.decode(value));
        stanza.field("Congruent").ifPresent(value -> congruent = Long.decode(value));
        stanza.field("Arm-Cpu-Arch").ifPresent(value -> arm(Integer.decode(value)));
        stanza.field("Arm-Profile").ifPresent(value -> armProfile(value.charAt(0)));
        stanza.field("Arm-Hard-Float").ifPresent(value -> armHardFloat = yes(value));
        stanza.field("Section-Headers").ifPresent(value -> sectionHeaders = yes(value));
        stanza.field("Padding").ifPresent(value -> padding = Integer.decode(value));
    }

    private void takeVersions(String value) {
        for (String group : value.split("[,\n]+")) {
            List<String> words = List.of(group.strip().split("\\s+"));
            versions.put(words.get(0), words.subList(1, words.size()));
        }
    }

    private static ElfClass elfClass(int bits) {
        return switch (bits) {
            case 32 -> ElfClass.ELF32;
            case 64 -> ElfClass.ELF64;
            default -> throw new IllegalArgumentException("Class: " + bits);
        };
    }

    private static ByteOrder byteOrder(String word) {
        return switch (word) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw new IllegalArgumentException("Order: " + word);
        };
    }

    private static int type(String word) {
        return switch (word) {
            case "REL" -> ElfFile.ET_REL;
            case "EXEC" -> ElfFile.ET_EXEC;
            case "DYN" -> ElfFile.ET_DYN;
            default -> throw new IllegalArgumentException("Type: " + word);
        };
    }

    private static boolean yes(String word) {
        return switch (word) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw new IllegalArgumentException(word + " (wanted yes or no)");
        };
    }

    /** A part of the file that has a section header of its own. */
    private static final class Part {
        final String name;
        final int type;
        final int flags;
        final String link;
        final int info;
        final int entrySize;
        final int alignment;
        byte[] content;
        int offset;
        long address;

        Part(String name, int type, int flags, String link, int info, int entrySize, int alignment, byte[] content) {
            this.name = name;
            this.type = type;
            this.flags = flags;
            this.link = link;
            this.info = info;
            this.entrySize = entrySize;
            this.alignment = alignment;
            this.content = content;
        }
    }

    /** Numbers of the specimen's class and byte order, one after the other. */
    private final class Numbers {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Numbers octet(int value) {
            out.write(value);
            return this;
        }

        Numbers half(int value) {
            return raw(ByteBuffer.allocate(2).order(order).putShort((short) value));
        }

        Numbers word(long value) {
            return raw(ByteBuffer.allocate(4).order(order).putInt((int) value));
        }

        Numbers xword(long value) {
            return raw(ByteBuffer.allocate(8).order(order).putLong(value));
        }

        Numbers wide(long value) {
            return is64() ? xword(value) : word(value);
        }

        Numbers text(String value) {
            return raw(ByteBuffer.wrap((value + "\0").getBytes(StandardCharsets.ISO_8859_1)));
        }

        Numbers raw(ByteBuffer value) {
            out.writeBytes(value.array());
            return this;
        }

        Numbers raw(byte[] value) {
            out.writeBytes(value);
            return this;
        }

        /** Zeros up to an offset. */
        Numbers upTo(int offset) {
            out.writeBytes(new byte[offset - out.size()]);
            return this;
        }

        int size() {
            return out.size();
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }

    private boolean is64() {
        return elfClass == ElfClass.ELF64;
    }

    /** One file in the making. */
    private final class Image {
        private static final int ALLOC = 2;
        private static final int ALLOC_EXEC = 6;
        private static final int ALLOC_WRITE = 3;

        private final int headerSize = is64() ? 64 : 52;
        private final int programHeaderSize = is64() ? 56 : 32;
        private final int sectionHeaderSize = is64() ? 64 : 40;
        private final int word = is64() ? 8 : 4;
        private final List<Part> parts = new ArrayList<>();
        private final Numbers strings = new Numbers().octet(0);
        private final Map<String, Integer> stringOffsets = new LinkedHashMap<>();
        private int writableOffset;
        private long writableAddress;

        byte[] object() {
            parts.add(new Part(".text", 1, ALLOC_EXEC, "", 0, 0, 4, new byte[4]));
            addArmAttributes();
            addNames();
            place(headerSize, 0);
            return file(List.of(), 0);
        }

        byte[] program() {
            boolean dynamic = !needed.isEmpty()
                    || !versions.isEmpty()
                    || library.isPresent()
                    || (interpreter.isPresent() && type == ElfFile.ET_DYN);
            interpreter.ifPresent(path -> parts.add(new Part(
                    ".interp", 1, ALLOC, "", 0, 0, 1, new Numbers().text(path).bytes())));
            if (dynamic) {
                addLinking();
            }
            parts.add(new Part(".text", 1, ALLOC_EXEC, "", 0, 0, 4, new byte[4]));
            if (dynamic) {
                parts.add(new Part(".dynamic", 6, ALLOC_WRITE, ".dynstr", 0, 2 * word, word, dynamicSection()));
            }
            parts.add(new Part(".data", 1, ALLOC_WRITE, "", 0, 0, 4, new byte[4]));
            addArmAttributes();
            addNames();
            int count = 3 + (dynamic ? 1 : 0) + (interpreter.isPresent() ? 1 : 0);
            int end = place(headerSize + count * programHeaderSize, BASE);
            if (dynamic) {
                part(".dynamic").orElseThrow().content = dynamicSection();
            }
            return file(programHeaders(end), part(".text").orElseThrow().address);
        }

        private Optional<Part> part(String name) {
            return parts.stream().filter(part -> part.name.equals(name)).findFirst();
        }

        private void addLinking() {
            needed.forEach(this::string);
            library.ifPresent(this::string);
            byte[] definitions = definitions();
            byte[] wanted = wantedVersions();
            // The hash table is what tells readelf how many symbols there are. On s390x alone it has entries of 8
            // bytes,
            // which jelf trips over; real programs have .gnu.hash instead.
            if (machine != 22) {
                byte[] hash = new Numbers().word(1).word(1).word(0).word(0).bytes();
                parts.add(new Part(".hash", 5, ALLOC, ".dynsym", 0, 4, word, hash));
            }
            int symbol = is64() ? 24 : 16;
            parts.add(new Part(".dynsym", 11, ALLOC, ".dynstr", 1, symbol, word, new byte[symbol]));
            parts.add(new Part(".dynstr", 3, ALLOC, "", 0, 0, 1, strings.bytes()));
            if (definitions.length + wanted.length > 0) {
                parts.add(new Part(".gnu.version", 0x6fffffff, ALLOC, ".dynsym", 0, 2, 2, new byte[2]));
            }
            if (definitions.length > 0) {
                parts.add(new Part(
                        ".gnu.version_d", 0x6ffffffd, ALLOC, ".dynstr", defined.size() + 1, 0, 4, definitions));
            }
            if (wanted.length > 0) {
                parts.add(new Part(".gnu.version_r", 0x6ffffffe, ALLOC, ".dynstr", versions.size(), 0, 4, wanted));
            }
        }

        private int string(String value) {
            return stringOffsets.computeIfAbsent(value, any -> {
                int offset = strings.size();
                strings.text(value);
                return offset;
            });
        }

        /** The base definition, then one for each version, the later ones with the first as their parent. */
        private byte[] definitions() {
            Numbers out = new Numbers();
            if (library.isEmpty()) {
                return out.bytes();
            }
            List<String> names = new ArrayList<>(List.of(library.get()));
            names.addAll(defined);
            for (int i = 0; i < names.size(); i++) {
                boolean child = i > 1;
                int size = 20 + (child ? 16 : 8);
                out.half(1).half(i == 0 ? 1 : 0).half(i + 1).half(child ? 2 : 1);
                out.word(hash(names.get(i))).word(20).word(i == names.size() - 1 ? 0 : size);
                out.word(string(names.get(i))).word(child ? 8 : 0);
                if (child) {
                    out.word(string(names.get(1))).word(0);
                }
            }
            return out.bytes();
        }

        private byte[] wantedVersions() {
            Numbers out = new Numbers();
            int left = versions.size();
            int index = defined.size() + 2;
            for (Map.Entry<String, List<String>> entry : versions.entrySet()) {
                List<String> names = entry.getValue();
                left--;
                out.half(1).half(names.size()).word(string(entry.getKey())).word(16);
                out.word(left == 0 ? 0 : 16 + 16 * names.size());
                for (int i = 0; i < names.size(); i++) {
                    String version = names.get(i);
                    out.word(hash(version))
                            .half(weakVersions.contains(version) ? 2 : 0)
                            .half(index++);
                    out.word(string(version)).word(i == names.size() - 1 ? 0 : 16);
                }
            }
            return out.bytes();
        }

        /** gABI chapter 5, "Hash Table". */
        private long hash(String value) {
            long hash = 0;
            for (int i = 0; i < value.length(); i++) {
                hash = (hash << 4) + value.charAt(i);
                long high = hash & 0xf0000000L;
                hash = (hash ^ (high >> 24)) & ~high;
            }
            return hash;
        }

        /** Before the parts have their places the addresses are 0, and the length is right. */
        private byte[] dynamicSection() {
            Numbers out = new Numbers();
            needed.forEach(value -> out.wide(1).wide(string(value)));
            library.ifPresent(value -> out.wide(14).wide(string(value)));
            part(".hash").ifPresent(part -> out.wide(4).wide(part.address));
            out.wide(5).wide(address(".dynstr"));
            out.wide(6).wide(address(".dynsym"));
            out.wide(10).wide(strings.size());
            out.wide(11).wide(is64() ? 24 : 16);
            part(".gnu.version").ifPresent(part -> out.wide(0x6ffffff0L).wide(part.address));
            part(".gnu.version_d")
                    .ifPresent(part -> out.wide(0x6ffffffcL)
                            .wide(part.address)
                            .wide(0x6ffffffdL)
                            .wide(part.info));
            part(".gnu.version_r")
                    .ifPresent(part -> out.wide(0x6ffffffeL)
                            .wide(part.address)
                            .wide(0x6fffffffL)
                            .wide(part.info));
            return out.wide(0).wide(0).bytes();
        }

        private long address(String name) {
            return part(name).orElseThrow().address;
        }

        private void addArmAttributes() {
            if (armCpuArch.isEmpty() || !sectionHeaders) {
                return;
            }
            // Texts of an even length and a number of two bytes: who skips one of them by the wrong rule is out of
            // step.
            Numbers attributes = new Numbers().octet(5).text("xxxxxxx").octet(8).octet(1);
            attributes.octet(6).octet(armCpuArch.getAsInt());
            armProfile.ifPresent(letter -> attributes.octet(7).octet(letter));
            attributes.octet(32).octet(0).text("");
            attributes.octet(70).octet(0x81).octet(0x01);
            attributes.octet(67).text("2.9");
            if (armHardFloat) {
                attributes.octet(28).octet(1);
            }
            int scope = 1 + 4 + attributes.size();
            Numbers section = new Numbers().octet('A').word(4 + 6 + scope).text("aeabi");
            section.octet(1).word(scope).raw(attributes.bytes());
            parts.add(new Part(".ARM.attributes", 0x70000003, 0, "", 0, 0, 1, section.bytes()));
        }

        private void addNames() {
            if (!sectionHeaders) {
                return;
            }
            Numbers names = new Numbers().octet(0);
            parts.forEach(part -> names.text(part.name));
            names.text(".shstrtab");
            parts.add(new Part(".shstrtab", 3, 0, "", 0, 0, 1, names.bytes()));
        }

        /** Gives every part its offset and address; the end of the loaded ones comes back. */
        private int place(int start, long base) {
            int offset = start;
            int end = start;
            long distance = base;
            for (Part part : parts) {
                if (part.flags == ALLOC_WRITE && writableOffset == 0) {
                    offset = roundUp(offset, word);
                    distance = base + (congruent == 0 ? align : congruent);
                    writableOffset = offset;
                    writableAddress = offset + distance;
                }
                offset = roundUp(offset, part.alignment);
                part.offset = offset;
                part.address = part.flags == 0 || base == 0 ? 0 : offset + distance;
                offset += part.content.length;
                end = part.flags == 0 ? end : offset;
            }
            return end;
        }

        private int roundUp(int offset, int alignment) {
            return (offset + alignment - 1) / alignment * alignment;
        }

        private List<byte[]> programHeaders(int end) {
            List<byte[]> headers = new ArrayList<>();
            part(".interp").ifPresent(part -> headers.add(programHeader(3, 4, part, 1)));
            int textEnd = part(".text").orElseThrow().offset + 4;
            headers.add(programHeader(1, 5, 0, BASE, textEnd, textEnd, align));
            int length = end - writableOffset;
            headers.add(programHeader(1, 6, writableOffset, writableAddress, length, length + 8L, align));
            part(".dynamic").ifPresent(part -> headers.add(programHeader(2, 6, part, word)));
            headers.add(programHeader(0x6474e551, 6, 0, 0, 0, 0, 16));
            return headers;
        }

        private byte[] programHeader(int type, int flags, Part part, long alignment) {
            int length = part.content.length;
            return programHeader(type, flags, part.offset, part.address, length, length, alignment);
        }

        private byte[] programHeader(
                int type, int flags, long offset, long address, long fileSize, long memorySize, long alignment) {
            Numbers out = new Numbers().word(type);
            if (is64()) {
                out.word(flags);
            }
            out.wide(offset).wide(address).wide(address).wide(fileSize).wide(memorySize);
            if (!is64()) {
                out.word(flags);
            }
            return out.wide(alignment).bytes();
        }

        private byte[] file(List<byte[]> programHeaders, long entry) {
            Part last = parts.get(parts.size() - 1);
            int sectionTable = sectionHeaders ? roundUp(last.offset + last.content.length, 8) : 0;
            Numbers out = new Numbers().raw(new byte[] {0x7f, 'E', 'L', 'F'});
            out.octet(is64() ? 2 : 1)
                    .octet(order == ByteOrder.BIG_ENDIAN ? 2 : 1)
                    .octet(1)
                    .octet(osAbi);
            out.upTo(16).half(type).half(machine).word(1);
            out.wide(entry).wide(programHeaders.isEmpty() ? 0 : headerSize).wide(sectionTable);
            out.word(flags).half(headerSize);
            out.half(programHeaders.isEmpty() ? 0 : programHeaderSize).half(programHeaders.size());
            out.half(sectionHeaderSize).half(sectionHeaders ? parts.size() + 1 : 0);
            out.half(sectionHeaders ? parts.size() : 0);
            programHeaders.forEach(out::raw);
            parts.forEach(part -> out.upTo(part.offset).raw(part.content));
            if (sectionHeaders) {
                addSectionHeaders(out.upTo(sectionTable));
            }
            return out.raw(new byte[padding]).bytes();
        }

        private void addSectionHeaders(Numbers out) {
            out.raw(new byte[sectionHeaderSize]);
            int name = 1;
            for (Part part : parts) {
                out.word(name)
                        .word(part.type)
                        .wide(part.flags)
                        .wide(part.address)
                        .wide(part.offset);
                out.wide(part.content.length).word(index(part.link)).word(part.info);
                out.wide(part.alignment).wide(part.entrySize);
                name += part.name.length() + 1;
            }
        }

        private int index(String name) {
            return part(name).map(part -> parts.indexOf(part) + 1).orElse(0);
        }
    }
}
