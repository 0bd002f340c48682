package org.hdrfix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a function of its arguments, on the sample system that the README uses. */
class MainTest {
    private static final String SAMPLE = "testdata/sample";

    @TempDir
    Path temp;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return Main.run(arguments, new PrintStream(out, true), new PrintStream(err, true));
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void checksTheSampleAndNamesTheBrokenTreeAndTheLineToType() {
        assertEquals(1, run("check", "--root", SAMPLE));
        assertTrue(printed().contains("Raspberry Pi 4 Model B Rev 1.4, Debian 12 arm64, running kernel 6.6.31-v8+"));
        assertTrue(printed().contains("OK       6.1.21-v8+     5 of 5 host programs run here"));
        assertTrue(printed().contains("built for s390x, this system is arm64"));
        assertTrue(printed().contains("repair --apply --root"));
        assertTrue(printed().endsWith("2 header trees checked: 1 broken, 1 OK.\n"));
        assertTrue(printed().chars().allMatch(c -> c == '\n' || (c >= ' ' && c <= '~')));
    }

    @Test
    void exitsWithNothingWrongWhenOnlyTheHealthyTreeIsNamed() {
        assertEquals(0, run("check", "--root", SAMPLE, "6.1.21-v8+"));
        assertFalse(printed().contains("BROKEN"));
    }

    @Test
    void exitsWithZeroWhenAskedTo() {
        assertEquals(0, run("check", "--exit-zero", "--root", SAMPLE));
        assertTrue(printed().contains("BROKEN"));
    }

    @Test
    void coloursTheWordsOnlyWhenAskedTo() {
        run("check", "--color", "always", "--root", SAMPLE);
        assertTrue(printed().contains("\u001b[91mBROKEN\u001b[m"), printed());
        run("check", "--color", "never", "--root", SAMPLE);
        assertFalse(printed().contains("\u001b"));
    }

    @Test
    void refusesWhatItDoesNotUnderstandWithOneSentence() {
        for (String[] arguments : new String[][] {
            {"chekc"},
            {},
            {"check", "--rot", "/"},
            {"check", "--root", "/no/such"},
            {"repair", "--way", "sideways", "--root", SAMPLE, "--apply"},
            {"check", "--color", "pink", "--root", SAMPLE}
        }) {
            assertEquals(2, run(arguments), String.join(" ", arguments));
            assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("hdrfix: "));
            assertFalse(err.toString(StandardCharsets.UTF_8).contains("\tat "));
        }
    }

    @Test
    void saysThatATreeIsNotThere() {
        assertEquals(3, run("check", "--root", SAMPLE, "9.9.9"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("9.9.9: no header tree"));
    }

    @Test
    void aSystemWithoutTreesHasNothingWrong() {
        assertEquals(0, run("check", "--root", temp.toString(), "--platform", "arm64"));
        assertTrue(printed().startsWith("No header trees in "));
    }

    @Test
    void neutralisesEscapeSequencesInFileNames() throws Exception {
        Path tree = temp.resolve("usr/src/linux-headers-1.2.3");
        Files.createDirectories(tree.resolve("scripts"));
        Files.createDirectories(tree.resolve("include/generated"));
        Files.copy(
                Path.of(SAMPLE, "usr/src/linux-headers-6.6.31-v8+/scripts/kallsyms"),
                tree.resolve("scripts/\u001b[31mred"));
        run("check", "--root", temp.toString(), "--platform", "amd64", "-v");
        assertFalse(printed().contains("\u001b"));
        assertTrue(printed().contains("scripts/\\x1b[31mred"), printed());
    }

    @Test
    void dryRepairShowsThePlanAndChangesNothing() throws Exception {
        long before = files();
        run("repair", "--root", SAMPLE, "6.6.31-v8+");
        assertTrue(
                printed().endsWith("Nothing changed.\n") || printed().endsWith("Run again with --apply to do it.\n"));
        assertEquals(before, files());
    }

    @Test
    void recoversWhenNothingWasCutShort() {
        assertEquals(0, run("recover", "--root", temp.toString()));
        assertEquals("No repair was cut short.\n", printed());
        assertEquals(0, run("recover", "-q", "--root", temp.toString()));
        assertEquals("", printed());
        assertFalse(Files.exists(temp.resolve("var")));
    }

    /** A transaction without its journal has touched nothing: whoever comes next clears it away. */
    @Test
    void checkClearsAwayWhatARepairHasLeftAndReportsAJournalThatItCannotRead() throws Exception {
        Path state = Files.createDirectories(temp.resolve("var/lib/hdrfix/1.2.3"));
        Files.createDirectories(state.resolve("1/bak"));
        assertEquals(0, run("check", "--root", temp.toString(), "--platform", "arm64"));
        assertFalse(Files.exists(state));

        Files.createDirectories(state.resolve("2"));
        Files.writeString(state.resolve("2/journal"), "nonsense");
        for (String command : new String[] {"check", "recover", "undo", "repair"}) {
            assertEquals(3, run(command, "--root", temp.toString()), command);
            assertTrue(
                    err.toString(StandardCharsets.UTF_8).contains("2/journal is damaged; nothing was changed"),
                    command + ": " + err);
        }
        assertEquals("nonsense", Files.readString(state.resolve("2/journal")));
    }

    private static long files() throws Exception {
        try (Stream<Path> all = Files.walk(Path.of(SAMPLE))) {
            return all.count();
        }
    }
}
