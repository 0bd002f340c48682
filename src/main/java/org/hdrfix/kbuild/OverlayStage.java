package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A stage in private namespaces: the tree under overlayfs, every other mount read-only, no network (unshare(1),
 * mount(8), the kernel's Documentation/filesystems/overlayfs.rst). Needs root.
 */
public final class OverlayStage implements Stage {
    /** What the set-up exits with when a mount is refused: nothing of the build has run then. */
    private static final int NO_STAGE = 97;

    /** Where the view appears; the first that is there and that neither tree nor stage lies below. */
    private static final List<String> MOUNT_POINTS = List.of("/mnt", "/media", "/srv", "/opt", "/home");

    private static final String SET_UP = """
            at=$1 tree=$2 stage=$3 kind=$4 user=$5
            shift 5
            set -e
            trap 'exit 97' EXIT
            mount --make-rprivate /
            mount -t tmpfs -o mode=0755 hdrfix "$at"
            mkdir "$at/tree" "$at/out"
            case $kind in
            bind) mount --bind "$tree" "$at/tree"; mount -o remount,bind,ro "$at/tree" ;;
            read) mount -t overlay hdrfix -o "ro,lowerdir=$stage/layer:$tree" "$at/tree" ;;
            write)
              mount -t overlay hdrfix -o "lowerdir=$tree,upperdir=$stage/layer,workdir=$stage/work" "$at/tree"
              cd "$at/tree"
              chown "$user:$user" .
              for part in scripts include/config include/generated certs TOOLS; do
                [ ! -d "$part" ] || [ -L "$part" ] || chown -R -h "$user:$user" "$part"
              done ;;
            esac
            mount --bind "$stage/out" "$at/out"
            while read -r _ _ _ _ where how rest; do
              case "$rest" in
              *" - proc "*|*" - sysfs "*|*" - cgroup"*|*" - devpts "*|*" - devtmpfs "*|*" - mqueue "*) continue ;;
              esac
              case "$how:$where" in
              *:"$at/"*) continue ;;
              rw*) mount -o remount,bind,ro "$(printf '%b' "$where")" 2>/dev/null || : ;;
              esac
            done </proc/self/mountinfo
            mount -t proc proc /proc 2>/dev/null || :
            cd "$at/tree"
            trap - EXIT
            exec "$@"
            """.replace("TOOLS", String.join(" ", TOOLS));

    private final Path tree;
    private final Path directory;
    private final String mountPoint;
    private boolean hasLayer;

    /**
     * Lays out a stage.
     *
     * @param tree absolute path of the live tree
     * @param directory an empty directory of its own, on the file system that takes what is built
     * @throws StageException where this system or these paths do not allow one
     */
    public OverlayStage(Path tree, Path directory) throws IOException {
        this.tree = tree;
        this.directory = directory;
        if (!Jail.isRoot()) {
            throw new StageException("not root");
        }
        for (Path path : List.of(tree, directory)) {
            if (path.toString().chars().anyMatch(c -> c == ',' || c == ':' || c == '\\' || c < ' ')) {
                throw new StageException("mount options cannot hold this path");
            }
        }
        this.mountPoint = mountPoint(List.of(tree, directory));
        for (String name : List.of("layer", "work", "out")) {
            Files.createDirectories(directory.resolve(name));
        }
        Scratch.give(directory.resolve("out"), Jail.NOBODY);
    }

    /** A directory of this machine that can be covered by a view: none of the paths lies below it. */
    static String mountPoint(List<Path> wanted) throws StageException {
        return MOUNT_POINTS.stream()
                .filter(at -> Files.isDirectory(Path.of(at), LinkOption.NOFOLLOW_LINKS)
                        && wanted.stream().noneMatch(path -> path.startsWith(at)))
                .findFirst()
                .orElseThrow(() -> new StageException("no directory to mount the view on"));
    }

    @Override
    public String description() {
        return "overlayfs in private namespaces";
    }

    @Override
    public void put(Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path place = directory.resolve("layer").resolve(file.getKey());
            Files.createDirectories(place.getParent());
            Files.write(place, file.getValue());
            hasLayer = true;
        }
    }

    @Override
    public int run(String script, boolean writable, Consumer<String> lines) throws IOException {
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
        String kind = writable ? "write" : hasLayer ? "read" : "bind";
        hasLayer |= writable;
        command.addAll(List.of(
                "hdrfix", mountPoint, tree.toString(), directory.toString(), kind, String.valueOf(Jail.NOBODY)));
        command.addAll(Jail.unprivileged(mountPoint + "/out"));
        command.addAll(List.of("sh", "-c", script));
        int status = Jail.run(command, lines);
        if (status == NO_STAGE) {
            throw new StageException("namespaces or overlayfs are not to be had");
        }
        return status;
    }

    @Override
    public Optional<Path> built(String path) {
        return Scratch.regular(directory.resolve("out").resolve(path))
                .or(() -> Scratch.regular(directory.resolve("layer").resolve(path)));
    }

    @Override
    public Path log() {
        return directory.resolve("out/log");
    }

    @Override
    public void close() throws IOException {
        Scratch.delete(directory);
    }
}
