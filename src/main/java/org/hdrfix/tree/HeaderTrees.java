package org.hdrfix.tree;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.hdrfix.platform.InsideRoot;

/** Finds the header trees of a system. */
public final class HeaderTrees {
    private HeaderTrees() {}

    /**
     * Every tree under {@code /usr/src/linux-headers-*} and behind {@code /lib/modules/*}{@code /build}, each once, in the order
     * of their names.
     *
     * @param root absolute real path of the system's {@code /}
     */
    public static List<HeaderTree> find(Path root) {
        return find(root, InstalledKernel.find(root));
    }

    /**
     * The same, for a system whose installed kernels are known.
     *
     * @param kernels what {@link InstalledKernel#find} gives for that root
     */
    public static List<HeaderTree> find(Path root, List<InstalledKernel> kernels) {
        Map<Path, List<String>> directories = new LinkedHashMap<>();
        for (Path directory : entries(root)) {
            real(directory).ifPresent(path -> directories.putIfAbsent(path, new ArrayList<>()));
        }
        for (InstalledKernel kernel : kernels) {
            kernel.build()
                    .flatMap(InstalledKernel.Link::leadsTo)
                    .ifPresent(path -> directories
                            .computeIfAbsent(path, key -> new ArrayList<>())
                            .add(kernel.release()));
        }
        List<HeaderTree> trees = new ArrayList<>();
        directories.forEach(
                (directory, releases) -> at(root, directory, releases).ifPresent(trees::add));
        for (InstalledKernel kernel : kernels) {
            onlyOne(trees, kernel.release())
                    .ifPresent(at -> trees.set(at, trees.get(at).of(kernel)));
        }
        return List.copyOf(trees);
    }

    /** Where in the list the tree of a release is: of two for one kernel only a person can say which is meant. */
    private static OptionalInt onlyOne(List<HeaderTree> trees, String release) {
        OptionalInt found = OptionalInt.empty();
        for (int at = 0; at < trees.size(); at++) {
            if (trees.get(at).release().value().equals(release)) {
                if (found.isPresent()) {
                    return OptionalInt.empty();
                }
                found = OptionalInt.of(at);
            }
        }
        return found;
    }

    /** The tree at a directory that a person named, or nothing where it is no header tree. */
    public static Optional<HeaderTree> at(Path root, Path directory) {
        return real(directory).flatMap(path -> at(root, path, List.of()));
    }

    /** The directory below another one that a glob names and that has scripts. */
    static Optional<Path> below(Path directory, String glob) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, glob)) {
            for (Path child : children) {
                if (Files.isDirectory(child.resolve("scripts"))) {
                    return Optional.of(child);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Not to be read means not to be found; that the tree is unreadable is said when it is inspected.
        }
        return Optional.empty();
    }

    private static Optional<HeaderTree> at(Path root, Path directory, List<String> releases) {
        TreeLayout layout = TreeLayout.of(directory);
        if (layout.inside().isPresent()) {
            Path inner = below(directory, layout.inside().get()).orElseThrow();
            return at(root, inner, releases);
        }
        boolean hasNothing = !Files.exists(directory.resolve("scripts"), LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(directory.resolve("include/generated"), LinkOption.NOFOLLOW_LINKS);
        // Debian's linux-headers-*-common is the shared half of other trees: nothing is ever built in it alone.
        boolean shared = !Files.exists(directory.resolve("include/generated"), LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(directory.resolve("include/config"), LinkOption.NOFOLLOW_LINKS)
                && directory.getFileName().toString().contains("-common");
        if (hasNothing || shared) {
            return Optional.empty();
        }
        String seenAs = InsideRoot.seenFrom(root, directory);
        return Optional.of(
                new HeaderTree(directory, seenAs, releaseOf(directory, releases), layout, Optional.empty(), releases));
    }

    private static KernelRelease releaseOf(Path directory, List<String> modulesLinks) {
        Optional<String>
                written = // What modules get as their vermagic comes from utsrelease.h; Debian's kernel.release says
                        // less than that.
                        TreeText.quoted(directory.resolve("include/generated/utsrelease.h"), "UTS_RELEASE")
                                .or(() -> TreeText.firstLine(directory.resolve("include/config/kernel.release")));
        if (written.isPresent()) {
            return new KernelRelease(written.get());
        }
        String name = directory.getFileName().toString();
        String prefix = "linux-headers-";
        if (name.startsWith(prefix) && name.length() > prefix.length()) {
            return new KernelRelease(name.substring(prefix.length()).replaceAll("\\s", "_"));
        }
        return new KernelRelease(modulesLinks.isEmpty() ? name.replaceAll("\\s", "_") : modulesLinks.get(0));
    }

    private static Iterable<Path> entries(Path root) {
        TreeSet<Path> sorted = new TreeSet<>();
        Optional<Path> place = InsideRoot.resolve(root, "/usr/src").filter(Files::isDirectory);
        if (place.isPresent()) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(place.get(), "linux-headers-*")) {
                for (Path child : children) {
                    InsideRoot.resolve(root, "/usr/src/" + child.getFileName())
                            .filter(Files::isDirectory)
                            .ifPresent(sorted::add);
                }
            } catch (IOException | DirectoryIteratorException e) {
                // A directory that cannot be listed holds no tree that could be judged.
            }
        }
        return sorted;
    }

    private static Optional<Path> real(Path directory) {
        try {
            return Files.isDirectory(directory) ? Optional.of(directory.toRealPath()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
