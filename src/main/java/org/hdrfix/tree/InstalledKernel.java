package org.hdrfix.tree;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.hdrfix.platform.InsideRoot;

/**
 * What {@code /lib/modules/RELEASE} says of one kernel: whether it is installed, and where its {@code build} and
 * {@code source} links lead (the kernel's Makefile, target modules_install, makes both).
 *
 * @param release the directory's name, which is the kernel's release
 * @param directory absolute real path on this machine
 * @param hasModules whether the kernel itself is installed, and not only something beside it
 * @param build the link that module builds follow; nothing where there is none
 * @param source the link that debuggers follow; nothing where there is none
 */
public record InstalledKernel(
        String release, Path directory, boolean hasModules, Optional<Link> build, Optional<Link> source) {
    /**
     * One of the two links.
     *
     * @param target as it stands in the link
     * @param leadsTo the directory on this machine; nothing where the link dangles
     */
    public record Link(String target, Optional<Path> leadsTo) {}

    /** How many directories of /lib/modules are looked at. */
    private static final int MOST_KERNELS = 1000;

    /**
     * The kernels of a system, in the order of their names.
     *
     * @param root absolute real path of the system's {@code /}
     */
    public static List<InstalledKernel> find(Path root) {
        Optional<Path> modules = InsideRoot.resolve(root, "/lib/modules").filter(Files::isDirectory);
        if (modules.isEmpty()) {
            return List.of();
        }
        TreeSet<Path> directories = new TreeSet<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(modules.get())) {
            for (Path child : children) {
                if (directories.size() < MOST_KERNELS && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    directories.add(child);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A directory that cannot be listed holds no kernel that could be judged.
        }
        List<InstalledKernel> kernels = new ArrayList<>();
        for (Path directory : directories) {
            kernels.add(new InstalledKernel(
                    directory.getFileName().toString(),
                    directory,
                    Files.exists(directory.resolve("modules.dep")) || Files.isDirectory(directory.resolve("kernel")),
                    link(root, directory, "build"),
                    link(root, directory, "source")));
        }
        return List.copyOf(kernels);
    }

    private static Optional<Link> link(Path root, Path directory, String name) {
        Path link = directory.resolve(name);
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            String target = Files.isSymbolicLink(link)
                    ? Files.readSymbolicLink(link).toString()
                    : InsideRoot.seenFrom(root, link);
            Optional<Path> leadsTo =
                    InsideRoot.resolve(root, InsideRoot.seenFrom(root, link)).filter(Files::isDirectory);
            return Optional.of(new Link(target, leadsTo));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
