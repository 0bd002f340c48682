package org.hdrfix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.hdrfix.platform.PlatformReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What prove says where nothing is built; what it says of real kernels is the lab's part (src/lab/proof.sh). */
class ProveCommandTest {
    private static final String RELEASE = "6.1.21-v8+";

    @TempDir
    Path temp;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return Main.run(arguments, new PrintStream(out, true), new PrintStream(err, true));
    }

    /** What was printed, without line ends. */
    private String said() {
        return out.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " ");
    }

    private Path sample() throws Exception {
        Path sample = Path.of("testdata/sample");
        Path copy = temp.resolve("a-root-directory-with-a-long-name");
        try (Stream<Path> files = Files.walk(sample)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, copy.resolve(sample.relativize(file).toString()), LinkOption.NOFOLLOW_LINKS);
            }
        }
        return copy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Module.symvers", ".config", "include/config/auto.conf", "include/generated/autoconf.h"})
    void saysInOneSentenceThatATextIsLargerThanAnyKernels(String path) throws Exception {
        Path root = sample();
        Path text = root.resolve("usr/src/linux-headers-" + RELEASE).resolve(path);
        try (RandomAccessFile file = new RandomAccessFile(text.toFile(), "rw")) {
            file.setLength(100_000_000);
        }
        assertEquals(3, run("prove", "--root", root.toString(), RELEASE));
        assertTrue(said().contains("UNKNOWN " + RELEASE + " whether a module built here would load cannot be told"));
        assertTrue(said().contains("missing " + path + " has 95 MiB, more than any kernel's: it is damaged"), said());
        assertFalse(said().contains("Exception"));
    }

    @Test
    void saysForWhichMachineTheProgramsAre() {
        assertEquals(3, run("prove", "--root", "testdata/sample", "--platform", "riscv64", RELEASE));
        assertTrue(said().contains("the tree's host programs are for riscv64, this machine is "), said());
    }

    @Test
    void leavesTheLineToTypeInOnePiece() throws Exception {
        String own =
                PlatformReader.read(Path.of("/"), Optional.empty()).userland().name();
        Path root = sample();
        // Its programs are for s390x.
        assertEquals(3, run("prove", "--root", root.toString(), "--platform", own, "6.6.31-v8+"));
        String line = "  fix      sudo hdrfix repair --apply --root " + root + " --platform " + own + " 6.6.31-v8+";
        assertTrue(line.length() > 80, "too short to be broken anyway");
        assertTrue(
                out.toString(StandardCharsets.UTF_8).contains("\n" + line + "\n"),
                out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void refusesAReferenceThatIsNotThere() {
        assertEquals(
                2,
                run(
                        "prove",
                        "--root",
                        "testdata/sample",
                        "--reference",
                        temp.resolve("none").toString(),
                        RELEASE));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("none: no such file or directory"));
    }
}
