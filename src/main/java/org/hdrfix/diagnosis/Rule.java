package org.hdrfix.diagnosis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

/**
 * What can be wrong with a tree: a stanza of the catalogue {@code rules}.
 *
 * @param tag readable name ("foreign-host-program")
 * @param severity how much it matters at most
 * @param symptom what the user sees when a module is built
 * @param cause why
 * @param cure what helps
 */
public record Rule(String tag, Severity severity, Optional<String> symptom, String cause, String cure) {
    private static final class Catalogue {
        static final Map<String, Rule> RULES = load();

        private static Map<String, Rule> load() {
            Map<String, Rule> rules = new LinkedHashMap<>();
            for (Stanza stanza : Deb822.resource("rules")) {
                Rule rule = new Rule(
                        stanza.required("Rule"),
                        Severity.valueOf(stanza.required("Severity").toUpperCase(Locale.ROOT)),
                        stanza.field("Symptom"),
                        stanza.required("Cause"),
                        stanza.required("Cure"));
                rules.put(rule.tag(), rule);
            }
            return rules;
        }
    }

    /** All of them, in catalogue order. */
    public static List<Rule> all() {
        return List.copyOf(Catalogue.RULES.values());
    }

    /** The one with a tag; a tag without a stanza is a defect of hdrfix. */
    public static Rule of(String tag) {
        Rule rule = Catalogue.RULES.get(tag);
        if (rule == null) {
            throw new CatalogueException("rules: no stanza for " + tag);
        }
        return rule;
    }
}
