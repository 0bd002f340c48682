package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.hdrfix.elf.Segment;
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

    /** What MadeElf's programs begin with, and where they start. */
    private static final Segment FIRST = new Segment(0, 0x10000, 0x800, 0x800, 5, 0x10000);

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
        assertEquals(verdict(Verdict.Kind.FOREIGN_INTERPRETER, "/opt/ld.so", AMD64_LOADER), platform.judge(program));
        Files.writeString(loader, "#!/bin/sh");
        assertEquals(verdict(Verdict.Kind.FOREIGN_INTERPRETER, "/opt/ld.so", AMD64_LOADER), platform.judge(program));
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

    @ParameterizedTest
    @CsvSource({"arm64, 0x10401", "arm64, 0x10402", "arm64, 0x10403", "armhf, 0x10402", "armhf, 0x10406"})
    void startsNothingBetweenTwoInstructions(String name, long entry) {
        MadeElf program = name.equals("arm64") ? MadeElf.arm64() : MadeElf.armhf();
        assertEquals(
                verdict(
                        Verdict.Kind.MALFORMED,
                        "it starts between two instructions, at 0x" + Long.toHexString(entry),
                        ""),
                system(name, ARM64_LOADER, ARMHF_LOADER)
                        .platform()
                        .judge(program.entry(entry).file()));
    }

    @Test
    void startsThumbCodeAtAnOddAddress() {
        assertEquals(
                Verdict.RUNS,
                system("armhf", ARMHF_LOADER)
                        .platform()
                        .judge(MadeElf.armhf().entry(0x10403).file()));
        assertEquals(
                Verdict.RUNS,
                system("amd64", AMD64_LOADER)
                        .platform()
                        .judge(MadeElf.amd64().entry(0x10403).file()));
    }

    @Test
    void wantsTheProgramHeadersToFitIntoAPage() {
        ElfFile file = MadeElf.arm64().headerBytes(4144).file();
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "4144 bytes of program headers (at most 4096)", ""),
                system("arm64", ARM64_LOADER).platform().judge(file));
        assertEquals(
                Verdict.RUNS,
                system("arm64", ARM64_LOADER).pages(16384).platform().judge(file));
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "16408 bytes of program headers (at most 16384)", ""),
                system("arm64", ARM64_LOADER)
                        .pages(16384)
                        .platform()
                        .judge(MadeElf.arm64().headerBytes(16408).file()));
    }

    @Test
    void looksAtThePropertyNoteWhereThatKernelDoes() {
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "a GNU property note out of order", ""),
                system("arm64", ARM64_LOADER)
                        .platform()
                        .judge(MadeElf.arm64()
                                .statically()
                                .property("a GNU property note out of order")
                                .file()));
        assertEquals(
                Verdict.RUNS,
                system("amd64", AMD64_LOADER)
                        .platform()
                        .judge(MadeElf.amd64()
                                .statically()
                                .property("a GNU property note out of order")
                                .file()));
    }

    @Test
    void startsNothingOn32BitArmThatIsForProcessorsWithoutAnMmu() {
        MadeElf program = MadeElf.armhf().head(0x7f, 'E', 'L', 'F', 1, 1, 1, 65);
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "for processors without an MMU (OSABI 65)", ""),
                system("armhf", ARMHF_LOADER).platform().judge(program.file()));
        assertEquals(
                Verdict.RUNS,
                system("arm64", ARM64_LOADER, ARMHF_LOADER).platform().judge(program.file()));
    }

    @ParameterizedTest
    @CsvSource({
        // offset, address, bytes in the file and in memory, flags, alignment, what is wrong
        "0x2000, 0x5000, 0x100, 0x100, 6, 0x1000, its segments are not in the order of their addresses",
        "0x2000, 0x72000, 0x100, 0x10000000, 6, 0x1000, it wants 268836864 bytes of memory",
        "0x2000, 0x72000, 0x100, 0x4000000001, 6, 0x1000, a segment of 274877906945 bytes at address 0x72000",
        "0x2000, 0xffffffffffff2000, 0x100, 0x100, 6, 0x1000, a segment of 256 bytes at address 0xffffffffffff2000",
        "0x2000, 0x72000, 0x100, 0x900, 4, 0x1000, it has zeros behind a segment that cannot be written",
        "0x2000, 0x72000, 0x100, 0x100, 6, 0x800000, a segment aligned to 8388608 bytes",
    })
    void startsNothingThatNoKernelCanLayOut(
            String offset, String address, String inFile, String inMemory, int flags, String alignment, String reason) {
        Segment second = new Segment(
                Long.decode(offset),
                Long.parseUnsignedLong(address.substring(2), 16),
                Long.decode(inFile),
                Long.decode(inMemory),
                flags,
                Long.decode(alignment));
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, reason, ""),
                system("arm64", ARM64_LOADER)
                        .platform()
                        .judge(MadeElf.arm64().only(FIRST, second).file()));
    }

    @Test
    void laysOutZerosThatBeginAPageOrThatCanBeWritten() {
        Platform platform = system("arm64", ARM64_LOADER).platform();
        for (Segment second : List.of(
                new Segment(0x2000, 0x72000, 0x1000, 0x2900, 4, 0x1000),
                new Segment(0x2100, 0x72100, 0x100, 0x2900, 6, 0x1000),
                new Segment(0, 0x72000, 0, 0x2900, 6, 0x1000))) {
            assertEquals(
                    Verdict.RUNS,
                    platform.judge(MadeElf.arm64().only(FIRST, second).file()),
                    second.toString());
        }
    }

    @Test
    void startsNothingAtAPlaceThatIsNotForPrograms() {
        Platform arm = system("arm64", ARM64_LOADER).platform();
        Platform x86 = system("amd64", AMD64_LOADER).platform();
        Segment low = new Segment(0, 0x8000, 0x800, 0x800, 5, 0x1000);
        Segment lower = new Segment(0, 0x7000, 0x800, 0x800, 5, 0x1000);
        assertEquals(
                Verdict.RUNS,
                arm.judge(MadeElf.arm64().statically().only(low).entry(0x8400).file()));
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "it lies at address 0x7000, which programs cannot have", ""),
                arm.judge(MadeElf.arm64().statically().only(lower).entry(0x7400).file()));
        assertEquals(
                verdict(Verdict.Kind.MALFORMED, "it lies at address 0x8000, which programs cannot have", ""),
                x86.judge(MadeElf.amd64().statically().only(low).entry(0x8400).file()));
        assertEquals(
                Verdict.RUNS, x86.judge(MadeElf.amd64().only(low).entry(0x8400).file()));
    }

    @Test
    void refusesWhatIsNotCongruentForTheSmallestPagesWhereTheSizeIsUnknown() {
        assertEquals(
                verdict(Verdict.Kind.MISALIGNED_SEGMENTS, "2 KiB", "4 KiB"),
                system("arm64", ARM64_LOADER)
                        .platform()
                        .judge(MadeElf.arm64().segment(0x1000, 0x41800).file()));
    }

    /** As ld makes a static program for 4 KiB pages: congruent for all, and on larger ones its data covers its code. */
    @Test
    void seesThatDataWouldComeInThePlaceOfCode() {
        ElfFile program = MadeElf.armhf()
                .statically()
                .only(
                        new Segment(0, 0x10000, 0xfc, 0xfc, 5, 0x1000),
                        new Segment(0x1000, 0x11000, 0x190, 0x4fb0, 6, 0x1000))
                .entry(0x100d8)
                .file();
        assertEquals(
                Verdict.RUNS,
                system("armhf", ARMHF_LOADER).pages(4096).platform().judge(program));
        assertEquals(
                verdict(Verdict.Kind.MISALIGNED_SEGMENTS, "4 KiB", "16 KiB"),
                system("armhf", ARMHF_LOADER).pages(16384).platform().judge(program));
        assertEquals(
                Verdict.RUNS,
                system("armhf", ARMHF_LOADER)
                        .pages(16384)
                        .platform()
                        .judge(MadeElf.armhf()
                                .statically()
                                .only(
                                        new Segment(0, 0x10000, 0xfc, 0xfc, 5, 0x4000),
                                        new Segment(0x1000, 0x15000, 0x190, 0x4fb0, 6, 0x4000))
                                .entry(0x100d8)
                                .file()));
    }

    @Test
    void mapsNothingFromTheFileForASegmentThatHasNothingThere() {
        Platform platform = system("arm64", ARM64_LOADER).pages(16384).platform();
        assertEquals(
                Verdict.RUNS,
                platform.judge(MadeElf.arm64()
                        .only(FIRST, new Segment(0x123, 0x44000, 0, 0x900, 6, 0x1000))
                        .file()));
        assertEquals(
                Verdict.Kind.MISALIGNED_SEGMENTS,
                platform.judge(MadeElf.arm64()
                                .only(FIRST, new Segment(0x123, 0x45000, 0, 0x900, 6, 0x1000))
                                .file())
                        .kind());
    }

    @Test
    void takesNoLoaderOfAnotherMachineAlsoWhereTheCatalogueKnowsIt() throws IOException {
        Path loader = Files.createDirectories(root.resolve("lib")).resolve("ld-linux-armhf.so.3");
        Files.write(loader, ElfSpecimen.of("armhf").bytes());
        Files.setPosixFilePermissions(loader, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_INTERPRETER, ARMHF_LOADER, ARM64_LOADER),
                system("arm64", ARM64_LOADER, ARMHF_LOADER)
                        .platform()
                        .judge(MadeElf.arm64().interpreter(ARMHF_LOADER).file()));
    }

    @Test
    void trustsOnlyLoadersThatTheCatalogueNamesForTheMachine() {
        Platform platform = unpackedPackage("arm64").platform();
        assertTrue(platform.trusts(MadeElf.arm64().file()));
        assertTrue(platform.trusts(
                MadeElf.arm64().interpreter("/lib/ld-musl-aarch64.so.1").file()));
        assertTrue(platform.trusts(MadeElf.arm64().statically().file()));
        assertFalse(platform.trusts(
                MadeElf.arm64().interpreter("ld-linux-aarch64.so.1").file()));
        assertFalse(platform.trusts(
                MadeElf.arm64().interpreter("/tmp/ld-linux-aarch64.so.1").file()));
        assertFalse(platform.trusts(MadeElf.arm64().interpreter(ARMHF_LOADER).file()));
    }

    @Test
    void takesAnyLoaderOf32BitArmForASignThatTheKernelRunsItsPrograms() {
        Platform platform = system("arm64", ARM64_LOADER, ARMHF_LOADER).platform();
        assertEquals(Verdict.RUNS, platform.judge(MadeElf.armel().statically().file()));
        assertEquals(
                verdict(Verdict.Kind.MISSING_INTERPRETER, ARMEL_LOADER, ARM64_LOADER),
                platform.judge(MadeElf.armel().file()));
    }

    @Test
    void asks32BitArmKernelsForTheEabiAloneAndNotForItsVersion() {
        MadeElf older = MadeElf.little(32, 40, 0x04000000).interpreter(ARMHF_LOADER);
        assertEquals(Verdict.RUNS, system("armhf", ARMHF_LOADER).platform().judge(older.file()));
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "machine 40, 32-bit little-endian, flags 0x0", "armhf"),
                system("armhf", ARMHF_LOADER)
                        .platform()
                        .judge(MadeElf.little(32, 40, 0).statically().file()));
    }

    @Test
    void seesThatAKernelWasBuiltWithout32BitPrograms() throws IOException {
        Path config = Files.createDirectories(root.resolve("boot")).resolve("config-6.6.9-only64");
        Platform platform = system("arm64", ARM64_LOADER, ARMHF_LOADER)
                .release("6.6.9-only64")
                .platform();
        Files.writeString(config, "CONFIG_ARM64=y\nCONFIG_COMPAT=y\n");
        assertEquals(Verdict.RUNS, platform.judge(MadeElf.armhf().file()));
        Files.writeString(config, "CONFIG_ARM64=y\n# CONFIG_COMPAT is not set\n");
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "armhf", "arm64"),
                platform.judge(MadeElf.armhf().file()));
        assertEquals(Verdict.RUNS, platform.judge(MadeElf.arm64().file()));
    }

    @Test
    void seesThatAProcessorHasNoStateFor32BitPrograms() throws IOException {
        Path cpuinfo = Files.createDirectories(root.resolve("proc")).resolve("cpuinfo");
        Platform platform = system("arm64", ARM64_LOADER, ARMHF_LOADER).platform();
        Files.writeString(cpuinfo, "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd08\n");
        assertEquals(Verdict.RUNS, platform.judge(MadeElf.armhf().statically().file()));
        Files.writeString(cpuinfo, "CPU implementer\t: 0x46\nCPU architecture: 8\nCPU part\t: 0x001\n");
        assertEquals(
                verdict(Verdict.Kind.FOREIGN_MACHINE, "armhf", "arm64"),
                platform.judge(MadeElf.armhf().statically().file()));
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
                        .judge(MadeElf.arm64().segment(0x8, 0x11010).file()));
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
                .segment(0x1000, 0x12000)
                .needs("libc.so.6", "GLIBC_2.34")
                .cpuArch(10)
                .file();
        assertEquals(
                Verdict.Kind.MISSING_INTERPRETER, made.platform().judge(all).kind());
        ElfFile withLoader = MadeElf.armhf()
                .segment(0x1000, 0x12000)
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
                .segment(0x1000, 0x12000)
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
        private Optional<String> release = Optional.empty();

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

        Made release(String running) {
            release = Optional.of(running);
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
                    release);
        }
    }
}
