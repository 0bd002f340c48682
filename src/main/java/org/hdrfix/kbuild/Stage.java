package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A scratch view of one tree, where compilers and make run as an unprivileged user. The tree appears whole; what a build
 * writes lands in a layer of its own, so that a build that fails, loops or is killed leaves the live tree untouched.
 */
public interface Stage extends AutoCloseable {
    /** Where the makefiles of programs below tools/ write to, relative to the tree. */
    List<String> TOOLS = List.of("tools/build", "tools/lib", "tools/objtool", "tools/bpf/resolve_btfids");

    /** How the view is made, for the diagnostic log. */
    String description();

    /** Whether makefiles of the tree may run in it: not where they would reach the network and other processes. */
    boolean runsMakefiles();

    /**
     * Shows the build a tree with these files added or replaced, as long as nothing has run that could write to it.
     *
     * @param files content by path relative to the tree
     */
    void put(Map<String, byte[]> files) throws IOException;

    /**
     * Runs a shell text in the tree, with {@code $OUT} a writable directory of its own, and {@code $PROOF} a read-only one
     * with what {@link #built} has given.
     *
     * @param writable whether it may write to the tree as it sees it
     * @param lines takes what it prints, line by line
     * @return its exit status
     * @throws StageException when the stage itself could not be set up; the text did not run then
     * @throws StoppedException when it took too much
     */
    int run(String script, boolean writable, Consumer<String> lines) throws IOException;

    /**
     * A copy of the regular file that a run left at a path relative to the tree, on this machine; later runs cannot change
     * it.
     */
    Optional<Path> built(String path);

    @Override
    void close() throws IOException;
}
