package org.hdrfix.kbuild;

import java.util.List;
import java.util.Optional;
import org.hdrfix.tree.KnownProgram;

/**
 * One program to build.
 *
 * @param path relative to the tree
 * @param recipes sources and options of each recipe whose files are there, paths relative to the tree; the first that
 *     compiles is taken
 * @param proof how it answers when it is started, where that is known
 */
public record BuildTask(String path, List<List<String>> recipes, Optional<KnownProgram.Proof> proof) {
    public BuildTask {
        recipes = List.copyOf(recipes);
    }

    /** The directory it lies in, relative to the tree. */
    String directory() {
        return path.substring(0, path.lastIndexOf('/'));
    }
}
