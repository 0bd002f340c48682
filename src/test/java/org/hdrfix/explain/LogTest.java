package org.hdrfix.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks {@code testdata/logs}: NAME.log, and beside it NAME.tags with the causes in the order in which they must be
 * named. A log whose name begins with {@code silent-} has no tags: it must give no cause.
 */
class LogTest {
    private static final Path LOGS = Path.of("testdata/logs");

    static List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.list(LOGS)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("logs")
    void namesTheCausesThatStandBesideTheLog(Path log) throws IOException {
        String name = log.getFileName().toString();
        Path tags = log.resolveSibling(name.replace(".log", ".tags"));
        assertEquals(!name.startsWith("silent-"), Files.exists(tags), "tags beside " + log);
        try (InputStream in = Files.newInputStream(log)) {
            assertEquals(
                    Files.exists(tags) ? Files.readAllLines(tags) : List.of(),
                    MessageTest.tags(LogReader.explain(in, Long.MAX_VALUE).causes()));
        }
    }

    @Test
    void oneLogInThreeIsSilent() throws IOException {
        long silent = logs().stream()
                .filter(log -> log.getFileName().toString().startsWith("silent-"))
                .count();
        assertTrue(silent * 3 >= logs().size(), silent + " of " + logs().size());
    }
}
