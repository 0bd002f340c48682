package org.hdrfix.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How to compile one program directly, without any makefile of the tree.
 *
 * @param words sources and options in the order of the command line, paths relative to the tree; a source that ends in
 *     {@code ?} is left out where it is not there; one that begins with {@code +} is asked for and not compiled
 */
public record Recipe(List<String> words) {
    /** How files end that kbuild copies, without this suffix, before it compiles them (scripts/Makefile.lib up to 4.16). */
    public static final String SHIPPED = "_shipped";

    public Recipe {
        words = List.copyOf(words);
    }

    static Recipe parse(String line) {
        return new Recipe(Arrays.asList(line.strip().split("\\s+")));
    }

    /** The first source that must be there and is not. */
    public Optional<String> missing(Predicate<String> exists) {
        return words.stream()
                .filter(word -> !word.startsWith("-") && !word.endsWith("?"))
                .map(Recipe::path)
                .filter(path -> !exists.test(path))
                .findFirst();
    }

    /** The words of the command line, for a tree that has these files; headers among the sources are only asked for. */
    public List<String> arguments(Predicate<String> exists) {
        List<String> arguments = new ArrayList<>();
        for (String word : words) {
            if (word.startsWith("+") && !word.endsWith(SHIPPED)) {
                continue;
            }
            String path = word.endsWith("?") ? word.substring(0, word.length() - 1) : word;
            if (!path.endsWith(".h") && (word.equals(path) || exists.test(path))) {
                arguments.add(path);
            }
        }
        return arguments;
    }

    private static String path(String word) {
        return word.startsWith("+") ? word.substring(1) : word;
    }
}
