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
    /** What the set-up exits with when a mount is refused: nothing of the build has run then. */
    private static final int NO_STAGE = 97;

    private static final String SET_UP = """
            at=$1 tree=$2 out=$3 root=$4 name=$5
            shift 5
            set -e
            trap 'exit 97' EXIT
            mount --make-rprivate /
            mount -t tmpfs -o mode=0755 hdrfix "$at"
            mkdir "$at/tree" "$at/out" "$at/lib"
            mount --bind "$tree" "$at/tree"
            mount --bind "$out" "$at/out"
            where=$at/tree
            if [ -n "$name" ]; then
              where=/usr/src/$name
              if [ "$root" != / ]; then
                for kbuild in "$root"/usr/lib/linux-kbuild-*; do
                  [ ! -d "$kbuild" ] || mkdir "$at/lib/${kbuild##*/}"
                done
                mount -t overlay hdrfix -o "ro,lowerdir=$at/lib:/usr/lib" /usr/lib
                for kbuild in "$root"/usr/lib/linux-kbuild-*; do
                  [ ! -d "$kbuild" ] || mount --bind "$kbuild" "/usr/lib/${kbuild##*/}"
                done
                mount --bind "$root/usr/src" /usr/src
              fi
            fi
            while read -r _ _ _ _ mount how rest; do
              case "$rest" in
              *" - proc "*|*" - sysfs "*|*" - cgroup"*|*" - devpts "*|*" - devtmpfs "*|*" - mqueue "*) continue ;;
              esac
              case "$how:$mount" in
              *:"$at/out") continue ;;
              rw*) mount -o remount,bind,ro "$(printf '%b' "$mount")" 2>/dev/null || : ;;
              esac
            done </proc/self/mountinfo
            mount -t proc proc /proc 2>/dev/null || :
            cd "$where"
            trap - EXIT
            exec "$@"
            """;

    private final Path root;
    private final Path tree;
    private final Path out;
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
        this.root = root;
        this.tree = tree;
        this.mountPoint = OverlayStage.mountPoint(List.of(tree, root.resolve("usr/src")));
        // Not below hdrfix's own state: nobody has to reach it.
        this.out = Files.createTempDirectory(Path.of("/var/tmp"), "hdrfix-");
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwx--x--x"));
        Scratch.give(out, Jail.NOBODY);
    }

    @Override
    public String description() {
        return "the live tree, read-only in private namespaces";
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
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--pid",
                "--net",
                "--ipc",
                "--uts",
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                SET_UP));
        command.addAll(
                List.of("hdrfix", mountPoint, tree.toString(), out.toString(), root.toString(), nameBelowSources()));
        command.addAll(Jail.unprivileged(mountPoint + "/out"));
        command.addAll(List.of("sh", "-c", "umask 022\n" + script));
        int status = Jail.run(command, lines);
        if (status == NO_STAGE) {
            throw new StageException("namespaces are not to be had");
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
        return Scratch.regular(out.resolve(path));
    }

    @Override
    public Path log() {
        return out.resolve("log");
    }

    @Override
    public void close() throws IOException {
        Scratch.delete(out);
    }
}
