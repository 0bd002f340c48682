package org.hdrfix.explain;

import static org.hdrfix.explain.MessageTest.explain;
import static org.hdrfix.explain.MessageTest.tags;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.explain.Explanation.Cause;
import org.junit.jupiter.api.Test;

class LogReaderTest {
    private static final String FOREIGN = "/bin/sh: 1: scripts/basic/fixdep: Exec format error";

    static String line(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return " " + LineText.of(bytes, 0, bytes.length).strip() + " ";
    }

    private static boolean matches(String pattern, String text) {
        return LinePattern.of(pattern, Map.of("animal", List.of("cat", "dog"))).match(line(text)) != null;
    }

    @Test
    void patternsAreWordsInOrder() {
        assertTrue(matches("one*two", "x one x two x"));
        assertFalse(matches("one*two", "x two x one x"));
        assertFalse(matches("one*two", "x onetw x"));
        assertTrue(matches("one{ |-}two", "one-two"));
        assertTrue(matches("one{ |-}two", "one two"));
        assertFalse(matches("one{ |-}two", "one+two"));
        assertTrue(matches("a {animal}: ", "a dog: barks"));
        assertFalse(matches("a {animal}: ", "a bird: sings"));
        assertTrue(matches("^one", "   one two"));
        assertFalse(matches("^one", "two one"));
        assertTrue(matches("two$", "one two  "));
        assertFalse(matches("two$", "one two three"));
        assertTrue(matches("^two$", "two"));
        assertFalse(matches("^two$", "two two"));
        assertTrue(matches("M={ |\"\" }", "make M="));
        assertTrue(matches("\\*\\*\\* one", "*** one"));
        assertFalse(matches("\\*\\*\\* one", "+++ one"));
        assertTrue(matches("'yylloc'", "\u2018yylloc\u2019 and `yylloc'"));
        // The alternative that ends first: the longer one would eat the word behind it.
        assertTrue(matches("{ab|abc}c", "xabcy"));
        assertTrue(matches("{a|a b}*b c", "a b c"));
    }

    @Test
    void badPatternsAreRefused() {
        for (String bad : List.of("{open", "***", "", "ab", "''*' '")) {
            assertThrows(
                    CatalogueException.class,
                    () -> LinePattern.of(bad, Map.of()).needles(),
                    bad);
        }
    }

    @Test
    void namesTheFirstLineItsNumberAndHowManySayTheSame() throws IOException {
        Explanation explanation = explain("one\n\n" + FOREIGN + "\ntwo\n" + FOREIGN + "\n" + FOREIGN);
        Cause cause = explanation.causes().get(0);
        assertEquals(6, explanation.lines());
        assertEquals(3, cause.line());
        assertEquals(FOREIGN, cause.quote());
        assertEquals(2, cause.others());
        assertTrue(explanation.complete());
    }

    @Test
    void theSameWordsFromModprobeAreAnotherDisease() throws IOException {
        assertEquals(List.of("foreign-host-program"), tags(explain(FOREIGN).causes()));
        assertEquals(
                List.of("mixed-releases"),
                tags(explain("modprobe: ERROR: could not insert 'x': Exec format error")
                        .causes()));
        assertEquals(
                List.of(),
                explain("run-parts: /etc/cron.daily/x: Exec format error").causes());
        assertEquals(
                List.of(),
                explain("standard_init_linux.go:211: exec user process caused \"exec format error\"")
                        .causes());
    }

    @Test
    void anEmptyModuleDirectoryIsTheMakeLineAndNotTheTree() throws IOException {
        String kconfig = "can't find file Kconfig\n";
        assertEquals(List.of("missing-kconfig"), tags(explain(kconfig).causes()));
        for (String make : List.of(
                "make -C /lib/modules/5.9.3/build M= modules",
                "make -C /lib/modules/5.9.3/build M=",
                "make -C \"/lib/modules/5.9.3/build\" M=\"\" modules",
                "make -C /usr/src/linux SUBDIRS=/root/x modules")) {
            assertEquals(
                    "wrong-make-line",
                    tags(explain(make + "\n" + kconfig).causes()).get(0),
                    make);
        }
        assertEquals(
                List.of("missing-kconfig"),
                tags(explain("make -C /lib/modules/5.9.3/build M=/root/x modules\n" + kconfig)
                        .causes()));
        // The make line comes before what it leads to.
        assertEquals(
                List.of("missing-kconfig"),
                tags(explain(kconfig + "make -C /lib/modules/5.9.3/build M= modules\n")
                        .causes()));
    }

    @Test
    void whatFollowsFromAnEarlierLineIsNoCause() throws IOException {
        String invalid = "ERROR: Kernel configuration is invalid.\n";
        String kconfig = "can't find file Kconfig\n";
        assertEquals(List.of("missing-kconfig"), tags(explain(kconfig + invalid).causes()));
        assertEquals(
                List.of("missing-kconfig", "missing-configuration"),
                tags(explain(invalid + kconfig).causes()));
        String dkms = "Error! Bad return status for module build on kernel: 6.1.21-v8+ (aarch64)\n";
        assertEquals(List.of("dkms-build-failed"), tags(explain(dkms).causes()));
        assertEquals(
                List.of("foreign-host-program"), tags(explain(dkms + FOREIGN).causes()));
    }

    @Test
    void makesOwnErrorsAreNeverACause() throws IOException {
        assertEquals(
                List.of(),
                explain("make[2]: *** [scripts/Makefile.build:289: /root/x/x.o] Error 2\n"
                                + "scripts/Makefile.build:257: recipe for target '/root/x/x.o' failed\n"
                                + "make[1]: *** [Makefile:1381: _module_/root/x] Error 2\n"
                                + "make: *** [Makefile:10: all] Error 1\n")
                        .causes());
    }

