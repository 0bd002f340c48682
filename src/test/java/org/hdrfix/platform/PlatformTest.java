package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.elf.ElfSpecimen;
import org.hdrfix.elf.MalformedElf;
import org.hdrfix.elf.NotElf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    private static final String ARM64_LOADER = "/lib/ld-linux-aarch64.so.1";
    private static final String ARMHF_LOADER = "/lib/ld-linux-armhf.so.3";
    private static final String ARMEL_LOADER = "/lib/ld-linux.so.3";
    private static final String I386_LOADER = "/lib/ld-linux.so.2";
    private static final String AMD64_LOADER = "/lib64/ld-linux-x86-64.so.2";

    @TempDir
    private Path root;

    @Test
    void runsAProgramOfItsOwn() {
        assertEquals(
                Verdict.RUNS,
                system("arm64", ARM64_LOADER).platform().judge(MadeElf.arm64().file()));
    }

    @Test
    void namesBothMachinesOfAForeignProgram() {
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "x86-64", "arm64"),
                system("arm64", ARM64_LOADER).platform().judge(MadeElf.amd64().file()));
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "machine 243, 32-bit little-endian", "armhf"),
                system("armhf", ARMHF_LOADER)
                        .platform()
                        .judge(MadeElf.little(32, 243, 1).file()));
    }

    @Test
    void judgesByTheUserlandWhenA64BitKernelRunsA32BitSystem() {
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "arm64", "armhf"),
                system("armhf", ARMHF_LOADER)
                        .armCpu(8)
                        .platform()
                        .judge(MadeElf.arm64().file()));
    }

    @Test
    void callsAForeignProgramForeignWhereNothingIsKnownOfTheSystem() {
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "x86-64", "arm64"),
                unpackedPackage("arm64").platform().judge(MadeElf.amd64().file()));
    }

    @Test
    void runsA32BitProgramBesideItsOwnWhereThatLoaderIsInstalled() {
        assertEquals(
                Verdict.RUNS,
                system("amd64", AMD64_LOADER, I386_LOADER)
                        .platform()
                        .judge(MadeElf.i386().file()));
        assertEquals(
                Verdict.RUNS,
                system("arm64", ARM64_LOADER, ARMHF_LOADER)
                        .platform()
                        .judge(MadeElf.armhf().file()));
    }

    @Test
    void doesNotTrustTheKernelWith32BitProgramsWhereNoSuchLoaderIsInstalled() {
        Platform platform = system("amd64", AMD64_LOADER).platform();
        Verdict foreign = verdict(Verdict.Kind.FOREIGN_MACHINE, "32-bit x86", "amd64");
        assertEquals(foreign, platform.judge(MadeElf.i386().file()));
        assertEquals(foreign, platform.judge(MadeElf.i386().statically().file()));
    }

    @Test
    void runsAStatic32BitProgramWhereA32BitLoaderShowsThatTheKernelCan() {
        assertEquals(
                Verdict.RUNS,
                system("amd64", AMD64_LOADER, I386_LOADER)
                        .platform()
                        .judge(MadeElf.i386().statically().file()));
    }

    @Test
    void missesTheLoaderOfAnArmelProgramOnArmhfSinceTheKernelTakesTheMachine() {
        assertEquals(
                verdict(Verdict.Kind.MISSING_INTERPRETER, ARMEL_LOADER, ARMHF_LOADER),
                system("armhf", ARMHF_LOADER).platform().judge(MadeElf.armel().file()));
    }

    @Test
    void runsAnArmelProgramOnArmhfWhenItIsStaticOrItsLoaderIsInstalled() {
        assertEquals(
                Verdict.RUNS,
                system("armhf", ARMHF_LOADER)
                        .platform()
                        .judge(MadeElf.armel().statically().file()));
        assertEquals(
                Verdict.RUNS,
                system("armhf", ARMHF_LOADER, ARMEL_LOADER)
                        .platform()
                        .judge(MadeElf.armel().file()));
    }

    @Test
    void callsAnArmelProgramForeignToArmhfWhereLoadersAreNotKnown() {
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "armel", "armhf"),
                unpackedPackage("armhf").platform().judge(MadeElf.armel().file()));
    }

    @Test
    void missesALoaderThatTheRootDoesNotHave() {
        assertEquals(
                verdict(Verdict.Kind.MISSING_INTERPRETER, AMD64_LOADER, "/lib/ld-musl-x86_64.so.1"),
                system("amd64", "/lib/ld-musl-x86_64.so.1")
                        .platform()
                        .judge(MadeElf.amd64().file()));
    }

    @Test
    void doesNotCallALoaderMissingThatIsUnknown() {
        assertEquals(
                Verdict.RUNS,
                unpackedPackage("arm64").platform().judge(MadeElf.arm64().file()));
        assertEquals(
                Verdict.RUNS,
                unpackedPackage("armhf")
                        .platform()
                        .judge(MadeElf.armhf().interpreter("/opt/sdk/ld.so").file()));
    }

    @Test
    void takesALoaderThatTheCatalogueDoesNotKnowWhenTheRootHasIt() throws IOException {
        Path loader = Files.createDirectories(root.resolve("opt/uninative")).resolve("ld-2.38.so");
        Files.write(loader, ElfSpecimen.of("amd64").bytes());
        Files.createSymbolicLink(root.resolve("sysroots"), Path.of("/opt/uninative"));
        ElfFile program = MadeElf.amd64().interpreter("/sysroots/ld-2.38.so").file();
        Platform platform = system("amd64", AMD64_LOADER).platform();

        Files.setPosixFilePermissions(loader, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(
                verdict(Verdict.Kind.MISSING_INTERPRETER, "/sysroots/ld-2.38.so", AMD64_LOADER),
                platform.judge(program));
        Files.setPosixFilePermissions(loader, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(Verdict.RUNS, platform.judge(program));
    }

    @Test
    void takesNoLoaderThatTheKernelWouldNotLoadForTheProgram() throws IOException {
        Path loader = Files.createDirectories(root.resolve("opt")).resolve("ld.so");
        ElfFile program = MadeElf.amd64().interpreter("/opt/ld.so").file();
        Platform platform = system("amd64", AMD64_LOADER).platform();

        Files.write(loader, ElfSpecimen.of("i386").bytes());
        Files.setPosixFilePermissions(loader, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(verdict(Verdict.Kind.MISSING_INTERPRETER, "/opt/ld.so", AMD64_LOADER), platform.judge(program));
        Files.writeString(loader, "#!/bin/sh");
        assertEquals(verdict(Verdict.Kind.MISSING_INTERPRETER, "/opt/ld.so", AMD64_LOADER), platform.judge(program));
        Files.write(loader, ElfSpecimen.of("amd64").bytes());
        assertEquals(Verdict.RUNS, platform.judge(program));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0xffff, 0x10800, Long.MIN_VALUE})
    void startsNothingOutsideItsExecutableSegments(long entry) {
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "it starts outside its executable segments", ""),
                system("arm64", ARM64_LOADER)
                        .platform()
                        .judge(MadeElf.arm64().entry(entry).file()));
    }

    @Test
    void neverTakesALoaderThatDependsOnWhereTheProgramIsStarted() throws IOException {
        Path loader = Files.writeString(root.resolve("ld-here.so"), "loader");
        Files.setPosixFilePermissions(loader, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(
                verdict(Verdict.Kind.MISSING_INTERPRETER, "ld-here.so", ARM64_LOADER),
                system("arm64", ARM64_LOADER)
                        .platform()
                        .judge(MadeElf.arm64().interpreter("ld-here.so").file()));
    }

    @Test
    void namesTheHighestGlibcVersionThatIsMissingByNumberNotByLetter() {
        assertEquals(
                verdict(Verdict.Kind.NEWER_GLIBC, "GLIBC_2.34", "glibc 2.31"),
                system("arm64", ARM64_LOADER)
                        .glibc("GLIBC_2.4", "GLIBC_2.17", "GLIBC_2.31", "GLIBC_PRIVATE")
                        .platform()
                        .judge(MadeElf.arm64()
                                .needs("libc.so.6", "GLIBC_2.17", "GLIBC_2.33", "GLIBC_2.34", "GLIBC_ABI_DT_RELR")
                                .file()));
    }

    @Test
    void comparesWithTheSetThatLibcDefinesNotWithItsHighestNumber() {
        assertEquals(
                verdict(Verdict.Kind.NEWER_GLIBC, "GLIBC_2.3", "glibc 2.36"),
                system("armhf", ARMHF_LOADER)
                        .glibc("GLIBC_2.4", "GLIBC_2.36")
                        .platform()
                        .judge(MadeElf.armhf().needs("libc.so.6", "GLIBC_2.3").file()));
        assertEquals(
                verdict(Verdict.Kind.NEWER_GLIBC, "GLIBC_ABI_DT_RELR", "glibc 2.35"),
                system("armhf", ARMHF_LOADER)
                        .glibc("GLIBC_2.4", "GLIBC_2.35")
                        .platform()
                        .judge(MadeElf.armhf()
                                .needs("libc.so.6", "GLIBC_ABI_DT_RELR", "GLIBC_2.4")
                                .file()));
    }

    @Test
    void comparesOtherGlibcLibrariesByNumberSinceTheirSetsDiffer() {
        Platform platform =
                system("amd64", AMD64_LOADER).glibc("GLIBC_2.2.5", "GLIBC_2.28").platform();
        assertEquals(
                Verdict.RUNS,
                platform.judge(MadeElf.amd64().needs("libm.so.6", "GLIBC_2.27").file()));
        assertEquals(
                verdict(Verdict.Kind.NEWER_GLIBC, "GLIBC_2.29", "glibc 2.28"),
                platform.judge(MadeElf.amd64().needs("libm.so.6", "GLIBC_2.29").file()));
    }

    @Test
    void doesNotJudgeVersionsOfOtherLibrariesNorThoseOfAnUnknownLibc() {
        assertEquals(
                Verdict.RUNS,
                system("amd64", AMD64_LOADER)
                        .glibc("GLIBC_2.2.5")
                        .platform()
                        .judge(MadeElf.amd64()
                                .needs("libcrypto.so.3", "OPENSSL_3.0.0")
                                .file()));
        assertEquals(
                Verdict.RUNS,
                system("amd64", AMD64_LOADER)
                        .platform()
                        .judge(MadeElf.amd64().needs("libc.so.6", "GLIBC_2.99").file()));
    }

    @Test
    void hasNothingToSayOfALibcThatDefinesNoNumber() {
        assertEquals(
                verdict(Verdict.Kind.NEWER_GLIBC, "GLIBC_2.17", ""),
                system("arm64", ARM64_LOADER)
                        .glibc("libc.so.6", "GLIBC_PRIVATE")
                        .platform()
                        .judge(MadeElf.arm64().needs("libc.so.6", "GLIBC_2.17").file()));
    }

    @Test
    void doesNotCompareA32BitProgramWithThe64BitLibc() {
        assertEquals(
                Verdict.RUNS,
                system("amd64", AMD64_LOADER, I386_LOADER)
                        .glibc("GLIBC_2.2.5", "GLIBC_2.36")
                        .platform()
                        .judge(MadeElf.i386().needs("libc.so.6", "GLIBC_2.0").file()));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 6, ARMv7, ARMv6",
        "8, 6, ARMv6T2, ARMv6",
        "13, 6, ARMv7E-M, ARMv6",
        "14, 7, ARMv8-A, ARMv7",
        "9, 5, ARMv6K, ARMv5",
        "2, 3, ARMv4T, ARMv3"
    })
    void namesTheProcessorThatAnArmProgramWants(int tag, int cpu, String wants, String has) {
        assertEquals(
                verdict(Verdict.Kind.NEWER_CPU, wants, has),
                system("armhf", ARMHF_LOADER)
                        .armCpu(cpu)
                        .platform()
                        .judge(MadeElf.armhf().cpuArch(tag).file()));
    }

    @ParameterizedTest
    @CsvSource({"6, 6", "7, 6", "9, 6", "3, 6", "8, 7", "10, 7", "10, 8", "14, 8", "22, 8", "99, 6"})
    void runsArmProgramsOfItsOwnAndOlderProcessorsAndOfVersionsNotGivenOutYet(int tag, int cpu) {
        assertEquals(
                Verdict.RUNS,
                system("armhf", ARMHF_LOADER)
                        .armCpu(cpu)
                        .platform()
                        .judge(MadeElf.armhf().cpuArch(tag).file()));
    }

    @Test
    void doesNotJudgeTheProcessorWhereItIsNotKnown() {
        assertEquals(
                Verdict.RUNS,
                system("armhf", ARMHF_LOADER)
                        .platform()
                        .judge(MadeElf.armhf().cpuArch(14).file()));
    }

    @Test
    void namesThePageSizeThatSegmentsFit() {
        assertEquals(
                verdict(Verdict.Kind.MISALIGNED_SEGMENTS, "4 KiB", "16 KiB"),
                system("arm64", ARM64_LOADER)
                        .pages(16384)
                        .platform()
                        .judge(MadeElf.arm64()
                                .segment(0, 0)
                                .segment(0xdc8, 0x11dc8)
                                .file()));
        assertEquals(
                verdict(Verdict.Kind.MISALIGNED_SEGMENTS, "8 bytes", "64 KiB"),
                system("arm64", ARM64_LOADER)
                        .pages(65536)
                        .platform()
                        .judge(MadeElf.arm64().segment(0x8, 0x10010).file()));
    }

    @Test
    void runsWhatIsCongruentByChanceAndWhatMeetsAnUnknownPageSize() {
        assertEquals(
                Verdict.RUNS,
                system("arm64", ARM64_LOADER)
                        .pages(16384)
                        .platform()
                        .judge(MadeElf.arm64().segment(0xdc8, 0x14dc8).file()));
        assertEquals(
                Verdict.RUNS,
                system("arm64", ARM64_LOADER)
                        .platform()
                        .judge(MadeElf.arm64().segment(0xdc8, 0x11dc8).file()));
    }

    @Test
    void stumblesInTheOrderOfTheKernelThenOfTheLoaderThenOfTheProcessor() {
        Made made =
                system("armhf", ARMHF_LOADER).pages(16384).glibc("GLIBC_2.28").armCpu(6);
        ElfFile all = MadeElf.armhf()
                .interpreter("/lib/ld-other.so.9")
                .segment(0x1000, 0x2000)
                .needs("libc.so.6", "GLIBC_2.34")
                .cpuArch(10)
                .file();
        assertEquals(
                Verdict.Kind.MISSING_INTERPRETER, made.platform().judge(all).kind());
        ElfFile withLoader = MadeElf.armhf()
                .segment(0x1000, 0x2000)
                .damaged("DT_STRTAB outside the file")
                .needs("libc.so.6", "GLIBC_2.34")
                .cpuArch(10)
                .file();
        assertEquals(
                Verdict.Kind.MISALIGNED_SEGMENTS,
                made.platform().judge(withLoader).kind());
        assertEquals(
                Verdict.Kind.MALFORMED,
                made.pages(4096).platform().judge(withLoader).kind());
        ElfFile whole = MadeElf.armhf()
                .segment(0x1000, 0x2000)
                .needs("libc.so.6", "GLIBC_2.34")
                .cpuArch(10)
                .file();
        assertEquals(Verdict.Kind.NEWER_GLIBC, made.platform().judge(whole).kind());
        assertEquals(
                Verdict.Kind.NEWER_CPU,
                made.glibc("GLIBC_2.34").platform().judge(whole).kind());
    }

    @Test
    void callsADamagedForeignProgramForeign() {
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "x86-64", "arm64"),
                system("arm64", ARM64_LOADER)
                        .platform()
                        .judge(MadeElf.amd64().damaged("no DT_NULL").file()));
    }

    @Test
    void saysWhyAFileIsNoProgram() {
        Platform platform = system("arm64", ARM64_LOADER).platform();
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "program headers end at 4096, the file at 64", ""),
                platform.judge(new MalformedElf("program headers end at 4096, the file at 64", 32)));
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "a script: #!/bin/sh", ""),
                platform.judge(new NotElf("a script: #!/bin/sh")));
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "an object file, not a program", ""),
                platform.judge(MadeElf.arm64().type(ElfFile.ET_REL).file()));
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "ELF of type 4", ""),
                platform.judge(MadeElf.arm64().type(4).file()));
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "no DT_NULL", ""),
                platform.judge(MadeElf.arm64().damaged("no DT_NULL").file()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu-x86_64", "box64"})
    void namesTheHandlerThatWouldRunAForeignProgramAllTheSame(String handler) {
        Platform platform = system("arm64", ARM64_LOADER)
                .handlers(
                        new BinfmtHandler("qemu-i386", 4, new byte[] {1, 1}, new byte[0]),
                        new BinfmtHandler(handler, 0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1}, new byte[0]))
                .platform();
        assertEquals(
                new Verdict(Verdict.Kind.FOREIGN_MACHINE, "x86-64", "arm64", Optional.of(handler)),
                platform.judge(
                        MadeElf.amd64().head(0x7f, 'E', 'L', 'F', 2, 1, 1).file()));
    }

    @Test
    void namesNoHandlerOfAProgramThatRunsNorOneThatDoesNotTakeIt() {
        Platform platform = system("arm64", ARM64_LOADER)
                .handlers(new BinfmtHandler("qemu-i386", 4, new byte[] {2, 1}, new byte[] {-1, 0}))
                .platform();
        assertEquals(
                Verdict.RUNS,
                platform.judge(
                        MadeElf.arm64().head(0x7f, 'E', 'L', 'F', 2, 1, 1).file()));
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "x86-64", "arm64"),
                platform.judge(
                        MadeElf.amd64().head(0x7f, 'E', 'L', 'F', 1, 1, 1).file()));
    }

    private static Verdict verdict(Verdict.Kind kind, String wants, String has) {
        return new Verdict(kind, wants, has, Optional.empty());
    }

    private Made system(String name, String... loaders) {
        return new Made(name, Optional.of(Set.of(loaders)));
    }

    private Made unpackedPackage(String name) {
        return new Made(name, Optional.empty());
    }

    /** A platform in the making. */
    private final class Made {
        private final Architecture userland;
        private final Optional<Set<String>> loaders;
        private Set<String> glibc = Set.of();
        private OptionalLong pages = OptionalLong.empty();
        private OptionalInt armCpu = OptionalInt.empty();
        private List<BinfmtHandler> handlers = List.of();

        Made(String name, Optional<Set<String>> loaders) {
            this.userland = Architectures.named(name).orElseThrow();
            this.loaders = loaders;
        }

        Made glibc(String... versions) {
            glibc = Set.of(versions);
            return this;
        }

        Made pages(long bytes) {
            pages = OptionalLong.of(bytes);
            return this;
        }

        Made armCpu(int version) {
            armCpu = OptionalInt.of(version);
            return this;
        }

        Made handlers(BinfmtHandler... all) {
            handlers = List.of(all);
            return this;
        }

        Platform platform() {
            return new Platform(
                    root,
                    userland,
                    "bin/sh",
                    loaders,
                    glibc,
                    pages,
                    armCpu,
                    handlers,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }
}
