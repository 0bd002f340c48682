package org.hdrfix.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    @TempDir
    Path directory;

    private Configuration of(String name, String text) throws IOException {
        return Configuration.read(Files.writeString(directory.resolve(name), text))
                .orElseThrow();
    }

    private static final String DOT_CONFIG = """
            # Linux/arm64 6.1.21 Kernel Configuration
            CONFIG_SMP=y
            # CONFIG_KPROBES is not set
            CONFIG_XFS_FS=m
            CONFIG_HZ=250
            CONFIG_ONE=1
            CONFIG_BASE=0x0
            CONFIG_LOCALVERSION="-v8+"
            """;

    private static final String AUTOCONF = """
            #define CONFIG_SMP 1
            #define CONFIG_XFS_FS_MODULE 1
            #define CONFIG_HZ 250
            #define CONFIG_ONE 1
            #define CONFIG_BASE 0
            #define CONFIG_LOCALVERSION ""
            """;

    @Test
    void theFormatsSayTheSame() throws IOException {
        Configuration config = of("config", DOT_CONFIG);
        Configuration header = of("autoconf.h", AUTOCONF);
        assertEquals(List.of(), header.differences(config));
        assertEquals(List.of(), config.differences(header));
        assertTrue(header.isOn("SMP"));
        assertFalse(header.isOn("XFS_FS"));
    }

    @Test
    void tellsEachDifferenceOnceAndInItsOwnWords() throws IOException {
        Configuration tree = of("tree", "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=m\nCONFIG_D=3\nCONFIG_F=m\n");
        Configuration kernel = of("kernel", "CONFIG_B=m\nCONFIG_D=4\nCONFIG_E=y\nCONFIG_F=m\n");
        assertEquals(
                List.of("A=y (kernel: n)", "B=y (kernel: m)", "C=m (kernel: n)", "D=3 (kernel: 4)", "E=n (kernel: y)"),
                tree.differences(kernel));
    }

    @Test
    void whatDescribesTheCompilerOrThePackageIsNoFault() throws IOException {
        Configuration tree = of(
                "tree",
                "CONFIG_GCC_VERSION=120200\nCONFIG_CC_HAS_KASAN_GENERIC=y\nCONFIG_LD_VERSION=1\nCONFIG_PAHOLE_VERSION=124\n"
                        + "CONFIG_MODULE_SIG_ALL=y\nCONFIG_CC_VERSION_TEXT=\"gcc\"\n");
        assertEquals(List.of(), tree.differences(of("kernel", "CONFIG_GCC_VERSION=100200\n")));
    }

    @Test
    void pluginsOfTheCompilerAreOne() throws IOException {
        Configuration tree = of("tree", "CONFIG_GCC_PLUGIN_RANDSTRUCT=y\n");
        assertEquals(
                1,
                tree.differences(of("kernel", "CONFIG_SMP=n\nCONFIG_X=\"\"\n")).stream()
                        .filter(line -> line.startsWith("GCC_PLUGIN_RANDSTRUCT"))
                        .count());
    }

    @Test
    void ofTwoLinesForOneOptionTheLastHolds() throws IOException {
        assertEquals(
                List.of("A=m (kernel: n)"),
                of("tree", "CONFIG_A=y\nCONFIG_A=m\nCONFIG_B=y\n").differences(of("kernel", "CONFIG_B=y\n")));
    }

    @Test
    void readsOfWhichSourceItIs() throws IOException {
        assertEquals(Optional.of("6.1.21"), of("config", DOT_CONFIG).source());
        assertEquals(
                Optional.of("6.1.192"),
                of("autoconf.h", "/*\n * Linux/x86 6.1.192 Kernel Configuration\n */\n#define CONFIG_A 1\n")
                        .source());
        assertEquals(
                Optional.of("6.12"),
                of("rc", "# Linux/arm 6.12-rc3 Kernel Configuration\nCONFIG_A=y\n")
                        .source());
        assertEquals(
                Optional.empty(),
                of("none", "# Linux is a kernel\nCONFIG_A=y\n").source());
    }

    @Test
    void whatSetsNothingIsNone() throws IOException {
        assertEquals(Optional.empty(), Configuration.read(directory.resolve("missing")));
        assertEquals(Optional.empty(), Configuration.read(directory));
    }
}
