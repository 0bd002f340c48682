package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The live tree where its own system has it, every mount read-only, in private namespaces: for the build of a module,
 * which writes nothing to the tree. On Debian a tree includes the makefiles of others by absolute paths below /usr/src,
 * and its scripts are a link to /usr/lib/linux-kbuild-VERSION: those of another root are laid over this machine's. Needs
 * root.
 */
public final class LiveStage implements Stage {
    private static final String SET_UP = Jail.BEGIN + """
            tree=$1 stage=$2 root=$3 name=$4
            shift 4
            writable=$at/out
            mkdir "$at/lib"
            mount -n --bind "$tree" "$at/tree"
            mount -n --bind "$stage/out" "$at/out"
            mount -n --bind "$stage/harvest" "$at/proof"
            where=$at/tree
            if [ -n "$name" ]; then
              where=/usr/src/$name
              if [ "$root" != / ]; then
                for kbuild in "$root"/usr/lib/linux-kbuild-*; do
                  [ ! -d "$kbuild" ] || mkdir "$at/lib/${kbuild##*/}"
                done
                mount -n -t overlay hdrfix -o "ro,lowerdir=$at/lib:/usr/lib" /usr/lib
                for kbuild in "$root"/usr/lib/linux-kbuild-*; do
                  [ ! -d "$kbuild" ] || mount -n --bind "$kbuild" "/usr/lib/${kbuild##*/}"
                done
                mount -n --bind "$root/usr/src" /usr/src
              fi
            fi

            """ + Jail.SEAL + "cd \"$where\"\n" + Jail.RUN;

    private final Path root;
    private final Path tree;
    private final Path directory;
    private final Harvest harvest;
    private final String mountPoint;

    /**
     * Prepares a stage.
     *
     * @param root absolute path of the {@code /} of the system that the tree belongs to
     * @param tree absolute path of the live tree
     * @throws StageException where this system does not allow one
     */
    public LiveStage(Path root, Path tree) throws IOException {
        if (!Jail.isRoot()) {
            throw new StageException("not root");
        }
        OverlayStage.requirePlain(List.of(root, tree));
        this.root = root;
        this.tree = tree;
        this.mountPoint = OverlayStage.mountPoint(List.of(tree, root.resolve("usr/src")));
        // Not below hdrfix's own state: another user has to reach it.
        this.directory = Files.createTempDirectory(Path.of("/var/tmp"), "hdrfix-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        this.harvest = new Harvest(directory.resolve("harvest"));
        Scratch.give(Files.createDirectory(directory.resolve("out")), Jail.user());
    }

    @Override
    public String description() {
        return "the live tree, read-only in private namespaces";
    }

    @Override
    public boolean runsMakefiles() {
        return true;
    }

    @Override
    public void put(Map<String, byte[]> files) throws IOException {
        throw new StageException("the live tree takes no files");
    }

    @Override
    public int run(String script, boolean writable, Consumer<String> lines) throws IOException {
        if (writable) {
            throw new StageException("the live tree is never writable");
        }
        List<String> command = new ArrayList<>(Jail.unprivileged(mountPoint + "/out", mountPoint + "/proof"));
        command.addAll(List.of("sh", "-c", "umask 022\n" + script));
        String[] last = {"namespaces are not to be had"};
        int status = Confined.run(
                Jail.sealed(
                        SET_UP,
                        List.of(
                                mountPoint,
                                String.valueOf(Jail.user()),
                                tree.toString(),
                                directory.toString(),
                                root.toString(),
                                nameBelowSources()),
                        command),
                Optional.of(directory),
                line -> {
                    last[0] = line;
                    lines.accept(line);
                });
        if (status == Jail.NO_STAGE) {
            throw new StageException(last[0]);
        }
        return status;
    }

    /** The tree's name where it lies below /usr/src of its system and this machine has such a directory, else nothing. */
    private String nameBelowSources() {
        Path sources = root.resolve("usr/src");
        boolean below = tree.getNameCount() > sources.getNameCount()
                && tree.startsWith(sources)
                && Files.isDirectory(Path.of("/usr/src"))
                && (root.equals(Path.of("/")) || hasPlainKbuild());
        return below ? sources.relativize(tree).toString() : "";
    }

    /** A link among them could lead out of the system that is judged. */
    private boolean hasPlainKbuild() {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(root.resolve("usr/lib"), "linux-kbuild-*")) {
            for (Path kbuild : all) {
                if (Files.isSymbolicLink(kbuild)) {
                    return false;
                }
            }
            return true;
        } catch (IOException | DirectoryIteratorException e) {
            return true;
        }
    }

    @Override
    public Optional<Path> built(String path) {
        return harvest.take(List.of(directory.resolve("out")), path);
    }

    @Override
    public void close() throws IOException {
        Scratch.delete(directory);
    }
}
