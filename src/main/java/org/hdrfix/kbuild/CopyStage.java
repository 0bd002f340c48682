package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A stage where namespaces or overlayfs are not to be had: a copy of what kbuild writes to, with links to everything
 * else of the tree. Root builds in it as nobody, others as themselves.
 */
public final class CopyStage implements Stage {
    private static final Set<String> COPIED = Set.of("Makefile", ".config", "Module.symvers", "scripts", "certs");
    private static final Set<String> COPIED_OF_INCLUDE = Set.of("config", "generated");

    private final Path directory;

    /**
     * Copies a tree.
     *
     * @param tree absolute path of the live tree
     */
    public CopyStage(Path tree) throws IOException {
        // Not below hdrfix's own state: nobody has to reach it.
        this.directory = Files.createTempDirectory(Path.of("/var/tmp"), "hdrfix-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Path copy = Files.createDirectory(directory.resolve("tree"));
        Files.createDirectory(directory.resolve("out"));
        try (DirectoryStream<Path> children = Files.newDirectoryStream(tree)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (name.equals("include") && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    copyInclude(child, Files.createDirectory(copy.resolve(name)));
                } else {
                    copyOrLink(child, copy.resolve(name), COPIED.contains(name));
                }
            }
        }
        for (String part : TOOLS) {
            if (Files.isDirectory(tree.resolve(part), LinkOption.NOFOLLOW_LINKS)) {
                unlinkParents(copy.resolve(part));
                Files.delete(copy.resolve(part));
                Scratch.copy(tree.resolve(part), copy.resolve(part));
            }
        }
        if (Jail.isRoot()) {
            Scratch.give(copy, Jail.NOBODY);
            Scratch.give(directory.resolve("out"), Jail.NOBODY);
        }
    }

    @Override
    public String description() {
        return "a copy of the tree's writable part";
    }

    @Override
    public void put(Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path place = directory.resolve("tree").resolve(file.getKey());
            unlinkParents(place);
            Files.createDirectories(place.getParent());
            Files.write(place, file.getValue());
        }
    }

    @Override
    public int run(String script, boolean writable, Consumer<String> lines) throws IOException {
        List<String> command =
                new ArrayList<>(Jail.unprivileged(directory.resolve("out").toString()));
        command.addAll(List.of(
                "sh", "-c", "umask 022; cd \"$1\" || exit 1; eval \"$2\"", "hdrfix", directory + "/tree", script));
        return Jail.run(command, lines);
    }

    @Override
    public Optional<Path> built(String path) {
        return Scratch.regular(directory.resolve("out").resolve(path))
                .or(() -> Scratch.regular(directory.resolve("tree").resolve(path)));
    }

    @Override
    public Path log() {
        return directory.resolve("out/log");
    }

    @Override
    public void close() throws IOException {
        Scratch.delete(directory);
    }

    private static void copyInclude(Path include, Path copy) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(include)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                copyOrLink(child, copy.resolve(name), COPIED_OF_INCLUDE.contains(name));
            }
        }
    }

    private static void copyOrLink(Path from, Path to, boolean copied) throws IOException {
        // A link of the tree's own (Debian's scripts) is followed: a relative one would lead nowhere from the copy.
        if (copied && !Files.isSymbolicLink(from)) {
            Scratch.copy(from, to);
        } else {
            Files.createSymbolicLink(to, from);
        }
    }

    /** A directory that is a link to the live tree becomes one of links to its children, so that nothing is written there. */
    private void unlinkParents(Path place) throws IOException {
        Path at = directory.resolve("tree");
        for (Path name : at.relativize(place.getParent())) {
            at = at.resolve(name);
            if (Files.isSymbolicLink(at)) {
                Path target = at.toRealPath();
                Files.delete(at);
                Files.createDirectory(at);
                try (DirectoryStream<Path> children = Files.newDirectoryStream(target)) {
                    for (Path child : children) {
                        Files.createSymbolicLink(at.resolve(child.getFileName()), child);
                    }
                }
            }
        }
    }
}
