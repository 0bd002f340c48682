package org.hdrfix.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelModuleReaderTest {
    private static final Path READELF = Path.of("/usr/bin/readelf");

    @TempDir
    Path directory;

    static Stream<ModuleSpecimen> kinds() {
        return Stream.of(ElfClass.values())
                .flatMap(elfClass -> Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)
                        .map(order -> new ModuleSpecimen(elfClass, order, 21)
                                .layout(0x340, 0x120, 0x310)
                                .version("module_layout", 0x9060323fL)
                                .version("printk", 0x92997ed8L)
                                .export("one", 0x11223344L)
                                .export("two", 0xf5667788L)));
    }

    private static KernelModule read(ModuleSpecimen specimen) {
        return assertInstanceOf(KernelModule.class, KernelModuleReader.read(specimen.bytes()));
    }

    private static void assertWhole(KernelModule module) {
        assertEquals(21, module.machine());
        assertEquals(Optional.of("6.1.2-made SMP mod_unload modversions "), module.info("vermagic"));
        assertEquals(Optional.of("GPL"), module.info("license"));
        assertEquals(Optional.empty(), module.info("verma"));
        assertEquals(OptionalLong.of(0x340), module.thisModuleSize());
        assertEquals(OptionalLong.of(0x120), module.initOffset());
        assertEquals(OptionalLong.of(0x310), module.exitOffset());
        assertEquals(Map.of("module_layout", 0x9060323fL, "printk", 0x92997ed8L), module.versions());
        assertEquals(Map.of("one", 0x11223344L, "two", 0xf5667788L), module.exports());
        assertEquals(Optional.of("GCC: (made) 12.2.0"), module.compiler());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readsEachClassAndByteOrder(ModuleSpecimen specimen) {
        assertWhole(read(specimen));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readsAbsoluteCrcsAsOldKernelsHaveThem(ModuleSpecimen specimen) {
        assertWhole(read(specimen.absoluteCrcs()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readsVersionsWithLongNames(ModuleSpecimen specimen) {
        assertWhole(read(specimen.extendedVersions()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readsRelocationsWithoutAddends(ModuleSpecimen specimen) {
        assertWhole(read(specimen.withoutAddends()));
    }

    @Test
    void readsTheRelocationsOf64BitMips() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            KernelModule module = read(new ModuleSpecimen(ElfClass.ELF64, order, 8).layout(0x300, 0x120, 0x2f0));
            assertEquals(OptionalLong.of(0x120), module.initOffset());
            assertEquals(OptionalLong.of(0x2f0), module.exitOffset());
        }
    }

    @Test
    void saysThatAModuleHasNoExit() {
        KernelModule module =
                read(new ModuleSpecimen(ElfClass.ELF64, ByteOrder.LITTLE_ENDIAN, 62).layout(0x300, 0x120, -1));
        assertEquals(OptionalLong.empty(), module.exitOffset());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readelfReadsTheSpecimensTheSame(ModuleSpecimen specimen) throws Exception {
        assumeTrue(Files.isExecutable(READELF), READELF + " is not installed (binutils)");
        Path file = directory.resolve("made.ko");
        Files.write(file, specimen.bytes());
        assertReadelfAgrees(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "aarch64-linux-gnu-gcc", "arm-linux-gnueabihf-gcc"})
    void readsWhatCompilersMakeAsReadelfDoes(String compiler) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin", compiler)), compiler + " is not installed");
        Path source = directory.resolve("made.c");
        Files.writeString(source, """
                int init_module(void) { return 0; }
                void cleanup_module(void) { }
                struct { char a[24]; int (*init)(void); char b[41]; void (*exit)(void); char c[8]; } __this_module
                    __attribute__((section(".gnu.linkonce.this_module"))) = { .init = init_module, .exit = cleanup_module };
                static const char magic[] __attribute__((section(".modinfo"), used)) = "vermagic=9.9.9-compiled SMP ";
                static const char author[] __attribute__((section(".modinfo"), used)) = "author=nobody";
                """);
        Path module = directory.resolve("made.ko");
        assertEquals(
                0,
                run(compiler, "-c", "-o", module.toString(), source.toString()).status());
        KernelModule read = assertReadelfAgrees(module);
        assertEquals(Optional.of("9.9.9-compiled SMP "), read.info("vermagic"));
        assertEquals(Optional.of("nobody"), read.info("author"));
        assertTrue(
                read.compiler().orElse("").startsWith("GCC: "), read.compiler().toString());
    }

    private KernelModule assertReadelfAgrees(Path file) throws Exception {
        KernelModule module = assertInstanceOf(KernelModule.class, KernelModuleReader.read(file));
        String sections = run(READELF.toString(), "-SW", file.toString()).output();
        Matcher section = Pattern.compile("\\] \\.gnu\\.linkonce\\.this_module +PROGBITS +\\w+ \\w+ (\\w+)")
                .matcher(sections);
        assertTrue(section.find(), sections);
        assertEquals(
                Long.parseLong(section.group(1), 16), module.thisModuleSize().orElseThrow());
        String relocations = run(READELF.toString(), "-rW", file.toString()).output();
        assertEquals(offset(relocations, "init_module"), module.initOffset().orElseThrow());
        assertEquals(offset(relocations, "cleanup_module"), module.exitOffset().orElseThrow());
        return module;
    }

    private static long offset(String relocations, String symbol) {
        Matcher line =
                Pattern.compile("(?m)^(\\w+) .* " + symbol + "(?: [+-] \\w+)?$").matcher(relocations);
        assertTrue(line.find(), relocations);
        return Long.parseLong(line.group(1), 16);
    }

    private record Ran(int status, String output) {}

    private static Ran run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), output);
    }

    @Test
    void noMutationMakesItThrowOrReadForEver() {
        Random random = new Random(20261121);
        int read = 0;
        for (ModuleSpecimen specimen : kinds().toList()) {
            byte[] whole = specimen.bytes();
            for (int round = 0; round < 4000; round++) {
                byte[] bytes = java.util.Arrays.copyOf(
                        whole, round % 5 == 0 ? random.nextInt(whole.length + 1) : whole.length);
                for (int change = 0; bytes.length > 0 && change < 1 + round % 7; change++) {
                    // Half of them in the headers, where offsets and counts are.
                    int at = random.nextBoolean()
                            ? random.nextInt(Math.min(64, bytes.length))
                            : bytes.length - 1 - random.nextInt(Math.min(900, bytes.length));
                    bytes[at] = (byte) (random.nextInt(3) == 0 ? 0xff : random.nextInt(256));
                }
                ModuleReading reading = KernelModuleReader.read(bytes);
                read += reading instanceof KernelModule ? 1 : 0;
            }
        }
        assertTrue(read > 500 && read < 15500, read + " of 16000 were read");
    }

    @Test
    void refusesTablesThatAreTooLarge() {
        byte[] bytes = new ModuleSpecimen(ElfClass.ELF64, ByteOrder.LITTLE_ENDIAN, 62).bytes();
        bytes[60] = 0;
        bytes[61] = 0;
        // e_shnum 0: the count is in sh_size of the first header, and it is absurd.
        int table =
                java.nio.ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(40);
        bytes[table + 32 + 7] = 0x7f;
        MalformedElf malformed = assertInstanceOf(MalformedElf.class, KernelModuleReader.read(bytes));
        assertTrue(malformed.reason().contains("section headers"), malformed.reason());
    }

    @Test
    void opensNothingButRegularFiles() throws Exception {
        Path fifo = directory.resolve("fifo.ko");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "mkfifo is not installed");
        run("/usr/bin/mkfifo", fifo.toString());
        assertThrows(IOException.class, () -> KernelModuleReader.read(fifo));
    }

    @Test
    void saysThatAProgramOrATextIsNoModule() throws IOException {
        Path text = Files.writeString(directory.resolve("text.ko"), "#!/bin/sh\n");
        assertInstanceOf(NotElf.class, KernelModuleReader.read(text));
        assumeTrue(Files.isReadable(Path.of("/usr/bin/env")), "env is not installed");
        assertInstanceOf(
                MalformedElf.class,
                KernelModuleReader.read(Path.of("/usr/bin/env").toRealPath()));
    }
}
