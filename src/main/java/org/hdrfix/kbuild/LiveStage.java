package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
        this.directory = Scratch.directory();
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
        List<String> arguments = List.of(tree.toString(), directory.toString(), root.toString(), nameBelowSources());
        return Jail.runSealed(SET_UP, mountPoint, arguments, "umask 022\n" + script, directory, lines);
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
