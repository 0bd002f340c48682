package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.hdrfix.elf.HeadBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformReaderTest {
    private static final byte[] ARMHF_SHELL = ElfBytes.program(32, ByteOrder.LITTLE_ENDIAN, 40, 0x5000400);

    @TempDir
    private Path root;

    @Test
    void readsTheFirstLineOfDpkgsArchitectures() throws IOException {
        text("var/lib/dpkg/arch", "armhf\narm64\ni386\n");
        status("Package: dpkg\nArchitecture: mipsel\n");
        Platform platform = read();
        assertEquals("armhf", platform.userland().name());
        assertEquals("var/lib/dpkg/arch", platform.basis());
    }

    @Test
    void readsTheArchitectureOfPackageDpkgOnASingleArchitectureSystem() throws IOException {
        status("Package: dash\nArchitecture: s390x\n\n"
                + "Package: dpkg-dev\nArchitecture: all\n\n"
                + "Package: dpkg\nStatus: install ok installed\nArchitecture: riscv64\nDescription: packages\n"
                + " Package: not-a-field\n Architecture: amd64\n\n"
                + "Package: e2fsprogs\nArchitecture: mips64el\n");
        Platform platform = read();
        assertEquals("riscv64", platform.userland().name());
        assertEquals("var/lib/dpkg/status", platform.basis());
    }

    @Test
    void takesNoOtherParagraphsArchitectureForThatOfPackageDpkg() throws IOException {
        status("Package: dash\nArchitecture: s390x\n\nPackage: dpkg\nStatus: install ok installed\n\n"
                + "Architecture: mipsel\n\n");
        assertThrows(UnknownPlatformException.class, this::read);
    }

    @Test
    void readsPackageDpkgAtTheEndOfAStatusFileOf12MegabytesWithALastLineThatIsNotEnded() throws IOException {
        String paragraph = "Package: filler\nArchitecture: amd64\nDescription: " + "long ".repeat(400) + "\n\n";
        status(paragraph.repeat(6000) + "Package: dpkg\nArchitecture: ppc64el");
        assertEquals("ppc64el", read().userland().name());
    }

    @ParameterizedTest
    @CsvSource({"64, little, 183, 0, arm64", "32, little, 40, 0x5000200, armel", "64, big, 22, 0, s390x"})
    void readsTheHeaderOfTheShellWhereThereIsNoDpkg(int bits, String order, int machine, String flags, String name)
            throws IOException {
        ByteOrder bytes = order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        file("usr/bin/busybox-7", ElfBytes.program(bits, bytes, machine, Integer.decode(flags)));
        link("bin", "usr/bin");
        link("usr/bin/sh", "/bin/busybox-7");
        Platform platform = read();
        assertEquals(name, platform.userland().name());
        assertEquals("bin/sh", platform.basis());
    }

    @Test
    void asksTheShellWhereDpkgNamesWhatIsNotInTheCatalogue() throws IOException {
        text("var/lib/dpkg/arch", "musl-linux-armhf\n");
        file("bin/sh", ARMHF_SHELL);
        assertEquals("armhf", read().userland().name());
    }

    @Test
    void doesWhatItIsToldAndSaysSo() throws IOException {
        text("var/lib/dpkg/arch", "mips\n");
        Platform platform = read("aarch64");
        assertEquals("arm64", platform.userland().name());
        assertEquals("--platform", platform.basis());
    }

    @Test
    void saysWhatItLookedAtAndWhatToTypeWhereNothingTells() throws IOException {
        text("var/lib/dpkg/arch", "hurd-amd64\n");
        String message =
                assertThrows(UnknownPlatformException.class, this::read).getMessage();
        assertTrue(
                message.startsWith("cannot tell what system " + root + " is, having looked at "
                        + "var/lib/dpkg/arch (\"hurd-amd64\"), var/lib/dpkg/status (says nothing), "
                        + "bin/sh (no ELF program); say it with --platform NAME, one of amd64, "),
                message);
    }

    @Test
    void namesTheMachineOfAShellThatItDoesNotKnow() throws IOException {
        file("bin/sh", ElfBytes.program(64, ByteOrder.BIG_ENDIAN, 43, 0));
        String message =
                assertThrows(UnknownPlatformException.class, this::read).getMessage();
        assertTrue(message.contains("bin/sh (machine 43, 64-bit big-endian);"), message);
    }

    @Test
    void refusesAnArchitectureThatItDoesNotKnow() {
        String message =
                assertThrows(UnknownPlatformException.class, () -> read("arm")).getMessage();
        assertTrue(
                message.startsWith("--platform arm: not an architecture that hdrfix knows; those are amd64, i386,"),
                message);
    }

    @Test
    void findsLoadersThatAreExecutableThroughLinksInsideTheRoot() throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        program("usr/lib/aarch64-linux-gnu/ld-2.36.so");
        link("usr/lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu/ld-2.36.so");
        link("lib", "usr/lib");
        program("usr/lib/ld-musl-aarch64.so.1");
        text("usr/lib/ld-linux-armhf.so.3", "not executable");
        link("lib64", "/absent");
        assertEquals(Optional.of(Set.of("/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-aarch64.so.1")), read().loaders());
    }

    @Test
    void doesNotKnowTheLoadersOfARootThatHoldsOnlyAnUnpackedPackage() throws IOException {
        text("usr/src/linux-headers-6.6.31-v8+/Makefile", "VERSION = 6\n");
        Platform platform = read("arm64");
        assertEquals(Optional.empty(), platform.loaders());
        assertEquals(Verdict.RUNS, platform.judge(MadeElf.arm64().file()));
    }

    @Test
    void doesNotKnowTheLoadersOfARootWhoseOnlyLoaderIsAnotherArchitectures() throws IOException {
        text("var/lib/dpkg/arch", "armel\n");
        program("lib/ld-linux-armhf.so.3");
        assertEquals(Optional.empty(), read().loaders());
    }

    @Test
    void knowsNothingOfTheRootWhereAnotherPlatformIsAskedFor() throws IOException {
        machine("amd64");
        program("lib64/ld-linux-x86-64.so.2");
        program("lib/ld-linux-armhf.so.3");
        Platform platform = read("armhf");
        assertEquals(Optional.empty(), platform.loaders());
        assertEquals(OptionalLong.empty(), platform.pageSize());
        assertEquals(OptionalInt.empty(), platform.armCpu());
        assertEquals(List.of(), platform.handlers());
        assertEquals(Optional.empty(), platform.model());
        assertEquals(Optional.empty(), platform.distribution());
        assertEquals(Optional.empty(), platform.runningRelease());
    }

    @Test
    void knowsTheRootWhereItsOwnPlatformIsAskedFor() throws IOException {
        machine("armhf");
        program("lib/ld-linux-armhf.so.3");
        Platform platform = read("armhf");
        assertEquals(Optional.of(Set.of("/lib/ld-linux-armhf.so.3")), platform.loaders());
        assertEquals(OptionalInt.of(6), platform.armCpu());
        assertEquals(Optional.of("Raspberry Pi Zero W Rev 1.1"), platform.model());
        assertEquals(Optional.of("6.1.21+"), platform.runningRelease());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"lib/aarch64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib64", "usr/lib64", "lib", "usr/lib"})
    void readsTheVersionsThatLibcDefines(String directory) throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        file(directory + "/libc.so.6", ElfBytes.library64(183, "libc.so.6", "GLIBC_2.17", "GLIBC_2.31"));
        Platform platform = read();
        assertEquals(Set.of("libc.so.6", "GLIBC_2.17", "GLIBC_2.31"), platform.glibcVersions());
        assertEquals(Optional.of(Set.of()), platform.loaders());
    }

    @Test
    void leavesALibcOfAnotherArchitectureAlone() throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        program("lib/ld-linux-aarch64.so.1");
        file("lib64/libc.so.6", ElfBytes.library64(62, "libc.so.6", "GLIBC_2.2.5"));
        file("usr/lib/libc.so.6", ElfBytes.library64(183, "libc.so.6", "GLIBC_2.28"));
        assertEquals(Set.of("libc.so.6", "GLIBC_2.28"), read().glibcVersions());
    }

    @Test
    void looksIntoALibraryOfGlibcThatIsNewerThanAllOfLibc() throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        program("lib/ld-linux-aarch64.so.1");
        file("lib64/libc.so.6", ElfBytes.library64(183, "libc.so.6", "GLIBC_2.17", "GLIBC_2.38"));
        file("lib64/libm.so.6", ElfBytes.library64(183, "libm.so.6", "GLIBC_2.17", "GLIBC_2.40"));
        Platform platform = read();
        assertEquals(
                Verdict.RUNS,
                platform.judge(MadeElf.arm64().needs("libm.so.6", "GLIBC_2.40").file()));
        assertEquals(
                new Verdict(Verdict.Kind.NEWER_GLIBC, "GLIBC_2.41", "glibc 2.38", Optional.empty()),
                platform.judge(MadeElf.arm64().needs("libm.so.6", "GLIBC_2.41").file()));
    }

    @ParameterizedTest
    @CsvSource({"8, little, arm64, 16384", "4, little, armhf, 4096", "8, big, s390x, 65536", "4, big, mips, 8192"})
    void readsThePageSizeFromWordsOfEitherSize(int word, String order, String name, long size) throws IOException {
        text("var/lib/dpkg/arch", name + "\n");
        file("proc/self/auxv", auxv(word, order, 33, 0x7fff1000, 16, 0x1d6, 6, size, 17, 100, 0, 0));
        assertEquals(OptionalLong.of(size), read().pageSize());
    }

    @Test
    void readsNoPageSizeFromAVectorThatHoldsNoneThatCouldBeOne() throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        file("proc/self/auxv", auxv(8, "little", 16, 0xff, 6, 5000, 0, 0));
        assertEquals(OptionalLong.empty(), read().pageSize());
        file("proc/self/auxv", auxv(8, "little", 16, 0xff, 6, 2048, 0, 0));
        assertEquals(OptionalLong.empty(), read().pageSize());
        file("proc/self/auxv", auxv(8, "little", 16, 0xff, 0, 0, 6, 4096));
        assertEquals(OptionalLong.empty(), read().pageSize());
        file("proc/self/auxv", new byte[] {6, 0, 0});
        assertEquals(OptionalLong.empty(), read().pageSize());
    }

    @Test
    void readsTheArmVersionAfterTheModelNameSinceTheArchitectureLiesOnArmv6() throws IOException {
        assertEquals(
                OptionalInt.of(6),
                cpu("processor\t: 0\nmodel name\t: ARMv6-compatible processor rev 7 (v6l)\n"
                        + "CPU implementer\t: 0x41\nCPU architecture: 7\nCPU part\t: 0xb76\n"));
        assertEquals(OptionalInt.of(5), cpu("Processor\t: Feroceon 88FR131 rev 1 (v5l)\nCPU architecture: 5TE\n"));
        assertEquals(
                OptionalInt.of(7),
                cpu("model name\t: ARMv7 Processor rev 5 (v7l)\nCPU implementer\t: 0x41\nCPU part\t: 0xc07\n"));
    }

    @Test
    void readsArmv8FromA64BitKernelAndFromA32BitOneOnArmsOwnCores() throws IOException {
        assertEquals(OptionalInt.of(8), cpu("CPU implementer\t: 0x61\nCPU architecture: 8\nCPU part\t: 0x022\n"));
        assertEquals(
                OptionalInt.of(8),
                cpu("model name\t: ARMv7 Processor rev 4 (v7l)\nCPU implementer\t: 0x41\nCPU architecture: 7\n"
                        + "CPU part\t: 0xd03\n"));
    }

    @Test
    void doesNotKnowTheArmVersionOfAnotherMachineNorTheOneThatMayBeALie() throws IOException {
        assertEquals(OptionalInt.empty(), cpu("model name\t: Intel(R) Core(TM) i5-8250U CPU\nflags\t\t: fpu (v6l\n"));
        assertEquals(OptionalInt.empty(), cpu("model name\t: like an (v6l) but another\n"));
        assertEquals(
                OptionalInt.of(7),
                cpu("model name\t: ARMv7 Processor rev 1 (v7l)\nCPU implementer\t: 0x51\nCPU part\t: 0xd4d\n"));
        assertEquals(OptionalInt.empty(), cpu("CPU architecture: 7\nCPU part\t: 0xb76\n"));
    }

    @Test
    void readsEnabledHandlersThatCompareMagic() throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        text("proc/sys/fs/binfmt_misc/status", "enabled\n");
        text(
                "proc/sys/fs/binfmt_misc/qemu-x86_64",
                "enabled\ninterpreter /usr/bin/qemu-x86_64-static\nflags: OCF\noffset 0\n"
                        + "magic 7f454c4602010100\nmask fffffffffffefe00\n");
        text("proc/sys/fs/binfmt_misc/box86", "enabled\ninterpreter /usr/bin/box86\nflags: \noffset 18\nmagic 0300\n");
        text("proc/sys/fs/binfmt_misc/qemu-mips", "disabled\ninterpreter /q\nflags: \noffset 0\nmagic 7f45\n");
        text("proc/sys/fs/binfmt_misc/jar", "enabled\ninterpreter /usr/bin/jexec\nflags: \nextension .jar\n");
        text("proc/sys/fs/binfmt_misc/odd", "enabled\noffset 0\nmagic 7f4\n");
        List<BinfmtHandler> handlers = read().handlers();
        assertEquals(
                List.of("box86", "qemu-x86_64"),
                handlers.stream().map(BinfmtHandler::name).toList());
        assertEquals(18, handlers.get(0).offset());
        assertArrayEquals(new byte[] {3, 0}, handlers.get(0).magic());
        assertArrayEquals(new byte[0], handlers.get(0).mask());
        assertTrue(handlers.get(1).takes(new HeadBytes(new byte[] {0x7f, 'E', 'L', 'F', 2, 0, 0, 9})));
    }

    @Test
    void readsNoHandlerWhereAllAreSwitchedOff() throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        text("proc/sys/fs/binfmt_misc/status", "disabled\n");
        text("proc/sys/fs/binfmt_misc/qemu-i386", "enabled\ninterpreter /q\nflags: \noffset 0\nmagic 7f45\n");
        assertEquals(List.of(), read().handlers());
    }

    @Test
    void readsTheModelWithoutItsNul() throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        text("sys/firmware/devicetree/base/model", "Radxa ROCK 5B\0");
        assertEquals(Optional.of("Radxa ROCK 5B"), read().model());
        text("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0junk");
        assertEquals(Optional.of("Raspberry Pi 4 Model B Rev 1.4"), read().model());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NAME=\"Debian GNU/Linux\";VERSION_ID=\"12\" | Debian 12",
                "NAME=\"Raspbian GNU/Linux\";VERSION_ID=\"11\" | Raspbian 11",
                "NAME=\"Alpine Linux\";VERSION_ID=3.19.1 | Alpine Linux 3.19.1",
                "PRETTY_NAME=\"Arch Linux ARM\";NAME=\"Arch Linux ARM\" | Arch Linux ARM",
                "NAME='Poky';VERSION_ID=5.0.2;ID=poky | Poky 5.0.2",
                "NAME=\"A \\\"quoted\\\" \\$name\";VERSION_ID=\"7\" | A \"quoted\" $name 7"
            })
    void readsTheNameOfTheDistribution(String lines, String title) throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        text("usr/lib/os-release", lines.replace(';', '\n') + "\n");
        link("etc/os-release", "../usr/lib/os-release");
        assertEquals(Optional.of(title), read().distribution());
    }

    @Test
    void findsTheNameOfTheDistributionWhereNothingIsInEtc() throws IOException {
        text("var/lib/dpkg/arch", "arm64\n");
        text("usr/lib/os-release", "NAME=Fedora Linux\nVERSION_ID=41\n");
        assertEquals(Optional.of("Fedora Linux 41"), read().distribution());
    }

    @Test
    void knowsNothingMoreOfASystemThatHoldsNothingMore() throws IOException {
        text("var/lib/dpkg/arch", "mipsel\n");
        assertEquals(
                new Platform(
                        root,
                        Architectures.named("mipsel").orElseThrow(),
                        "var/lib/dpkg/arch",
                        Optional.empty(),
                        Set.of(),
                        OptionalLong.empty(),
                        OptionalInt.empty(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                read());
    }

    @Test
    void neverWaitsForAFifo() throws IOException, InterruptedException {
        text("proc/sys/fs/binfmt_misc/status", "enabled\n");
        for (String path : List.of(
                "var/lib/dpkg/arch",
                "var/lib/dpkg/status",
                "bin/sh",
                "proc/cpuinfo",
                "proc/self/auxv",
                "proc/sys/fs/binfmt_misc/pipe",
                "etc/os-release",
                "lib/libc.so.6",
                "proc/device-tree/model")) {
            Files.createDirectories(root.resolve(path).getParent());
            new ProcessBuilder("mkfifo", root.resolve(path).toString()).start().waitFor();
        }
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertThrows(UnknownPlatformException.class, this::read);
            assertEquals("armhf", read("armhf").userland().name());
        });
    }

    @Test
    void knowsWhatIsMountedFromTheRunningKernelFromADirectoryOfThatName() throws IOException {
        assertTrue(MachineFacts.mayBe("proc", Path.of("/proc/sys")));
        assertTrue(MachineFacts.mayBe("sysfs", Path.of("/sys")));
        assertTrue(MachineFacts.mayBe("proc", root.resolve("absent")));
        assertFalse(MachineFacts.mayBe("proc", Files.createDirectory(root.resolve("proc"))));
        assertFalse(MachineFacts.mayBe("sysfs", Path.of("/proc")));
    }

    @Test
    void readsThisMachine() {
        Platform platform = PlatformReader.read(Path.of("/"), Optional.empty());
        assertTrue(platform.loaders().isPresent());
        assertTrue(platform.pageSize().isPresent());
        assertTrue(platform.runningRelease().isPresent());
    }

    /** A Raspberry Pi Zero, but for the architecture that it says it is. */
    private void machine(String name) throws IOException {
        text("var/lib/dpkg/arch", name + "\n");
        text("proc/cpuinfo", "model name\t: ARMv6-compatible processor rev 7 (v6l)\n");
        file("proc/self/auxv", auxv(4, "little", 6, 4096, 0, 0));
        text("proc/sys/kernel/osrelease", "6.1.21+\n");
        text("proc/sys/fs/binfmt_misc/qemu-ppc", "enabled\noffset 0\nmagic 7f454c46\n");
        text("proc/device-tree/model", "Raspberry Pi Zero W Rev 1.1\0");
        text("etc/os-release", "NAME=\"Raspbian GNU/Linux\"\nVERSION_ID=\"10\"\n");
    }

    private OptionalInt cpu(String cpuinfo) throws IOException {
        text("var/lib/dpkg/arch", "armhf\n");
        text("proc/cpuinfo", cpuinfo);
        return read().armCpu();
    }

    private static byte[] auxv(int word, String order, long... words) {
        ByteBuffer buffer = ByteBuffer.allocate(word * words.length)
                .order(order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (long value : words) {
            if (word == 8) {
                buffer.putLong(value);
            } else {
                buffer.putInt((int) value);
            }
        }
        return buffer.array();
    }

    private Platform read() {
        return PlatformReader.read(root, Optional.empty());
    }

    private Platform read(String override) {
        return PlatformReader.read(root, Optional.of(override));
    }

    private void status(String text) throws IOException {
        text("var/lib/dpkg/status", text);
    }

    private Path text(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void file(String path, byte[] bytes) throws IOException {
        Files.write(text(path, ""), bytes);
    }

    private void program(String path) throws IOException {
        Files.setPosixFilePermissions(text(path, "loader"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void link(String path, String target) throws IOException {
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }
}
