package org.hdrfix.kbuild;

import java.util.List;
import java.util.Optional;
import org.hdrfix.tree.KnownProgram;

/**
 * One program to build.
 *
 * @param path relative to the tree
 * @param arguments sources and options of its recipe, paths relative to the tree; none where there is no recipe
 * @param proof how it answers when it is started, where that is known
 */
public record BuildTask(String path, List<String> arguments, Optional<KnownProgram.Proof> proof) {
    public BuildTask {
        arguments = List.copyOf(arguments);
    }

    /** The directory it lies in, relative to the tree. */
    String directory() {
        return path.substring(0, path.lastIndexOf('/'));
    }
}
