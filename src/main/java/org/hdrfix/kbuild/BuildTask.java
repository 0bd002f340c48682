package org.hdrfix.kbuild;

import java.util.List;
import java.util.Optional;
import org.hdrfix.tree.GeneratedSource;
import org.hdrfix.tree.KnownProgram;

/**
 * One program to build.
 *
 * @param path relative to the tree
 * @param recipes sources and options of each recipe whose files are there, paths relative to the tree; the first that
 *     compiles is taken
 * @param generated the sources of the recipes that have to be generated first; the recipes name them below {@link #GENERATED}
 * @param makeDirectory the directory whose makefile builds it, relative to the tree, where the usual ways cannot
 * @param proof how it answers when it is started, where that is known
 */
public record BuildTask(
        String path,
        List<List<String>> recipes,
        List<GeneratedSource> generated,
        Optional<String> makeDirectory,
        Optional<KnownProgram.Proof> proof) {
    /** A shell word: where generated sources lie, by their paths relative to the tree. */
    public static final String GENERATED = "\"$OUT\"/generated";

    public BuildTask {
        recipes = List.copyOf(recipes);
        generated = List.copyOf(generated);
    }

    /** Whether a path means itself to a shell and to make, whatever the locale; a name in a tree can be anything. */
    static boolean isPlain(String path) {
        return path.indexOf('/') > 0
                && !path.startsWith("-")
                && path.chars()
                        .allMatch(c -> c >= 'a' && c <= 'z'
                                || c >= 'A' && c <= 'Z'
                                || c >= '0' && c <= '9'
                                || "._+@/-".indexOf(c) >= 0);
    }

    /** The directory it lies in, relative to the tree. */
    String directory() {
        return path.substring(0, path.lastIndexOf('/'));
    }
}
