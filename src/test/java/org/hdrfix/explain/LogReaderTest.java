package org.hdrfix.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The folders of {@code testdata/logs} are named after the tag that their logs must lead to; {@code silent} after none. */
class LogReaderTest {
    private static final Path LOGS = Path.of("testdata/logs");

    static List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.walk(LOGS)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    static List<Message> messages() {
        return Message.all();
    }

    private static Explanation read(String log) throws IOException {
        return LogReader.read(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> tags(Explanation explanation) {
        return explanation.causes().stream().map(cause -> cause.message().tag()).toList();
    }

    @ParameterizedTest
    @MethodSource("logs")
    void namesTheCauseThatTheFolderSays(Path log) throws IOException {
        String expected = log.getParent().getFileName().toString();
        try (InputStream in = Files.newInputStream(log)) {
            List<String> tags = tags(LogReader.read(in));
            assertEquals(
                    expected.equals("silent") ? List.of() : List.of(expected),
                    tags.stream().limit(1).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageExplainsItsOwnTestLines(Message message) throws IOException {
        assertTrue(!message.tests().isEmpty(), message.tag());
        List<String> logs = message.with().isEmpty() ? message.tests() : List.of(String.join("\n", message.tests()));
        for (String log : logs) {
            Explanation explanation = read(log + "\n");
            if (message.rank() == Message.HARMLESS) {
                assertEquals(List.of(), tags(explanation), log);
                assertEquals(1, explanation.harmless(), log);
            } else {
                assertEquals(message.tag(), tags(explanation).get(0), log);
                assertEquals(
                        message.rank(), explanation.causes().get(0).message().rank(), log);
            }
        }
    }

    @Test
    void quotesTheFirstLineThatSaidItAndCountsTheOthers() throws IOException {
        Explanation explanation = read("make: entering\n\n/bin/sh: 1: scripts/basic/fixdep: Exec format error\r\n"
                + "/bin/sh: 1: scripts/mod/modpost: Exec format error\n");

        Explanation.Cause cause = explanation.causes().get(0);
        assertEquals(3, cause.line());
        assertEquals("/bin/sh: 1: scripts/basic/fixdep: Exec format error", cause.quote());
        assertEquals(2, cause.times());
        assertEquals(4, explanation.lines());
    }

    @Test
    void readsThroughColoursAndEveryKindOfQuotationMark() throws IOException {
        for (String log : List.of(
                "\u001b[01m\u001b[Kx.c:3:10:\u001b[m\u001b[K \u001b[01;31m\u001b[Kfatal error: \u001b[m\u001b[Ktools/be_byteshift.h: No such file",
                "2024-02-03T04:05:06Z  x.c:3: fatal error: tools/be_byteshift.h: No such file or directory")) {
            assertEquals(List.of("missing-byteshift"), tags(read(log)));
        }
        assertEquals(
                List.of("no-module-compiler"),
                tags(read("gcc: error: unrecognized command-line option \u2018-mgeneral-regs-only\u2019\n")));
    }

    @Test
    void aCauseStandsBeforeWhatComesOfIt() throws IOException {
        Explanation explanation = read("/bin/sh: 1: scripts/basic/fixdep: Exec format error\n"
                + "make[2]: *** [scripts/Makefile.build:250: a.o] Error 126\n"
                + "ERROR: Kernel configuration is invalid.\n"
                + "Error! Bad return status for module build on kernel: 6.1.0 (aarch64)\n");

        assertEquals(List.of("foreign-host-program", "missing-configuration", "see-make-log"), tags(explanation));
    }

    @Test
    void findsALineAtEveryPlaceOfABlock() throws IOException {
        String telling = "/bin/sh: 1: flex: not found\n";
        for (int before = (1 << 16) - 40; before < (1 << 16) + 5; before++) {
            assertEquals(List.of("missing-generator"), tags(read("x".repeat(before - 1) + "\n" + telling)));
            assertEquals(List.of("missing-generator"), tags(read("x".repeat(before) + telling)));
        }
    }

    @Test
    void readsEndlessLinesAndAnyBytesInConstantMemory() throws IOException {
        long size = 20L << 20;
        Random random = new Random(20261121);
        InputStream hostile = new InputStream() {
            private long left = size;

            @Override
            public int read() {
                return left-- > 0 ? random.nextInt(256) | 0x80 : -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                int count = (int) Math.min(length, left);
                for (int i = 0; i < count; i++) {
                    into[offset + i] = (byte) (i % 7 == 0 ? 0 : 'M');
                }
                left -= count;
                return count == 0 ? -1 : count;
            }
        };
        Explanation explanation = LogReader.read(hostile);

        assertEquals(List.of(), explanation.causes());
        assertEquals(1, explanation.lines());
    }

    @Test
    void theScannerFindsWhatIndexOfFinds() {
        Random random = new Random(20261122);
        for (int round = 0; round < 300; round++) {
            List<String> needles = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                needles.add(text(random, 1 + random.nextInt(4)));
            }
            String hay = text(random, 60);
            NeedleScanner scanner = new NeedleScanner(needles);
            boolean[] found = new boolean[needles.size()];
            int state = 0;
            for (byte b : hay.getBytes(StandardCharsets.US_ASCII)) {
                state = scanner.step(state, b);
                if (scanner.ending(state) != null) {
                    for (int needle : scanner.ending(state)) {
                        found[needle] = true;
                    }
                }
            }
            for (int i = 0; i < needles.size(); i++) {
                assertEquals(hay.contains(needles.get(i)), found[i], needles.get(i) + " in " + hay);
            }
        }
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("abc".charAt(random.nextInt(3)));
        }
        return text.toString();
    }
}
