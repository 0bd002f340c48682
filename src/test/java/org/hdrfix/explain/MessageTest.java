package org.hdrfix.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every stanza of the catalogue matches its own test lines, and is named first when such a line stands alone. */
class MessageTest {
    /** Where several stanzas share a tag, one without tests is a second guess at the lines of the others. */
    static Stream<Arguments> tests() {
        return Message.all().stream()
                .flatMap(message -> message.tests().stream().map(test -> Arguments.of(message.tag(), test, message)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("tests")
    void leadsToItsOwnTag(String tag, String test, Message message) throws IOException {
        List<String> lines = new ArrayList<>(message.given());
        lines.add(test);
        Explanation explanation = explain(String.join("\n", lines));
        List<String> causes = tags(message.harmless() ? explanation.harmless() : explanation.causes());
        assertEquals(tag, causes.isEmpty() ? "" : causes.get(0), () -> test + " -> " + causes);
        assertTrue(message.lines().stream().anyMatch(line -> line.match(LogReaderTest.line(test)) != null), test);
        assertTrue(!message.harmless() || explanation.causes().isEmpty(), test);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("tests")
    void isReadThroughColoursQuotesCarriageReturnsAndPrefixes(String tag, String test, Message message)
            throws IOException {
        // A pattern with ^ or $ asks for a line of its own.
        boolean bare =
                message.lines().stream().allMatch(line -> line.match(LogReaderTest.line("x " + test + " x")) == null);
        String prefix = bare ? "" : "2026-05-01T10:11:12.3456789Z \u001b[36m[build]\u001b[0m ";
        List<String> lines = new ArrayList<>(message.given());
        lines.add(prefix
                + test.replace("error:", "\u001b[01;31m\u001b[Kerror:\u001b[m\u001b[K")
                        .replace("'", "\u2018"));
        Explanation explanation = explain(String.join("\r\n", lines) + "\r\n");
        List<String> causes = tags(message.harmless() ? explanation.harmless() : explanation.causes());
        assertTrue(causes.contains(tag), () -> lines + " -> " + causes);
    }

    @Test
    void everyTagHasATestAndTwoShortSentences() {
        Set<String> tested = new HashSet<>();
        Message.all().stream().filter(m -> !m.tests().isEmpty()).forEach(m -> tested.add(m.tag()));
        for (Message message : Message.all()) {
            assertTrue(tested.contains(message.tag()), message.tag() + " has no test");
            assertTrue(message.tag().matches("[a-z][a-z-]+[a-z]"), message.tag());
            assertTrue(message.cause().split("[.] ").length <= 2, message.tag() + " explains at length");
            assertTrue(message.cure().split("[.] ").length <= 2, message.tag() + " advises at length");
            assertTrue(message.cause().endsWith("."), message.tag());
            assertTrue(message.cause().length() <= 260, message.tag() + " explains at length");
            assertFalse(message.lines().isEmpty(), message.tag());
            assertTrue(
                    (message.cause() + message.cure() + message.commands())
                            .chars()
                            .allMatch(c -> c < 0x7f),
                    message.tag() + " is not ASCII");
        }
    }

    @Test
    void everyFollowedTagIsThere() {
        Set<String> tags = new HashSet<>(List.of("*"));
        Message.all().forEach(message -> tags.add(message.tag()));
        Message.all().forEach(message -> {
            assertTrue(tags.containsAll(message.follows()), message.tag());
            assertTrue(tags.containsAll(message.yieldsTo()), message.tag());
        });
    }

    static Explanation explain(String log) throws IOException {
        return LogReader.explain(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)), Long.MAX_VALUE);
    }

    static List<String> tags(List<Explanation.Cause> causes) {
        return causes.stream().map(cause -> cause.message().tag()).toList();
    }
}
