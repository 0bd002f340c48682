package org.hdrfix.tree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

/**
 * What is known of one host program: a stanza of the catalogue {@code host-programs}, which describes the fields.
 *
 * @param path relative to the tree
 * @param needs alternatives; all words of one must hold for module builds to run the program
 * @param use who runs it, where module builds do not
 * @param recipes how to compile it, in the order of preference
 * @param headers files of the tree that the recipes include and that packages leave out
 * @param headersRule tag of the rule that tells of them
 * @param patchedHeaders the same, where a bundled patch supplies them
 * @param systemHeaders headers of libraries, relative to an include directory
 * @param systemPackage the Debian package that has these
 * @param sourcePackage who gives the program where header packages never have its sources
 * @param proof how it answers when it is started
 */
public record KnownProgram(
        String path,
        List<List<String>> needs,
        Optional<String> use,
        List<Recipe> recipes,
        List<String> headers,
        Optional<String> headersRule,
        List<String> patchedHeaders,
        List<String> systemHeaders,
        Optional<String> systemPackage,
        Optional<String> sourcePackage,
        Optional<Proof> proof) {
    /**
     * How a program answers when it is started.
     *
     * @param arguments that it is started with; most often none
     * @param status exit status
     * @param says alternatives of what its output holds; none where it is silent
     */
    public record Proof(List<String> arguments, int status, List<String> says) {
        public Proof {
            arguments = List.copyOf(arguments);
            says = List.copyOf(says);
        }
    }

    private static final class Catalogue {
        static final Map<String, KnownProgram> PROGRAMS = load();

        private static Map<String, KnownProgram> load() {
            Map<String, KnownProgram> programs = new LinkedHashMap<>();
            for (Stanza stanza : Deb822.resource("host-programs")) {
                KnownProgram program = of(stanza);
                programs.put(program.path(), program);
            }
            return programs;
        }
    }

    public KnownProgram {
        needs = List.copyOf(needs);
        recipes = List.copyOf(recipes);
        headers = List.copyOf(headers);
        patchedHeaders = List.copyOf(patchedHeaders);
        systemHeaders = List.copyOf(systemHeaders);
    }

    /** All of them, in catalogue order: what every module needs comes first. */
    public static List<KnownProgram> all() {
        return List.copyOf(Catalogue.PROGRAMS.values());
    }

    /** The one at a path relative to the tree. */
    public static Optional<KnownProgram> at(String path) {
        return Optional.ofNullable(Catalogue.PROGRAMS.get(path));
    }

    /** Every configuration option that some program's need asks for. */
    static Set<String> options() {
        Set<String> options = new LinkedHashSet<>();
        for (KnownProgram program : Catalogue.PROGRAMS.values()) {
            program.needs.forEach(words ->
                    words.stream().filter(word -> word.startsWith("CONFIG_")).forEach(options::add));
        }
        return options;
    }

    private static KnownProgram of(Stanza stanza) {
        return new KnownProgram(
                stanza.required("Program"),
                lines(stanza, "Needed").stream()
                        .map(line -> List.of(line.split("\\s+")))
                        .toList(),
                stanza.field("Use"),
                lines(stanza, "Recipes").stream().map(Recipe::parse).toList(),
                stanza.words("Headers"),
                stanza.field("Headers-Rule"),
                stanza.words("Patched-Headers"),
                stanza.words("System-Headers"),
                stanza.field("Package"),
                stanza.field("Source-Package"),
                stanza.field("Proof").map(value -> proof(stanza.words("Proof-Arguments"), value)));
    }

    private static Proof proof(List<String> arguments, String value) {
        String[] parts = value.split("\\s+", 2);
        return new Proof(
                arguments, Integer.parseInt(parts[0]), parts.length == 1 ? List.of() : List.of(parts[1].split("\\|")));
    }

    private static List<String> lines(Stanza stanza, String field) {
        List<String> lines = new ArrayList<>();
        stanza.field(field)
                .ifPresent(value -> value.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .forEach(lines::add));
        return lines;
    }
}
