package org.hdrfix.diagnosis;

import java.util.Optional;
import org.hdrfix.tree.GeneratedConfiguration;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.KernelConfiguration;

/**
 * The file that a tree's lost configuration can be put back from: the first of its sources that is this kernel's, and that
 * what is left of the configuration does not contradict.
 *
 * @param name what a person calls the file
 */
public record ConfigurationSource(String name, KernelConfiguration configuration) {
    /** What was found: a source, or why there is none. */
    public record Search(Optional<ConfigurationSource> source, String reason) {}

    /** Looks for it; reads the sources. */
    public static Search search(Evidence evidence) {
        HeaderTree tree = evidence.inspection().tree();
        GeneratedConfiguration generated = evidence.inspection().configuration();
        boolean running = evidence.platform()
                .runningRelease()
                .filter(tree.release().value()::equals)
                .isPresent();
        Optional<KernelConfiguration> left = left(tree, generated);
        String reason = "neither .config nor /boot/config-" + tree.release() + " is there";
        for (GeneratedConfiguration.Source source : generated.sources()) {
            if (source.ofRunningKernel() && !running) {
                continue;
            }
            Optional<KernelConfiguration> read = KernelConfiguration.read(source.file());
            if (read.isEmpty()) {
                reason = source.name() + " holds no configuration";
                continue;
            }
            Optional<String> contradiction = left.flatMap(read.get()::contradiction);
            if (contradiction.isEmpty()) {
                return new Search(Optional.of(new ConfigurationSource(source.name(), read.get())), "");
            }
            reason = source.name() + " and what is left of the configuration differ in " + contradiction.get();
        }
        return new Search(Optional.empty(), reason);
    }

    private static Optional<KernelConfiguration> left(HeaderTree tree, GeneratedConfiguration generated) {
        for (String path : java.util.List.of(GeneratedConfiguration.HEADER, GeneratedConfiguration.MAKE_INCLUDE)) {
            if (!generated.lost().contains(path)) {
                return KernelConfiguration.read(tree.root().resolve(path));
            }
        }
        return Optional.empty();
    }
}
