package org.hdrfix.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;
import org.hdrfix.diagnosis.Rule;

/**
 * One thing that logs say: a stanza of the catalogue {@code messages}, which describes the fields.
 *
 * @param tag of the rule it belongs to, or of its own
 * @param rank 1 for a cause, more for what comes of something else, {@link #HARMLESS} for nothing
 * @param cause why it is said, at most two sentences
 * @param cure what to do
 * @param lines patterns, one of which a line must match
 * @param not patterns that a line must not match
 * @param with patterns, one of which some line of the log must match; none where nothing is asked
 * @param without patterns that no line of the log may match
 * @param tests lines that the stanza must explain
 */
public record Message(
        String tag,
        int rank,
        String cause,
        String cure,
        List<LinePattern> lines,
        List<LinePattern> not,
        List<LinePattern> with,
        List<LinePattern> without,
        List<String> tests) {
    /** The rank of what is said of healthy modules too. */
    public static final int HARMLESS = 9;

    private static final class Catalogue {
        static final List<Message> MESSAGES =
                Deb822.resource("messages").stream().map(Message::of).toList();
    }

    public Message {
        lines = List.copyOf(lines);
        not = List.copyOf(not);
        with = List.copyOf(with);
        without = List.copyOf(without);
        tests = List.copyOf(tests);
    }

    /** All of them, in catalogue order. */
    public static List<Message> all() {
        return Catalogue.MESSAGES;
    }

    /** The first one with a tag. */
    public static Optional<Message> of(String tag) {
        return all().stream().filter(message -> message.tag().equals(tag)).findFirst();
    }

    private static Message of(Stanza stanza) {
        String tag = stanza.required("Tag");
        Optional<Rule> rule =
                Rule.all().stream().filter(known -> known.tag().equals(tag)).findFirst();
        try {
            return new Message(
                    tag,
                    Integer.parseInt(stanza.required("Rank")),
                    stanza.field("Cause")
                            .or(() -> rule.map(Rule::cause))
                            .orElseThrow(() -> new CatalogueException("messages: " + tag + " has no cause")),
                    stanza.field("Cure")
                            .or(() -> rule.map(known -> known.cure() + " hdrfix check; sudo hdrfix repair --apply"))
                            .orElseThrow(() -> new CatalogueException("messages: " + tag + " has no cure")),
                    patterns(stanza, "Lines"),
                    patterns(stanza, "Not"),
                    patterns(stanza, "With"),
                    patterns(stanza, "Without"),
                    texts(stanza, "Test"));
        } catch (IllegalArgumentException e) {
            throw new CatalogueException("messages:" + stanza.line() + ": " + e.getMessage());
        }
    }

    private static List<LinePattern> patterns(Stanza stanza, String field) {
        return texts(stanza, field).stream().map(LinePattern::parse).toList();
    }

    private static List<String> texts(Stanza stanza, String field) {
        List<String> texts = new ArrayList<>();
        stanza.field(field)
                .ifPresent(
                        value -> value.lines().filter(line -> !line.isBlank()).forEach(texts::add));
        return texts;
    }
}
