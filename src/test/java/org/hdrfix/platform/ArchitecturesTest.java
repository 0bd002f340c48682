package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hdrfix.elf.ElfFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitecturesTest {
    /** What Debian's cross compilers make (lab.md), static, so that nothing but the header tells. */
    private static final Map<String, ElfFile> SPECIMENS = new LinkedHashMap<>();

    static {
        SPECIMENS.put("amd64", MadeElf.little(64, 62, 0).file());
        SPECIMENS.put("i386", MadeElf.little(32, 3, 0).file());
        SPECIMENS.put("x32", MadeElf.little(32, 62, 0).file());
        SPECIMENS.put("arm64", MadeElf.little(64, 183, 0).file());
        SPECIMENS.put("armhf", MadeElf.little(32, 40, 0x5000400).file());
        SPECIMENS.put("armel", MadeElf.little(32, 40, 0x5000200).file());
        SPECIMENS.put("riscv64", MadeElf.little(64, 243, 0x5).file());
        SPECIMENS.put("ppc64el", MadeElf.little(64, 21, 2).file());
        SPECIMENS.put("ppc64", MadeElf.big(64, 21, 1).file());
        SPECIMENS.put("powerpc", MadeElf.big(32, 20, 0).file());
        SPECIMENS.put("mips", MadeElf.big(32, 8, 0x70001007).file());
        SPECIMENS.put("mipsel", MadeElf.little(32, 8, 0x70001007).file());
        SPECIMENS.put("mips64", MadeElf.big(64, 8, 0x80000007).file());
        SPECIMENS.put("mips64el", MadeElf.little(64, 8, 0x80000007).file());
        SPECIMENS.put("mipsn32", MadeElf.big(32, 8, 0x80000027).file());
        SPECIMENS.put("mipsn32el", MadeElf.little(32, 8, 0x80000027).file());
        SPECIMENS.put("s390x", MadeElf.big(64, 22, 0).file());
        SPECIMENS.put("loong64", MadeElf.little(64, 258, 0x43).file());
    }

    @Test
    void hasASpecimenOfEveryArchitectureInTheCatalogue() {
        assertEquals(
                new TreeSet<>(SPECIMENS.keySet()),
                new TreeSet<>(
                        Architectures.all().stream().map(Architecture::name).toList()));
    }

    @Test
    void tellsEveryArchitectureFromEveryOther() {
        Map<String, List<String>> matching = new TreeMap<>();
        Map<String, List<String>> expected = new TreeMap<>();
        SPECIMENS.forEach((name, file) -> {
            expected.put(name, List.of(name));
            matching.put(
                    name,
                    Architectures.all().stream()
                            .filter(architecture -> architecture.matches(file))
                            .map(Architecture::name)
                            .toList());
        });
        assertEquals(expected, matching);
    }

    @Test
    void alsoRunsOnlyWhatTheCatalogueHasAndNeverA64BitProgramOnA32BitKernel() {
        for (Architecture architecture : Architectures.all()) {
            for (String name : architecture.alsoRuns()) {
                Architecture other = Architectures.named(name).orElseThrow();
                boolean widens = architecture.elfClass().compareTo(other.elfClass()) < 0;
                // x32 runs under the kernel of amd64, the one exception.
                String kernel = architecture.kernelArch();
                assertEquals(kernel.equals("arm64") ? "arm" : kernel, other.kernelArch());
                assertTrue(!widens || architecture.name().equals("x32"), architecture.name() + " runs " + name);
            }
        }
    }

    @Test
    void givesEveryArchitectureWhatItsStanzaNeeds() {
        for (Architecture architecture : Architectures.all()) {
            assertFalse(architecture.kernelConfigs().isEmpty(), architecture.name());
            assertFalse(architecture.loaders().isEmpty(), architecture.name());
            assertEquals(architecture.flagsValue(), architecture.flagsValue() & architecture.flagsMask());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CONFIG_X86_64, amd64",
        "CONFIG_ARM, armhf",
        "CONFIG_MIPS CONFIG_64BIT CONFIG_CPU_LITTLE_ENDIAN, mips64el",
        "CONFIG_MIPS CONFIG_64BIT CONFIG_CPU_BIG_ENDIAN, mips64"
    })
    void namesTheKernelsOwnArchitectureBeforeThoseThatShareItsConfiguration(String configs, String name) {
        assertEquals(
                Optional.of(name),
                Architectures.all().stream()
                        .filter(architecture -> architecture.kernelConfigs().equals(List.of(configs.split(" "))))
                        .map(Architecture::name)
                        .findFirst());
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, amd64", "x86_64, amd64", "aarch64, arm64", "arm64, arm64", "riscv, riscv64", "powerpc64le, ppc64el",
        "ppc64le, ppc64el", "powerpc, powerpc", "i686, i386", "armv7l, armhf", "s390, s390x", "loongarch64, loong64"
    })
    void isNamedByDpkgUnameAndKbuildAlike(String alias, String name) {
        assertEquals(Optional.of(name), Architectures.named(alias).map(Architecture::name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"arm", "x86", "armv6l", "mips64be", "ARM64", ""})
    void doesNotGuessWhatANameThatMeansSeveralOrNothingStandsFor(String name) {
        assertEquals(Optional.empty(), Architectures.named(name));
    }

    @Test
    void takesTheArchitectureOfAnObjectFromItsBuildAttributesNotFromItsFlags() {
        MadeElf object = MadeElf.little(32, 40, 0x5000000).type(ElfFile.ET_REL);
        assertEquals("armhf", nameOf(object.floats(true).file()));
        assertEquals("armel", nameOf(object.floats(false).file()));

        MadeElf marked = MadeElf.little(32, 40, 0x5000200).type(ElfFile.ET_REL);
        assertEquals("armhf", nameOf(marked.floats(true).file()));
    }

    @Test
    void takesTheArchitectureOfAnOldLinkedFileFromItsAttributesThenFromItsLoader() {
        MadeElf old = MadeElf.little(32, 40, 0x5000002);
        assertEquals("armel", nameOf(old.interpreter("/lib/ld-linux.so.3").file()));
        assertEquals("armhf", nameOf(old.interpreter("/lib/ld-linux-armhf.so.3").file()));
        assertEquals(
                "armel", nameOf(MadeElf.little(32, 40, 0x5000002).floats(false).file()));
    }

    @Test
    void countsAnArmFileThatSaysNothingOfFloatsToBoth() {
        ElfFile silent = MadeElf.little(32, 40, 0x5000000).file();
        assertTrue(named("armhf").matches(silent));
        assertTrue(named("armel").matches(silent));
    }

    @Test
    void leavesAnOlderEabiToNobody() {
        ElfFile eabi4 = MadeElf.little(32, 40, 0x4000400).file();
        assertFalse(named("armhf").matches(eabi4));
        assertFalse(named("armel").matches(eabi4));
        assertEquals("machine 40, 32-bit little-endian, flags 0x4000400", Architectures.describe(eabi4));
    }

    @Test
    void takesAKernelObjectThatIsSoftFloatForItsMachineAllTheSame() {
        assertEquals(
                "riscv64",
                nameOf(MadeElf.little(64, 243, 0x1).type(ElfFile.ET_REL).file()));
        assertEquals(
                "loong64",
                nameOf(MadeElf.little(64, 258, 0x41).type(ElfFile.ET_REL).file()));
    }

    @Test
    void takesA64BitPowerFileThatDoesNotNameItsAbi() {
        assertEquals("ppc64el", nameOf(MadeElf.little(64, 21, 0).file()));
        assertEquals("ppc64", nameOf(MadeElf.big(64, 21, 0).file()));
    }

    @Test
    void describesAFileByLabelOrElseByItsHeader() {
        assertEquals("x86-64", Architectures.describe(MadeElf.amd64().file()));
        assertEquals("arm64", Architectures.describe(MadeElf.arm64().file()));
        assertEquals(
                "machine 243, 32-bit little-endian",
                Architectures.describe(MadeElf.little(32, 243, 0x5).file()));
        assertEquals(
                "machine 183, 64-bit big-endian",
                Architectures.describe(MadeElf.big(64, 183, 0).file()));
    }

    @Test
    void namesDebiansLibraryDirectoryWhichIsNotTheTripletOnI386() {
        assertEquals("i686-linux-gnu", named("i386").triplet());
        assertEquals("i386-linux-gnu", named("i386").multiarch());
        assertEquals("arm-linux-gnueabihf", named("armhf").multiarch());
    }

    private static String nameOf(ElfFile file) {
        return Architectures.of(file).orElseThrow().name();
    }

    private static Architecture named(String name) {
        return Architectures.named(name).orElseThrow();
    }
}
