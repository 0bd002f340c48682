package org.hdrfix.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.elf.ElfReader;
import org.hdrfix.elf.KernelModuleReader;
import org.hdrfix.elf.MemoryChannel;
import org.hdrfix.explain.LogReader;
import org.hdrfix.kbuild.Scratch;
import org.hdrfix.patch.MalformedPatchException;
import org.hdrfix.patch.PatchSet;
import org.hdrfix.patch.UnifiedDiff;
import org.hdrfix.platform.Architectures;
import org.hdrfix.platform.Platform;
import org.hdrfix.proof.ConfigurationTarget;
import org.hdrfix.repair.JournalTarget;
import org.hdrfix.tree.KernelConfiguration;

/**
 * The readers of what others wrote, each as a function of bytes that may only throw what it declares. The folder of that
 * name in {@code testdata/fuzz} has inputs that are tried on every build; coverage-guided fuzzing looks for more.
 */
enum FuzzTarget {
    ELF {
        @Override
        void read(byte[] bytes) throws IOException {
            SYSTEM.judge(ElfReader.read(new MemoryChannel(bytes)));
        }
    },
    MODULE {
        @Override
        void read(byte[] bytes) {
            KernelModuleReader.read(bytes);
        }
    },
    /** The patch, and behind a line of NUL the file that it is for. */
    PATCH {
        @Override
        void read(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\n\0\n");
            byte[] patch = (end < 0 ? text : text.substring(0, end + 1)).getBytes(StandardCharsets.ISO_8859_1);
            byte[] file = (end < 0 ? "" : text.substring(end + 3)).getBytes(StandardCharsets.ISO_8859_1);
            try {
                PatchSet set = UnifiedDiff.parse("fuzzed", patch);
                set.apply(path -> Optional.of(file));
                set.apply(path -> Optional.empty());
            } catch (MalformedPatchException e) {
                // The declared answer to a text that is no patch.
            }
        }
    },
    DEB822 {
        @Override
        void read(byte[] bytes) {
            try {
                Deb822.read("fuzzed", new String(bytes, StandardCharsets.UTF_8));
            } catch (CatalogueException e) {
                // The declared answer to a text without stanzas.
            }
        }
    },
    LOG {
        @Override
        void read(byte[] bytes) throws IOException {
            LogReader.explain(new ByteArrayInputStream(bytes), Long.MAX_VALUE);
        }
    },
    JOURNAL {
        @Override
        void read(byte[] bytes) throws IOException {
            JournalTarget.read(bytes, Files.createDirectories(SCRATCH));
        }
    },
    CONFIGURATION {
        @Override
        void read(byte[] bytes) throws IOException {
            Path file = Files.createDirectories(SCRATCH).resolve("config");
            Files.write(file, bytes);
            KernelConfiguration.read(file).ifPresent(configuration -> configuration.header("fuzzed"));
            ConfigurationTarget.read(file);
        }
    };

    /** Names the target for the fuzzer. */
    static final String CHOICE = "hdrfix.fuzz";

    /** In memory, where there is such a directory: a fuzzer writes some thousand files a second. */
    private static final Path SCRATCH = Path.of(
            Files.isDirectory(Path.of("/dev/shm")) ? "/dev/shm" : System.getProperty("java.io.tmpdir"),
            "hdrfix-fuzz-" + ProcessHandle.current().pid());

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(FuzzTarget::deleteScratch));
    }

    private static final Platform SYSTEM = new Platform(
            Path.of("/nonexistent"),
            Architectures.named("armhf").orElseThrow(),
            "--platform",
            Optional.of(Set.of("/lib/ld-linux-armhf.so.3")),
            Set.of("GLIBC_2.4", "GLIBC_2.31"),
            OptionalLong.of(16384),
            OptionalInt.of(6),
            java.util.List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /**
     * Reads one input.
     *
     * @throws IOException where the disk fails, and never because of the input
     */
    abstract void read(byte[] bytes) throws IOException;

    private static void deleteScratch() {
        try {
            Scratch.delete(SCRATCH);
        } catch (IOException e) {
            // It lies in memory, or where the system clears up.
        }
    }

    /** Where its inputs are kept. */
    Path corpus() {
        return Path.of("testdata/fuzz", name().toLowerCase(java.util.Locale.ROOT));
    }
}
