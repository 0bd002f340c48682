package org.hdrfix.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.fornwall.jelf.ElfDynamicSection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Others read the same: jelf always, readelf where it is installed. */
class ElfOracleTest {
    private static final Path READELF = Path.of("/usr/bin/readelf");

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("specimens")
    void agreesWithJelfOnSpecimens(String description) throws IOException {
        byte[] bytes = ElfSpecimen.parse(description);
        assertAgree(net.fornwall.jelf.ElfFile.from(bytes), ElfReader.read(new MemoryChannel(bytes)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/bin/sh",
                "/bin/ls",
                "/sbin/ldconfig",
                "/lib/x86_64-linux-gnu/libc.so.6",
                "/lib/aarch64-linux-gnu/libc.so.6",
                "/lib/arm-linux-gnueabihf/libc.so.6",
                "/usr/lib/x86_64-linux-gnu/crt1.o",
                "/usr/lib/x86_64-linux-gnu/libstdc++.so.6"
            })
    void agreesWithJelfOnFilesOfThisMachine(String path) throws IOException {
        File file = new File(path);
        assumeTrue(file.canRead(), path + " is not on this machine");
        assertAgree(net.fornwall.jelf.ElfFile.from(file), ElfReader.read(file.toPath()));
    }

    @Test
    void findsTheVersionsThatLibcDefines() throws IOException {
        Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
        assumeTrue(Files.isReadable(libc), libc + " is not on this machine");
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(libc));
        assertEquals(Optional.empty(), file.dynamicDamage());
        assertEquals(
                List.of("GLIBC_2.14", "GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_PRIVATE"),
                Stream.of("GLIBC_2.2.5", "GLIBC_2.14", "GLIBC_2.34", "GLIBC_PRIVATE", "libc.so.6", "GLIBC_1.9")
                        .filter(file.definedVersions()::contains)
                        .sorted()
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("specimens")
    void readelfReadsSpecimensWithoutComplaint(String description) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(READELF), READELF + " is not installed (binutils)");
        Path file = directory.resolve("specimen");
        Files.write(file, ElfSpecimen.parse(description));
        Process process = new ProcessBuilder(READELF.toString(), "-hldVSAW", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        for (String complaint : List.of("Warning:", "Error:", "corrupt", "nvalid", "<unknown", "out of range")) {
            assertFalse(output.contains(complaint), () -> complaint + " in\n" + output);
        }
    }

    /** Each architecture in four forms. */
    static Stream<String> specimens() {
        return ElfSpecimen.architectures()
                .flatMap(name -> Stream.of(
                                "",
                                "Needed: libm.so.6 libc.so.6\n"
                                        + "Versions: libm.so.6 GLIBC_2.29, libc.so.6 GLIBC_2.4 GLIBC_2.34\n"
                                        + "Defines: libown.so.3 OWN_1.0 OWN_1.1 OWN_2.0\n",
                                "Static: yes\nPadding: 5000\n",
                                "Type: REL\n")
                        .map(rest -> "Architecture: " + name + "\n" + rest));
    }

    private static void assertAgree(net.fornwall.jelf.ElfFile theirs, ElfReading reading) {
        ElfFile ours = assertInstanceOf(ElfFile.class, reading);
        assertEquals(theirs.ei_class == 2 ? ElfClass.ELF64 : ElfClass.ELF32, ours.elfClass());
        assertEquals(theirs.ei_data == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, ours.order());
        assertEquals(theirs.e_type & 0xffff, ours.type());
        assertEquals(theirs.e_machine & 0xffff, ours.machine());
        assertEquals(theirs.e_flags, ours.flags());
        assertEquals(Optional.ofNullable(ours.isObject() ? null : theirs.getInterpreter()), ours.interpreter());
        ElfDynamicSection dynamic = ours.isObject() ? null : theirs.getDynamicSection();
        assertEquals(dynamic == null ? List.of() : dynamic.getNeededLibraries(), ours.needed());
        assertEquals(Optional.empty(), ours.dynamicDamage());
    }
}
