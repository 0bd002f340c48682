package org.hdrfix.tree;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hdrfix.platform.InsideRoot;

/**
 * Whether a tree has the two files that every module build asks for, and from what they could be put back. The kernel's
 * Makefile stops external modules without them: "Kernel configuration is invalid".
 *
 * @param lost those that are not there, relative to the tree
 * @param sources files on this machine that hold this kernel's configuration, by what a person calls them, best first;
 *     none were looked for where nothing is lost
 */
public record GeneratedConfiguration(List<String> lost, List<Source> sources) {
    /** What C sources include. */
    public static final String HEADER = "include/generated/autoconf.h";
    /** What makefiles include. */
    public static final String MAKE_INCLUDE = "include/config/auto.conf";

    /**
     * A file that holds the configuration.
     *
     * @param name for people (".config", "/boot/config-6.1.0")
     * @param ofRunningKernel whether it is the running kernel's, whichever that is
     */
    public record Source(String name, Path file, boolean ofRunningKernel) {}

    public GeneratedConfiguration {
        lost = List.copyOf(lost);
        sources = List.copyOf(sources);
    }

    static GeneratedConfiguration of(Path root, HeaderTree tree) {
        List<String> lost = new ArrayList<>();
        for (String path : List.of(HEADER, MAKE_INCLUDE)) {
            if (!Files.exists(tree.root().resolve(path))) {
                lost.add(path);
            }
        }
        List<Source> sources = new ArrayList<>();
        if (!lost.isEmpty()) {
            source(".config", Optional.of(tree.root().resolve(".config")), false)
                    .ifPresent(sources::add);
            String boot = "/boot/config-" + tree.release();
            source(boot, InsideRoot.resolve(root, boot), false).ifPresent(sources::add);
            source("/proc/config.gz", InsideRoot.resolve(root, "/proc/config.gz"), true)
                    .ifPresent(sources::add);
            // Up to 5.15 nothing of the one is lost in the other; later ones lose the quotation marks.
            if (lost.equals(List.of(HEADER)) && tree.release().isBefore("5.16")) {
                source(MAKE_INCLUDE, Optional.of(tree.root().resolve(MAKE_INCLUDE)), false)
                        .ifPresent(sources::add);
            }
        }
        return new GeneratedConfiguration(lost, sources);
    }

    private static Optional<Source> source(String name, Optional<Path> file, boolean ofRunningKernel) {
        return file.filter(Files::isRegularFile).map(path -> new Source(name, path, ofRunningKernel));
    }
}
