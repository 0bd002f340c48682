package org.hdrfix.patch;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A statement on files of a tree, written as dependencies are in debian/control: {@code ,} is "and", {@code |} is "or".
 *
 * @param allOf each a list of paths relative to the tree, one of which is enough; the empty list holds for every tree
 */
public record TreeCondition(List<List<String>> allOf) {
    public TreeCondition {
        allOf = allOf.stream().map(List::copyOf).toList();
    }

    /** @throws IllegalArgumentException where a path is empty, or leads out of the tree */
    public static TreeCondition parse(String text) {
        if (text.isBlank()) {
            return new TreeCondition(List.of());
        }
        return new TreeCondition(Arrays.stream(text.split(",", -1))
                .map(anyOf -> Arrays.stream(anyOf.split("\\|", -1))
                        .map(TreeCondition::path)
                        .toList())
                .toList());
    }

    private static String path(String text) {
        Optional<String> fault = TreePath.fault(text.strip());
        if (fault.isPresent()) {
            throw new IllegalArgumentException(fault.get());
        }
        return text.strip();
    }

    boolean holds(Predicate<String> path) {
        return allOf.stream().allMatch(anyOf -> anyOf.stream().anyMatch(path));
    }
}
