package org.hdrfix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.hdrfix.diagnosis.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hdrfix explain} as a function of its arguments and of standard input. */
class ExplainCommandTest {
    private static final String FOREIGN = "/bin/sh: 1: scripts/basic/fixdep: Exec format error\n";

    @TempDir
    Path temp;

    private String printed;
    private String complained;

    private int run(String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return Main.run(arguments, new PrintStream(out, true), new PrintStream(err, true));
        } finally {
            System.setIn(before);
            printed = out.toString(StandardCharsets.UTF_8);
            complained = err.toString(StandardCharsets.UTF_8);
        }
    }

    private Path file(String name, byte[] bytes) throws Exception {
        return Files.write(temp.resolve(name), bytes);
    }

    @Test
    void quotesTheLineNamesTheRuleAndSaysWhatToType() {
        assertEquals(0, run("one\n" + FOREIGN + FOREIGN, "explain", "-"));
        assertTrue(printed.startsWith("CAUSE    line 2 "), printed);
        assertTrue(printed.contains("\"/bin/sh: 1: scripts/basic/fixdep: Exec format error\""), printed);
        assertTrue(printed.contains("foreign-host-program\n"), printed);
        assertTrue(printed.contains("1 more line says the same"), printed);
        assertTrue(printed.contains("sudo hdrfix repair --apply"), printed);
        assertTrue(printed.lines().allMatch(line -> line.length() <= 80), printed);
    }

    @Test
    void saysSoWhenItDoesNotKnow() {
        assertEquals(1, run("nothing\nof\ninterest\n", "explain", "-"));
        assertTrue(printed.startsWith("No known message in 3 lines."), printed);
        assertFalse(printed.contains("CAUSE"), printed);
        assertEquals(1, run("nothing\n", "explain", "-q", "-"));
        assertEquals("", printed);
    }

    @Test
    void namesHarmlessLinesAsThat() {
        assertEquals(1, run("Skipping BTF generation for x.ko due to unavailability of vmlinux\n", "explain", "-"));
        assertTrue(printed.contains("harmless line 1") && !printed.contains("CAUSE"), printed);
    }

    @Test
    void explainsEveryTagOfTheRulesAndOfTheMessages() {
        for (Rule rule : Rule.all()) {
            assertEquals(0, run("", "explain", rule.tag()));
            assertTrue(printed.contains(rule.tag()) && printed.contains("cause"), printed);
        }
        for (String tag :
                new String[] {"missing-configuration", "mixed-releases", "wrong-make-line", "unsigned-module"}) {
            assertEquals(0, run("", "explain", tag), tag);
        }
        assertEquals(0, run("", "explain", "--list"));
        assertTrue(printed.contains("\nwrong-make-line ") && printed.contains("\nno-source "), printed);
        assertTrue(printed.lines().allMatch(line -> line.length() <= 80), printed);
    }

    @Test
    void anUnknownTagIsOneSentenceWithNearNames() {
        assertEquals(2, run("", "explain", "foriegn-host-program"));
        assertEquals(
                "hdrfix: foriegn-host-program: neither a rule nor a file; near it: foreign-host-program\n", complained);
        assertEquals(2, run("", "explain", "zzzzzzzzzzzz"));
        assertTrue(complained.contains("explain --list"), complained);
    }

    @Test
    void readsFilesAlsoCompressedOnesAndSaysWhatItCannotRead() throws Exception {
        Path plain = file("make.log", FOREIGN.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(FOREIGN.getBytes(StandardCharsets.UTF_8));
        }
        Path gz = file("make.log.gz", packed.toByteArray());
        assertEquals(0, run("", "explain", plain.toString(), gz.toString()));
        assertEquals(2, printed.lines().filter(line -> line.startsWith("CAUSE")).count());
        Path cut = file("cut.gz", java.util.Arrays.copyOf(packed.toByteArray(), 20));
        Path xz = file("x.xz", new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 1});
        Path program = file("fixdep", new byte[] {0x7f, 'E', 'L', 'F', 1, 1});
        for (String name : new String[] {
            cut.toString(), xz.toString(), program.toString(), temp.toString(), temp + "/none.log", "bad\0name"
        }) {
            assertEquals(3, run("", "explain", name), name);
            assertTrue(complained.startsWith("hdrfix: ") && complained.lines().count() == 1, complained);
            assertEquals("", printed);
        }
        assertEquals(3, run("", "explain", plain.toString(), temp + "/none.log"));
        assertTrue(printed.startsWith("CAUSE"), printed);
    }

    @Test
    void aLogCannotReachTheTerminalWithItsEscapeSequences() {
        assertEquals(0, run("\u001b[31m\u0007\u0085\u009b2J \u00fc" + FOREIGN, "explain", "-"));
        assertTrue(printed.chars().allMatch(c -> c == '\n' || c >= ' ' && c <= '~'), printed);
        assertEquals(0, run(FOREIGN, "explain", "--color", "always", "-"));
        assertTrue(printed.contains("\u001b[91mforeign-host-program\u001b[m"), printed);
    }

    @Test
    void listsWhatElseWasSeen() {
        String log = FOREIGN + "Segmentation fault scripts/mod/modpost\nmake: gcc: No such file or directory\n"
                + "cp: error writing 'x': No space left on device\n/bin/sh: 1: bison: not found\n";
        assertEquals(0, run(log, "explain", "-"));
        assertTrue(printed.contains("  also     line 4 "), printed);
        assertTrue(printed.contains("more (-v lists them)"), printed);
        run(log, "explain", "-v", "-");
        assertFalse(printed.contains("more (-v"), printed);
    }
}
