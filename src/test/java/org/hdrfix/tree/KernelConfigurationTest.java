package org.hdrfix.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelConfigurationTest {
    private static final String CONFIG = """
            # Linux/arm 5.10.9 Kernel Configuration
            CONFIG_MODULES=y
            # CONFIG_SMP is not set
            CONFIG_EXT4_FS=m
            CONFIG_HZ=250
            CONFIG_PHYS_OFFSET=0x80000000
            CONFIG_BUILD_SALT=""
            CONFIG_CMDLINE="root=\\"a b\\" c:\\\\d"
            """;

    @TempDir
    Path temp;

    private KernelConfiguration read(String name, String text) throws IOException {
        return KernelConfiguration.read(Files.writeString(temp.resolve(name), text))
                .orElseThrow();
    }

    @Test
    void whatIsLargerThanAnyKernelsIsNoneAndNotAPartOfIt() throws IOException {
        Path file = temp.resolve(".config");
        Files.writeString(file, "CONFIG_A=y\n" + "#".repeat(16 << 20) + "\n");
        assertEquals(Optional.empty(), KernelConfiguration.read(file));
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 100_001; i++) {
            many.append("CONFIG_").append(i).append("=y\n");
        }
        assertEquals(Optional.empty(), KernelConfiguration.read(Files.writeString(file, many)));
        Path bomb = temp.resolve("bomb.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb))) {
            out.write(("CONFIG_A=y\n" + "#".repeat(16 << 20) + "\n").getBytes());
        }
        assertEquals(Optional.empty(), KernelConfiguration.read(bomb));
    }

    @Test
    void writesTheHeaderThatKconfigWould() throws IOException {
        assertEquals("""
                /*
                 * Put back by hdrfix from .config.
                 */
                #define CONFIG_MODULES 1
                #define CONFIG_EXT4_FS_MODULE 1
                #define CONFIG_HZ 250
                #define CONFIG_PHYS_OFFSET 0x80000000
                #define CONFIG_BUILD_SALT ""
                #define CONFIG_CMDLINE "root=\\"a b\\" c:\\\\d"
                """, read(".config", CONFIG).header(".config"));
    }

    @Test
    void writesStringsForMakeWithoutQuotationMarksSince516() throws IOException {
        String head = "#\n# Put back by hdrfix from .config.\n#\n"
                + "CONFIG_MODULES=y\nCONFIG_EXT4_FS=m\nCONFIG_HZ=250\nCONFIG_PHYS_OFFSET=0x80000000\n";
        assertEquals(
                head + "CONFIG_BUILD_SALT=\"\"\nCONFIG_CMDLINE=\"root=\\\"a b\\\" c:\\\\d\"\n",
                read(".config", CONFIG).makeInclude(".config", new KernelRelease("5.15.9")));
        assertEquals(
                head + "CONFIG_BUILD_SALT=\nCONFIG_CMDLINE=root=\"a b\" c:\\d\n",
                read(".config", CONFIG).makeInclude(".config", new KernelRelease("5.16.0")));
    }

    @Test
    void whatItWritesAgreesWithWhereItComesFrom() throws IOException {
        KernelConfiguration config = read(".config", CONFIG);
        for (String release : new String[] {"4.9.1", "6.12.2"}) {
            KernelConfiguration make = read("auto.conf", config.makeInclude("x", new KernelRelease(release)));
            assertEquals(Optional.empty(), config.contradiction(make));
            assertEquals(Optional.empty(), make.contradiction(read("autoconf.h", config.header("x"))));
        }
    }

    @Test
    void namesTheOptionInWhichTwoFilesDiffer() throws IOException {
        KernelConfiguration config = read(".config", CONFIG);
        assertEquals(
                Optional.of("CONFIG_EXT4_FS_MODULE"),
                config.contradiction(read("other", CONFIG.replace("EXT4_FS=m", "EXT4_FS=y"))));
        assertEquals(Optional.of("CONFIG_SMP"), config.contradiction(read("more", CONFIG + "CONFIG_SMP=y\n")));
        assertEquals(
                Optional.of("CONFIG_HZ"), config.contradiction(read("less", CONFIG.replace("CONFIG_HZ=250\n", ""))));
        assertEquals(
                Optional.empty(),
                read("hex", "CONFIG_BASE=0x0\n").contradiction(read("header", "#define CONFIG_BASE 0\n")));
    }

    @Test
    void readsWhatTheKernelPacksAndNothingElse() throws IOException {
        Path packed = temp.resolve("config.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("CONFIG_HZ=300\n".getBytes());
        }
        assertEquals(
                "300", KernelConfiguration.read(packed).orElseThrow().values().get("CONFIG_HZ"));
        assertEquals(
                Optional.empty(), KernelConfiguration.read(Files.writeString(temp.resolve("damaged.gz"), "no gzip")));
        assertEquals(
                Optional.empty(), KernelConfiguration.read(Files.writeString(temp.resolve("empty"), "# nothing\n")));
        assertEquals(
                Optional.empty(),
                KernelConfiguration.read(Files.writeString(temp.resolve("odd"), "CONFIG_\nfoo\n#define CONFIG_A\n")));
        assertEquals(Optional.empty(), KernelConfiguration.read(temp));
        assertEquals(Optional.empty(), KernelConfiguration.read(temp.resolve("missing")));
    }
}