    @Test
    void sourcesAndCommandsThatOnlyHoldAMessageTellNothing() throws IOException {
        for (String source : List.of(
                "    printf(\"scripts/basic/fixdep: Exec format error\\n\");",
                "// " + FOREIGN,
                "/* " + FOREIGN + " */",
                "echo >&2 \"  ERROR: Kernel configuration is invalid.\";\\",
                "  * modprobe: ERROR: could not insert 'x': Exec format error",
                "Subject: Exec format error",
                "char *reason = \"Exec format error\";")) {
            assertEquals(List.of(), explain(source).causes(), source);
        }
    }

    @Test
    void harmlessLinesAreNeverACause() throws IOException {
        Explanation explanation = explain("Skipping BTF generation for x.ko due to unavailability of vmlinux\n");
        assertEquals(List.of(), explanation.causes());
        assertEquals(List.of("no-btf-generated"), tags(explanation.harmless()));
    }

    @Test
    void readsTextOfSixteenBitsAndBytesThatAreNoText() throws IOException {
        byte[] wide = ("\ufeff" + FOREIGN + "\r\n").getBytes(StandardCharsets.UTF_16LE);
        assertEquals(List.of("foreign-host-program"), tags(explainBytes(wide).causes()));
        byte[] latin = ("cc1: gr\u00fc\u00df \u00ff\n" + FOREIGN).getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(2, explainBytes(latin).causes().get(0).line());
        byte[] noise = new byte[1 << 20];
        new Random(7).nextBytes(noise);
        assertEquals(List.of(), explainBytes(noise).causes());
        assertEquals(0, explainBytes(new byte[0]).lines());
        assertEquals(1, explainBytes(new byte[100_000]).lines());
    }

    @Test
    void escapeSequencesDoNotHideWordsAndNeverEatALine() throws IOException {
        String coloured = FOREIGN.replace("fixdep", "\u001b[01;31m\u001b[Kfix\u001b[m\u001b[Kdep");
        assertEquals(List.of("foreign-host-program"), tags(explain(coloured).causes()));
        for (String broken : List.of("\u001b", "\u001b[", "\u001b[1;", "\u001b]8;;http://x", "\u001b]0;title")) {
            Explanation explanation = explain("x " + broken + "\n" + FOREIGN + "\n");
            assertEquals(List.of("foreign-host-program"), tags(explanation.causes()), broken);
            assertEquals(2, explanation.causes().get(0).line());
        }
        String link = FOREIGN.replace("Exec", "\u001b]8;;http://x\u001b\\Exec\u001b]8;;\u0007");
        assertEquals(List.of("foreign-host-program"), tags(explain(link).causes()));
    }

    @Test
    void findsWordsWhereverTheyStandInALongLineAndQuotesLittleOfIt() throws IOException {
        for (int before : new int[] {0, 100, 3500, 4000, 4040, 4060, 4090, 4096, 5000, 65_500, 65_536, 300_000}) {
            Explanation explanation = explain("x".repeat(before) + " " + FOREIGN + " " + "y".repeat(70_000));
            assertEquals(List.of("foreign-host-program"), tags(explanation.causes()), "behind " + before);
            String quote = explanation.causes().get(0).quote();
            assertTrue(quote.contains("fixdep: Exec format error") && quote.length() < 260, quote);
            assertEquals(1, explanation.lines());
            assertEquals(0, explanation.causes().get(0).others());
        }
    }

    @Test
    void readsNoMoreThanItIsAllowedTo() throws IOException {
        Explanation explanation =
                LogReader.explain(new Repeated("x\n".getBytes(StandardCharsets.US_ASCII), 1L << 40), 1 << 20);
        assertFalse(explanation.complete());
        assertEquals(1 << 19, explanation.lines());
    }

    /** Twenty megabytes each, of four kinds: what is kept afterwards is one line for each cause. */
    @Test
    void keepsNoMoreOfALongLogThanOfAShortOne() throws IOException {
        for (String unit : List.of("  CC [M]  /root/x/x.o\n", "no end ", FOREIGN + "\n", FOREIGN + " ")) {
            LogReader.Kept kept = LogReader.keep(new Repeated(unit.getBytes(StandardCharsets.US_ASCII), 20 << 20));
            assertTrue(kept.bytes() <= 1 << 16, unit);
            assertTrue(kept.quotes() <= 8 * 1024, unit);
            assertNotNull(kept.explanation());
        }
    }

    @Test
    void aNeedleIsInEveryLineThatItsPatternMatches() {
        for (Message message : Message.all()) {
            for (String test : message.tests()) {
                for (LinePattern pattern : message.lines()) {
                    if (pattern.match(line(test)) != null) {
                        String bytes = new String(test.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
                        assertTrue(
                                pattern.needles().stream()
                                        .anyMatch(n -> bytes.contains(new String(n, StandardCharsets.ISO_8859_1))),
                                () -> pattern + " has no needle in " + test);
                    }
                }
            }
        }
        assertNull(LinePattern.of("one", Map.of()).match(line("two")));
    }

    private static Explanation explainBytes(byte[] bytes) throws IOException {
        return LogReader.explain(new java.io.ByteArrayInputStream(bytes), Long.MAX_VALUE);
    }

    /** The same bytes again and again. */
    private static final class Repeated extends InputStream {
        private final byte[] unit;
        private long left;
        private int at;

        Repeated(byte[] unit, long length) {
            this.unit = unit;
            this.left = length;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int from, int length) {
            if (left == 0) {
                return -1;
            }
            int count = (int) Math.min(left, length);
            for (int i = 0; i < count; i++) {
                into[from + i] = unit[at];
                at = (at + 1) % unit.length;
            }
            left -= count;
            return count;
        }
    }
}
