package org.hdrfix.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElfReaderTest {
    private static final int E_TYPE = 16;
    private static final int E_PHENTSIZE_64 = 54;
    private static final int E_PHNUM_64 = 56;
    private static final int FIRST_HEADER_64 = 64;

    @TempDir
    Path directory;

    // Identity

    @ParameterizedTest
    @CsvSource({
        "amd64,    ELF64, LITTLE_ENDIAN,  62, 0,          /lib64/ld-linux-x86-64.so.2",
        "x32,      ELF32, LITTLE_ENDIAN,  62, 0,          /libx32/ld-linux-x32.so.2",
        "i386,     ELF32, LITTLE_ENDIAN,   3, 0,          /lib/ld-linux.so.2",
        "arm64,    ELF64, LITTLE_ENDIAN, 183, 0,          /lib/ld-linux-aarch64.so.1",
        "armhf,    ELF32, LITTLE_ENDIAN,  40, 0x5000400,  /lib/ld-linux-armhf.so.3",
        "armel,    ELF32, LITTLE_ENDIAN,  40, 0x5000200,  /lib/ld-linux.so.3",
        "riscv64,  ELF64, LITTLE_ENDIAN, 243, 0x5,        /lib/ld-linux-riscv64-lp64d.so.1",
        "loong64,  ELF64, LITTLE_ENDIAN, 258, 0x43,       /lib64/ld-linux-loongarch-lp64d.so.1",
        "ppc64el,  ELF64, LITTLE_ENDIAN,  21, 2,          /lib64/ld64.so.2",
        "ppc64,    ELF64, BIG_ENDIAN,     21, 1,          /lib64/ld64.so.1",
        "powerpc,  ELF32, BIG_ENDIAN,     20, 0,          /lib/ld.so.1",
        "mips,     ELF32, BIG_ENDIAN,      8, 0x70001007, /lib/ld.so.1",
        "mipsel,   ELF32, LITTLE_ENDIAN,   8, 0x70001007, /lib/ld.so.1",
        "mips64el, ELF64, LITTLE_ENDIAN,   8, 0x80000007, /lib64/ld.so.1",
        "s390x,    ELF64, BIG_ENDIAN,     22, 0,          /lib/ld64.so.1"
    })
    void readsTheIdentityOfEveryArchitecture(
            String name, ElfClass elfClass, String order, int machine, String flags, String interpreter)
            throws IOException {
        ElfFile file = elf(ElfSpecimen.of(name));
        assertEquals(elfClass, file.elfClass());
        assertEquals(order, file.order().toString());
        assertEquals(machine, file.machine());
        assertEquals(Long.decode(flags).intValue(), file.flags());
        assertEquals(Optional.of(interpreter), file.interpreter());
    }

    @ParameterizedTest
    @ValueSource(ints = {ElfFile.ET_EXEC, ElfFile.ET_DYN})
    void readsTheTypeOfAProgram(int type) throws IOException {
        ElfFile file = elf(ElfSpecimen.of("s390x").type(type));
        assertEquals(type, file.type());
        assertFalse(file.isObject());
    }

    @Test
    void readsFieldsThatAllDiffer() throws IOException {
        ElfFile file = elf(new String[] {
            "Class: 32",
            "Order: big",
            "Machine: 0x1234",
            "Flags: 0x89abcdef",
            "Type: DYN",
            "Interpreter: /odd/ld.so",
            "Needed: libfirst.so.3 libsecond.so.4"
        });
        assertEquals(ElfClass.ELF32, file.elfClass());
        assertEquals(ByteOrder.BIG_ENDIAN, file.order());
        assertEquals(0x1234, file.machine());
        assertEquals(0x89abcdef, file.flags());
        assertEquals(ElfFile.ET_DYN, file.type());
        assertEquals(Optional.of("/odd/ld.so"), file.interpreter());
        assertEquals(List.of("libfirst.so.3", "libsecond.so.4"), file.needed());
    }

    @Test
    void keepsTheFirst128BytesForBinfmtMisc() throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").padding(100).bytes();
        bytes[127] = 0x5a;
        bytes[128] = 0x5b;
        HeadBytes head = assertInstanceOf(ElfFile.class, read(bytes)).head();
        assertTrue(head.match(0, Arrays.copyOf(bytes, 20), new byte[0]));
        assertTrue(head.match(127, new byte[] {0x5a}, new byte[0]));
        assertFalse(head.match(128, new byte[] {0x5b}, new byte[0]));
    }

    @Test
    void readsAnObjectByItsHeaderAlone() throws IOException {
        byte[] bytes =
                ElfSpecimen.of("arm64").type(ElfFile.ET_REL).padding(100000).bytes();
        MemoryChannel channel = new MemoryChannel(bytes);
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(channel));
        assertTrue(file.isObject());
        assertEquals(183, file.machine());
        assertEquals(256, channel.bytesRead());
    }

    // Programs

    @ParameterizedTest
    @MethodSource("org.hdrfix.elf.ElfSpecimen#architectures")
    void readsTheSameWithoutSectionHeadersButForArmAttributes(String name) throws IOException {
        ElfFile whole = elf(versioned(name));
        ElfFile stripped = elf(versioned(name).withoutSectionHeaders());
        assertEquals(whole.interpreter(), stripped.interpreter());
        assertEquals(whole.needed(), stripped.needed());
        assertEquals(whole.neededVersions(), stripped.neededVersions());
        assertEquals(whole.definedVersions(), stripped.definedVersions());
        assertEquals(whole.segments(), stripped.segments());
        assertEquals(Optional.empty(), stripped.arm());
    }

    @ParameterizedTest
    @MethodSource("org.hdrfix.elf.ElfSpecimen#architectures")
    void readsLibrariesAndVersions(String name) throws IOException {
        ElfFile file = elf(versioned(name));
        assertEquals(List.of("libm.so.6", "libc.so.6"), file.needed());
        assertEquals(
                Map.of("libm.so.6", Set.of("GLIBC_2.29"), "libc.so.6", Set.of("GLIBC_2.4", "GLIBC_2.34")),
                file.neededVersions());
        assertEquals(Set.of("OWN_1.0", "OWN_1.1", "OWN_2.0"), file.definedVersions());
        assertEquals(Optional.empty(), file.dynamicDamage());
    }

    @Test
    void leavesOutVersionsThatAreWantedWeakly() throws IOException {
        ElfFile file = elf(ElfSpecimen.of("mips")
                .versions("libc.so.6", "GLIBC_2.17", "GLIBC_2.38", "GLIBC_2.18")
                .weakVersions("GLIBC_2.38"));
        assertEquals(Map.of("libc.so.6", Set.of("GLIBC_2.17", "GLIBC_2.18")), file.neededVersions());
    }

    @Test
    void findsNoInterpreterAndNoLibrariesInAStaticProgram() throws IOException {
        ElfFile file = elf(ElfSpecimen.of("riscv64").linkedStatically());
        assertEquals(ElfFile.ET_EXEC, file.type());
        assertEquals(Optional.empty(), file.interpreter());
        assertEquals(List.of(), file.needed());
        assertEquals(2, file.segments().size());
    }

    @Test
    void readsTablesThatLieBeyondTheFirstBlock() throws IOException {
        String[] libraries = new String[600];
        for (int i = 0; i < libraries.length; i++) {
            libraries[i] = "lib-of-a-rather-long-name-" + i + ".so." + i % 7;
        }
        ElfFile file = elf(ElfSpecimen.of("ppc64").needed(libraries).versions("libc.so.6", "GLIBC_2.36"));
        assertEquals(Optional.empty(), file.dynamicDamage());
        assertEquals(List.of(libraries), file.needed());
        assertEquals(Map.of("libc.so.6", Set.of("GLIBC_2.36")), file.neededVersions());
    }

    @Test
    void readsAChannelThatGivesThreeBytesAtATime() throws IOException {
        byte[] bytes = versioned("s390x").padding(9000).bytes();
        assertEquals(read(bytes), ElfReader.read(new MemoryChannel(bytes, bytes.length, 3)));
    }

    @ParameterizedTest
    @CsvSource({"arm64, 0, 0x400000, 5", "s390x, 0, 0x400000, 5", "i386, 0, 0x400000, 5"})
    void readsTheFirstSegment(String name, long offset, String address, int flags) throws IOException {
        Segment first = elf(ElfSpecimen.of(name).align(0x2000)).segments().get(0);
        assertEquals(offset, first.offset());
        assertEquals(Long.decode(address), first.address());
        assertEquals(flags, first.flags());
        assertEquals(0x2000, first.alignment());
        assertEquals(first.fileSize(), first.memorySize());
    }

    @ParameterizedTest
    @ValueSource(strings = {"arm64", "powerpc"})
    void readsTheSecondSegment(String name) throws IOException {
        Segment second = elf(ElfSpecimen.of(name).align(0x1000)).segments().get(1);
        assertEquals(second.offset() + 0x401000, second.address());
        assertEquals(second.fileSize() + 8, second.memorySize());
        assertEquals(6, second.flags());
    }

    @Test
    void tellsCongruenceFromAlignment() throws IOException {
        Segment lucky = elf(ElfSpecimen.of("armhf").align(0x1000).congruentModulo(0x4000))
                .segments()
                .get(1);
        assertEquals(0x1000, lucky.alignment());
        assertTrue(lucky.isCongruentModulo(0x4000));
        assertFalse(lucky.isCongruentModulo(0x8000));
        Segment usual = elf(ElfSpecimen.of("armhf")).segments().get(1);
        assertTrue(usual.isCongruentModulo(0x1000));
        assertFalse(usual.isCongruentModulo(0x4000));
    }

    // Interpreter, by the kernel's rules

    @Test
    void takesTheInterpreterUpToItsFirstNul() throws IOException {
        assertEquals(
                Optional.of("/lib/ld-a"),
                elf(ElfSpecimen.of("amd64").interpreter("/lib/ld-a\0/ld-b")).interpreter());
    }

    @Test
    void takesAnEmptyInterpreterAsItStands() throws IOException {
        assertEquals(
                Optional.of(""), elf(ElfSpecimen.of("amd64").interpreter("\0")).interpreter());
    }

    @Test
    void takesTheLongestInterpreterOfTheKernel() throws IOException {
        String path = "/" + "x".repeat(4094);
        assertEquals(
                Optional.of(path),
                elf(ElfSpecimen.of("mipsel").interpreter(path)).interpreter());
    }

    @Test
    void refusesAnInterpreterThatIsTooLong() throws IOException {
        MalformedElf malformed = malformed(
                ElfSpecimen.of("amd64").interpreter("/" + "x".repeat(4095)).bytes());
        assertEquals("PT_INTERP of 4097 bytes (wanted 2 to 4096)", malformed.reason());
        assertEquals(FIRST_HEADER_64, malformed.offset());
    }

    @Test
    void refusesAnInterpreterThatIsTooShort() throws IOException {
        assertEquals(
                "PT_INTERP of 1 bytes (wanted 2 to 4096)",
                malformed(ElfSpecimen.of("amd64").interpreter("").bytes()).reason());
    }

    @Test
    void refusesAnInterpreterWithoutNul() throws IOException {
        byte[] bytes = ElfSpecimen.of("amd64").bytes();
        int start = (int) number(bytes, FIRST_HEADER_64 + 8, 8);
        int length = (int) number(bytes, FIRST_HEADER_64 + 32, 8);
        bytes[start + length - 1] = 'x';
        MalformedElf malformed = malformed(bytes);
        assertEquals("PT_INTERP does not end with a NUL", malformed.reason());
        assertEquals(start + length - 1, malformed.offset());
    }

    @Test
    void takesTheFirstOfTwoInterpreters() throws IOException {
        byte[] bytes = ElfSpecimen.of("amd64").padding(64).bytes();
        byte[] path = "/second\0".getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(path, 0, bytes, bytes.length - 64, path.length);
        // The last header, PT_GNU_STACK, becomes the second PT_INTERP.
        int last = FIRST_HEADER_64 + 4 * 56;
        put(bytes, last, 4, 3);
        put(bytes, last + 8, 8, bytes.length - 64);
        put(bytes, last + 32, 8, path.length);
        assertEquals(
                Optional.of("/lib64/ld-linux-x86-64.so.2"),
                assertInstanceOf(ElfFile.class, read(bytes)).interpreter());
    }

    // ARM attributes

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void readsArmAttributes(String order) throws IOException {
        ElfFile file = elf(new String[] {
            "Architecture: armhf", "Order: " + order, "Arm-Cpu-Arch: 9", "Arm-Profile: R", "Arm-Hard-Float: yes"
        });
        assertEquals(Optional.of(new ArmAttributes(OptionalInt.of(9), Optional.of('R'), true)), file.arm());
    }

    @Test
    void readsArmAttributesOfAnObject() throws IOException {
        assertEquals(
                Optional.of(new ArmAttributes(OptionalInt.of(6), Optional.empty(), false)),
                elf(ElfSpecimen.of("armel").type(ElfFile.ET_REL).arm(6)).arm());
    }

    @Test
    void ignoresArmAttributesOfOtherMachines() throws IOException {
        assertEquals(Optional.empty(), elf(ElfSpecimen.of("i386").arm(10)).arm());
    }

    @Test
    void ignoresArmAttributesOfOtherVendors() throws IOException {
        byte[] bytes = ElfSpecimen.of("armhf").bytes();
        int vendor = indexOf(bytes, "aeabi\0");
        bytes[vendor + 1] = 'x';
        assertEquals(
                Optional.empty(), assertInstanceOf(ElfFile.class, read(bytes)).arm());
    }

    @Test
    void ignoresArmAttributesOfASingleSection() throws IOException {
        byte[] bytes = ElfSpecimen.of("armhf").bytes();
        bytes[indexOf(bytes, "aeabi\0") + 6] = 2;
        assertEquals(
                Optional.empty(), assertInstanceOf(ElfFile.class, read(bytes)).arm());
    }

    @Test
    void ignoresArmAttributesThatRunOverTheirSection() throws IOException {
        byte[] bytes = ElfSpecimen.of("armhf").bytes();
        int length = indexOf(bytes, "aeabi\0") + 7;
        put(bytes, length, 4, number(bytes, length, 4) + 2);
        ElfFile file = assertInstanceOf(ElfFile.class, read(bytes));
        assertEquals(Optional.empty(), file.arm());
        assertEquals(Optional.empty(), file.dynamicDamage());
    }

    // Headers that the kernel refuses

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 5, 0xfe00})
    void refusesOtherTypes(int type) throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").bytes();
        put(bytes, E_TYPE, 2, type);
        assertEquals(new MalformedElf("e_type " + type + " (wanted 1, 2 or 3)", E_TYPE), malformed(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 255})
    void refusesOtherClasses(int value) throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").bytes();
        bytes[4] = (byte) value;
        assertEquals(new MalformedElf("EI_CLASS " + value + " (wanted 1 or 2)", 4), malformed(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 254})
    void refusesOtherByteOrders(int value) throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").bytes();
        bytes[5] = (byte) value;
        assertEquals(new MalformedElf("EI_DATA " + value + " (wanted 1 or 2)", 5), malformed(bytes));
    }

    @Test
    void refusesProgramHeadersOfAnotherSize() throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").bytes();
        put(bytes, E_PHENTSIZE_64, 2, 57);
        assertEquals(new MalformedElf("e_phentsize 57 (wanted 56)", E_PHENTSIZE_64), malformed(bytes));
        byte[] narrow = ElfSpecimen.of("armhf").bytes();
        put(narrow, 42, 2, 56);
        assertEquals(new MalformedElf("e_phentsize 56 (wanted 32)", 42), malformed(narrow));
    }

    @Test
    void refusesAProgramWithoutProgramHeaders() throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").bytes();
        put(bytes, E_PHNUM_64, 2, 0);
        assertEquals(new MalformedElf("e_phnum 0: no program headers", E_PHNUM_64), malformed(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {1171, 0xfffe, 0xffff})
    void refusesMoreProgramHeadersThanAnyKernelReads(int count) throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").padding(100000).bytes();
        put(bytes, E_PHNUM_64, 2, count);
        assertEquals(
                new MalformedElf("e_phnum " + count + ": more than 64 KiB of program headers", E_PHNUM_64),
                malformed(bytes));
    }

    @Test
    void takesAPageOfProgramHeaders() throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").padding(100000).bytes();
        byte[] headers = Arrays.copyOfRange(bytes, FIRST_HEADER_64, FIRST_HEADER_64 + 5 * 56);
        int table = bytes.length - 100000;
        System.arraycopy(headers, 0, bytes, table + 68 * 56, headers.length);
        put(bytes, 32, 8, table);
        put(bytes, E_PHNUM_64, 2, 73);
        ElfFile file = assertInstanceOf(ElfFile.class, read(bytes));
        assertEquals(73 * 56, file.headerBytes());
        assertEquals(2, file.segments().size());
        assertEquals(List.of("libc.so.6"), file.needed());
    }

    @ParameterizedTest
    @ValueSource(longs = {0x7fffffffffffffffL, 0x8000000000000000L, 0xffffffffffffffffL, 100_000})
    void refusesProgramHeadersBeyondTheEnd(long offset) throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").bytes();
        put(bytes, 32, 8, offset);
        assertEquals(
                new MalformedElf(
                        "5 program headers at byte " + Long.toUnsignedString(offset) + ", the file ends at byte "
                                + bytes.length,
                        32),
                malformed(bytes));
    }

    @Test
    void refusesASegmentThatTheFileDoesNotHold() throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").withoutSectionHeaders().bytes();
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
        MalformedElf malformed = malformed(cut);
        assertTrue(malformed.reason().startsWith("cut off: a segment has "), malformed.reason());
        assertTrue(malformed.reason().endsWith("the file ends at byte " + cut.length), malformed.reason());
        assertEquals(FIRST_HEADER_64 + 2 * 56, malformed.offset());
    }

    @Test
    void refusesASegmentWithMoreInTheFileThanInMemory() throws IOException {
        byte[] bytes = ElfSpecimen.of("arm64").bytes();
        put(bytes, FIRST_HEADER_64 + 56 + 40, 8, 3);
        MalformedElf malformed = malformed(bytes);
        assertTrue(malformed.reason().endsWith(" bytes in the file and 3 in memory"), malformed.reason());
    }

    @Test
    void refusesAFileThatEndsInItsHeader() throws IOException {
        assertEquals(
                new MalformedElf("the file ends in its ELF header, at byte 63", 63),
                malformed(Arrays.copyOf(ElfSpecimen.of("arm64").bytes(), 63)));
        assertEquals(
                new MalformedElf("the file ends in its ELF header, at byte 51", 51),
                malformed(Arrays.copyOf(ElfSpecimen.of("armhf").bytes(), 51)));
    }

    // A damaged dynamic section

    @Test
    void keepsWhatItReadBeforeTheDamage() throws IOException {
        byte[] bytes = ElfSpecimen.of("amd64")
                .needed("libz.so.1")
                .versions("libz.so.1", "ZLIB_1.2.9")
                .bytes();
        int table = (int) number(bytes, dynamicEntry(bytes, 0x6ffffffeL), 8) - 0x400000;
        put(bytes, table, 2, 7);
        ElfFile file = assertInstanceOf(ElfFile.class, read(bytes));
        assertEquals(Optional.of("/lib64/ld-linux-x86-64.so.2"), file.interpreter());
        assertEquals(List.of("libz.so.1"), file.needed());
        assertEquals(Map.of(), file.neededVersions());
        assertEquals(Optional.of(new MalformedElf("vn_version 7 (wanted 1)", table)), file.dynamicDamage());
    }

    @Test
    void saysWhichAddressLiesInNoSegment() throws IOException {
        byte[] bytes = ElfSpecimen.of("amd64").bytes();
        put(bytes, dynamicEntry(bytes, 5), 8, 0xdead0000L);
        ElfFile file = assertInstanceOf(ElfFile.class, read(bytes));
        assertEquals(List.of(), file.needed());
        assertEquals(
                "a name at address 0xdead0001 lies in no segment of the file",
                file.dynamicDamage().orElseThrow().reason());
    }

    @Test
    void saysThatANameLiesOutsideTheStringTable() throws IOException {
        byte[] bytes = ElfSpecimen.of("amd64").bytes();
        put(bytes, dynamicEntry(bytes, 1), 8, 13);
        put(bytes, dynamicEntry(bytes, 10), 8, 12);
        assertEquals(
                "a name at byte 13 of a string table of 12 bytes",
                assertInstanceOf(ElfFile.class, read(bytes))
                        .dynamicDamage()
                        .orElseThrow()
                        .reason());
    }

    @Test
    void saysThatTheStringTableIsMissing() throws IOException {
        byte[] bytes = ElfSpecimen.of("amd64").bytes();
        put(bytes, dynamicEntry(bytes, 5) - 8, 8, 0x6000000aL);
        assertEquals(
                "a name is wanted, and there is no DT_STRTAB",
                assertInstanceOf(ElfFile.class, read(bytes))
                        .dynamicDamage()
                        .orElseThrow()
                        .reason());
    }

    // Not ELF

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                             | empty
            '#!/bin/sh\\n# more'           | a script: #!/bin/sh
            '#!/usr/bin/perl -w'           | a script: #!/usr/bin/perl -w
            '#!/bin/sh\\r\\nexit'          | a script: #!/bin/sh\\x0d
            '#!/bin/\\x1b[31mred\\n'       | a script: #!/bin/\\x1b[31mred
            '#!/bin/\\xe9\\n'              | a script: #!/bin/\\xe9
            int main(void)\\n{\\treturn 0  | text
            /* \\xc3\\xa9t\\xc3\\xa9 */     | text
            !<arch>\\nfoo.o/               | an ar archive
            !<thin>\\nfoo.o/               | an ar archive
            \\x7fEL                        | data
            \\x7fELG\\x02\\x01             | data
            GIF89a\\x00\\x01               | data
            """)
    void saysWhatAFileIsInstead(String content, String reason) throws IOException {
        assertEquals(new NotElf(reason), read(unescape(content)));
    }

    @Test
    void cutsTheFirstLineOfAScript() throws IOException {
        assertEquals(
                new NotElf("a script: #!/" + "y".repeat(77) + "..."),
                read(("#!/" + "y".repeat(100) + "\n").getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void readsOnlyTheFirstBytesOfOtherFiles() throws IOException {
        MemoryChannel channel = new MemoryChannel("x".repeat(50000).getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(new NotElf("text"), ElfReader.read(channel));
        assertEquals(256, channel.bytesRead());
    }

    // Files

    @Test
    void readsAFileBeyondItsFirstBlock() throws IOException {
        String[] libraries = new String[400];
        Arrays.setAll(libraries, i -> "lib-with-some-number-" + i + ".so");
        byte[] bytes = ElfSpecimen.of("armel").needed(libraries).padding(20000).bytes();
        Path file = directory.resolve("fixdep");
        Files.write(file, bytes);
        ElfFile read = assertInstanceOf(ElfFile.class, ElfReader.read(file));
        assertEquals(List.of(libraries), read.needed());
        assertEquals(read(bytes), read);
    }

    @Test
    void readsAFileWhoseNameNoCharsetHolds() throws IOException {
        // Only a URI can name bytes that are not text.
        Path file = Path.of(URI.create(directory.toUri() + "mod%E9post%C3"));
        Files.write(file, versioned("mips64el").bytes());
        assertEquals(
                0x80000007,
                assertInstanceOf(ElfFile.class, ElfReader.read(file)).flags());
    }

    @Test
    void followsASymbolicLink() throws IOException {
        Files.write(directory.resolve("conf"), ElfSpecimen.of("ppc64el").bytes());
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("conf"));
        assertEquals(21, assertInstanceOf(ElfFile.class, ElfReader.read(link)).machine());
    }

    @Test
    void refusesADirectoryByAnException() {
        IOException refusal = assertThrows(IOException.class, () -> ElfReader.read(directory));
        assertEquals(directory + ": not a regular file", refusal.getMessage());
    }

    @Test
    void doesNotWaitForAFifo() throws IOException, InterruptedException {
        Path mkfifo = Path.of("/usr/bin/mkfifo");
        assumeTrue(Files.isExecutable(mkfifo), "mkfifo is not installed");
        Path fifo = directory.resolve("fifo");
        Process process = new ProcessBuilder(mkfifo.toString(), fifo.toString()).start();
        assertEquals(0, process.waitFor());
        assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> assertThrows(IOException.class, () -> ElfReader.read(fifo)));
    }

    @Test
    void tellsAMissingFileByItsException() {
        assertThrows(NoSuchFileException.class, () -> ElfReader.read(directory.resolve("absent")));
    }

    private static ElfSpecimen versioned(String name) {
        return ElfSpecimen.of(name)
                .needed("libm.so.6", "libc.so.6")
                .versions("libm.so.6", "GLIBC_2.29")
                .versions("libc.so.6", "GLIBC_2.4", "GLIBC_2.34")
                .defines("libown.so.3", "OWN_1.0", "OWN_1.1", "OWN_2.0");
    }

    private static ElfFile elf(ElfSpecimen specimen) throws IOException {
        return assertInstanceOf(ElfFile.class, read(specimen.bytes()));
    }

    private static ElfFile elf(String[] description) throws IOException {
        return assertInstanceOf(ElfFile.class, read(ElfSpecimen.parse(String.join("\n", description))));
    }

    private static MalformedElf malformed(byte[] bytes) throws IOException {
        return assertInstanceOf(MalformedElf.class, read(bytes));
    }

    private static ElfReading read(byte[] bytes) throws IOException {
        return ElfReader.read(new MemoryChannel(bytes));
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    /** Where the value of a dynamic entry stands in a 64-bit little-endian specimen. */
    private static int dynamicEntry(byte[] bytes, long tag) {
        int header = FIRST_HEADER_64;
        while (number(bytes, header, 4) != 2) {
            header += 56;
        }
        int entry = (int) number(bytes, header + 8, 8);
        while (number(bytes, entry, 8) != tag) {
            entry += 16;
        }
        return entry + 8;
    }

    private static long number(byte[] bytes, int offset, int size) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return size == 8 ? buffer.getLong(offset) : buffer.getInt(offset);
    }

    private static void put(byte[] bytes, int offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            bytes[offset + i] = (byte) (value >> 8 * i);
        }
    }

    /** {@code \n}, {@code \t}, {@code \r} and {@code \xNN} as bytes. */
    private static byte[] unescape(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter != '\\') {
                out.append(letter);
                continue;
            }
            letter = text.charAt(++i);
            switch (letter) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                default -> {
                    out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
