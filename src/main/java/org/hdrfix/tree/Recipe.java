package org.hdrfix.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * How to compile one program directly, without any makefile of the tree.
 *
 * @param words sources and options in the order of the command line, paths relative to the tree. {@code FILE?} is left out
 *     where it is not there; {@code +FILE} must be there and is no word of the command line; {@code !FILE} must not be
 *     there
 */
public record Recipe(List<String> words) {
    public Recipe {
        words = List.copyOf(words);
    }

    static Recipe parse(String line) {
        return new Recipe(Arrays.asList(line.strip().split("\\s+")));
    }

    /** The first file that must be there and is not. */
    public Optional<String> missing(Predicate<String> exists) {
        return files().stream().filter(file -> !exists.test(file)).findFirst();
    }

    /** Whether nothing is there that the recipe does not fit. */
    public boolean fits(Predicate<String> exists) {
        return words.stream().noneMatch(word -> word.startsWith("!") && exists.test(word.substring(1)));
    }

    /** The files that must be there, relative to the tree. */
    public List<String> files() {
        return words.stream()
                .filter(word -> !word.startsWith("-") && !word.startsWith("!") && !word.endsWith("?"))
                .map(word -> word.startsWith("+") ? word.substring(1) : word)
                .toList();
    }

    /**
     * The words of the command line.
     *
     * @param exists which files there are
     * @param place where a file of the tree lies, for the command line
     */
    public List<String> arguments(Predicate<String> exists, UnaryOperator<String> place) {
        List<String> arguments = new ArrayList<>();
        for (String word : words) {
            if (word.startsWith("-")) {
                arguments.add(word);
            } else if (word.endsWith("?")) {
                String path = word.substring(0, word.length() - 1);
                if (exists.test(path)) {
                    arguments.add(path);
                }
            } else if (!word.startsWith("+") && !word.startsWith("!")) {
                arguments.add(place.apply(word));
            }
        }
        return arguments;
    }
}
