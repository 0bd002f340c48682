package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A stage where overlayfs is not to be had: a copy of what kbuild writes to, with links to everything else of the tree.
 * Root builds in it in private namespaces, where these are to be had, and else as another user without them; others
 * build as themselves.
 */
public final class CopyStage implements Stage {
    private static final Set<String> COPIED = Set.of("Makefile", ".config", "Module.symvers", "scripts", "certs");
    private static final Set<String> COPIED_OF_INCLUDE = Set.of("config", "generated");

    private static final String SET_UP = Jail.BEGIN + """
            stage=$1 linked=$2
            shift 2
            writable="$at/out $at/tree"
            mount -n --bind "$stage/tree" "$at/tree"
            mount -n --bind "$stage/out" "$at/out"
            mount -n --bind "$stage/harvest" "$at/proof"
            """ + Jail.SEAL + "cd \"$at/tree\"\n" + Jail.RUN;

    private final Path directory;
    private final Harvest harvest;
    private final String mountPoint;
    private final String linked;
    private String whyNotSealed = "not root";
    private boolean isSealed;
    private boolean hasRun;

    /**
     * Copies a tree.
     *
     * @param tree absolute path of the live tree
     */
    public CopyStage(Path tree) throws IOException {
        this(tree, true);
    }

    /**
     * Copies a tree.
     *
     * @param withNamespaces whether they are used where they are to be had
     */
    CopyStage(Path tree, boolean withNamespaces) throws IOException {
        this.directory = Scratch.directory();
        this.harvest = new Harvest(directory.resolve("harvest"));
        this.mountPoint = Jail.isRoot() ? OverlayStage.mountPoint(List.of(tree, directory)) : "";
        // What the tree's links lead to is seen there.
        this.linked = tree.startsWith("/run") ? "yes" : "";
        boolean done = false;
        try {
            copy(tree);
            if (Jail.isRoot()) {
                Scratch.give(directory.resolve("out"), Jail.user());
                whyNotSealed = "not asked for";
                isSealed = withNamespaces && canBeSealed();
            }
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private void copy(Path tree) throws IOException {
        Scratch.Limits limits = new Scratch.Limits();
        Path copy = Files.createDirectory(directory.resolve("tree"));
        Files.createDirectory(directory.resolve("out"));
        try (DirectoryStream<Path> children = Files.newDirectoryStream(tree)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (name.equals("include") && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    copyInclude(child, Files.createDirectory(copy.resolve(child.getFileName())), limits);
                } else {
                    copyOrLink(child, copy.resolve(child.getFileName()), COPIED.contains(name), limits);
                }
            }
        }
        for (String part : TOOLS) {
            if (Files.isDirectory(tree.resolve(part), LinkOption.NOFOLLOW_LINKS)) {
                unlinkParents(copy.resolve(part));
                Files.delete(copy.resolve(part));
                Scratch.copy(tree.resolve(part), copy.resolve(part), limits);
            }
        }
    }

    private boolean canBeSealed() throws IOException {
        try {
            int status = sealed(":", line -> whyNotSealed = line);
            return status == 0;
        } catch (StageException e) {
            whyNotSealed = e.getMessage();
            return false;
        }
    }

    @Override
    public String description() {
        if (isSealed) {
            return "a copy of the tree's writable part, in private namespaces";
        }
        return "a copy of the tree's writable part, without namespaces (" + whyNotSealed + ")"
                + (Jail.isRoot() ? ": no makefile of the tree runs" : ": with your own rights");
    }

    @Override
    public boolean runsMakefiles() {
        return isSealed || !Jail.isRoot();
    }

    @Override
    public void put(Map<String, byte[]> files) throws IOException {
        if (hasRun) {
            throw new IllegalStateException("the copy is the build's by now");
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path place = directory.resolve("tree").resolve(file.getKey());
            unlinkParents(place);
            Files.createDirectories(place.getParent());
            // A link to the live tree's file, most often: that is never written to.
            Files.deleteIfExists(place);
            Files.write(place, file.getValue(), StandardOpenOption.CREATE_NEW);
        }
    }

    @Override
    public int run(String script, boolean writable, Consumer<String> lines) throws IOException {
        if (!hasRun && Jail.isRoot()) {
            Scratch.give(directory.resolve("tree"), Jail.user());
        }
        hasRun = true;
        if (isSealed) {
            return sealed(script, lines);
        }
        List<String> command = new ArrayList<>(Jail.unprivileged(
                directory.resolve("out").toString(),
                directory.resolve("harvest").toString()));
        command.addAll(List.of("sh", "-c", "cd \"$1\" || exit 1; eval \"$2\"", "hdrfix", directory + "/tree", script));
        return Confined.run(Jail.watched(command), Optional.of(directory), lines);
    }

    private int sealed(String script, Consumer<String> lines) throws IOException {
        return Jail.runSealed(SET_UP, mountPoint, List.of(directory.toString(), linked), script, directory, lines);
    }

    @Override
    public Optional<Path> built(String path) {
        return harvest.take(List.of(directory.resolve("out"), directory.resolve("tree")), path);
    }

    @Override
    public void close() throws IOException {
        Scratch.delete(directory);
    }

    private static void copyInclude(Path include, Path copy, Scratch.Limits limits) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(include)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                copyOrLink(child, copy.resolve(child.getFileName()), COPIED_OF_INCLUDE.contains(name), limits);
            }
        }
    }

    private static void copyOrLink(Path from, Path to, boolean copied, Scratch.Limits limits) throws IOException {
        // A link of the tree's own (Debian's scripts) is followed: a relative one would lead nowhere from the copy.
        if (copied && !Files.isSymbolicLink(from)) {
            Scratch.copy(from, to, limits);
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
