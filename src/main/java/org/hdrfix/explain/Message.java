package org.hdrfix.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;
import org.hdrfix.diagnosis.Rule;

/**
 * What a line of a log tells: a stanza of the catalogue {@code messages}. Several may share a tag.
 *
 * @param tag of the rule that it tells of, or a tag of its own where no tree is at fault
 * @param rank which of several causes is named first: the smallest; among equals the earlier line
 * @param lines any of them tells it
 * @param unlike a line that has any of these tells nothing
 * @param after signs of which one must have been seen in an earlier line, or none is asked for
 * @param with signs of which one must be in the log
 * @param without signs of which none may be in the log
 * @param follows tags of which this is only a consequence, where they stand in an earlier or the same line
 * @param yieldsTo tags that tell more of the same, wherever they stand; {@code *} is any other
 * @param harmless whether builds work all the same
 * @param cause why, in one or two sentences
 * @param cure what helps
 * @param commands what to type, line by line
 * @param given lines that go before each test
 * @param tests lines that must lead here and nowhere else first
 */
public record Message(
        String tag,
        int rank,
        List<LinePattern> lines,
        List<LinePattern> unlike,
        List<String> after,
        List<String> with,
        List<String> without,
        Set<String> follows,
        Set<String> yieldsTo,
        boolean harmless,
        String cause,
        String cure,
        List<String> commands,
        List<String> given,
        List<String> tests) {

    /**
     * All that the catalogue holds.
     *
     * @param messages in catalogue order
     * @param signs what lines say about their surroundings, by name
     * @param ignored lines that only quote a message: sources, commands
     */
    record Catalogue(List<Message> messages, Map<String, List<LinePattern>> signs, List<LinePattern> ignored) {
        static Catalogue read(List<Stanza> stanzas) {
            Map<String, List<String>> words = new HashMap<>();
            List<Message> messages = new ArrayList<>();
            Map<String, List<LinePattern>> signs = new LinkedHashMap<>();
            List<LinePattern> ignored = new ArrayList<>();
            for (Stanza stanza : stanzas) {
                if (stanza.field("Words").isPresent()) {
                    words.put(stanza.required("Words"), rows(stanza, "Are"));
                } else if (stanza.field("Sign").isPresent()) {
                    signs.put(stanza.required("Sign"), patterns(stanza, "Line", words));
                } else if (stanza.field("Ignore").isPresent()) {
                    ignored.addAll(patterns(stanza, "Line", words));
                } else {
                    messages.add(message(stanza, words));
                }
            }
            for (Message message : messages) {
                for (List<String> names : List.of(message.after, message.with, message.without)) {
                    for (String name : names) {
                        if (!signs.containsKey(name)) {
                            throw new CatalogueException("messages: " + message.tag + ": no sign " + name);
                        }
                    }
                }
            }
            return new Catalogue(List.copyOf(messages), signs, List.copyOf(ignored));
        }

        private static Message message(Stanza stanza, Map<String, List<String>> words) {
            String tag = stanza.required("Message");
            Optional<Rule> rule = rule(tag);
            return new Message(
                    tag,
                    stanza.field("Rank").map(Integer::parseInt).orElse(30),
                    patterns(stanza, "Line", words),
                    patterns(stanza, "Unlike", words),
                    stanza.words("After"),
                    stanza.words("With"),
                    stanza.words("Without"),
                    Set.copyOf(stanza.words("Follows")),
                    Set.copyOf(stanza.words("Yields-To")),
                    stanza.field("Harmless").isPresent(),
                    rule.isPresent() ? stanza.field("Cause").orElse(rule.get().cause()) : stanza.required("Cause"),
                    rule.isPresent() ? stanza.field("Cure").orElse(rule.get().cure()) : stanza.required("Cure"),
                    rows(stanza, "Type"),
                    rows(stanza, "Given"),
                    rows(stanza, "Test"));
        }

        private static List<LinePattern> patterns(Stanza stanza, String field, Map<String, List<String>> words) {
            return rows(stanza, field).stream()
                    .map(row -> LinePattern.of(row, words))
                    .toList();
        }

        private static List<String> rows(Stanza stanza, String field) {
            return stanza.field(field).stream()
                    .flatMap(String::lines)
                    .filter(row -> !row.isBlank())
                    .toList();
        }
    }

    private static final class Carried {
        static final Catalogue CATALOGUE = Catalogue.read(Deb822.resource("messages"));
    }

    /** The catalogue that hdrfix carries. */
    static Catalogue catalogue() {
        return Carried.CATALOGUE;
    }

    /** All messages, in catalogue order. */
    public static List<Message> all() {
        return Carried.CATALOGUE.messages();
    }

    /** The first one of a tag. */
    public static Optional<Message> of(String tag) {
        return all().stream().filter(message -> message.tag.equals(tag)).findFirst();
    }

    private static Optional<Rule> rule(String tag) {
        return Rule.all().stream().filter(rule -> rule.tag().equals(tag)).findFirst();
    }
}
