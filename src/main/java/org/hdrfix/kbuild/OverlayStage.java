package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A stage in private namespaces: the tree under overlayfs, every other mount read-only, no network (unshare(1),
 * mount(8), the kernel's Documentation/filesystems/overlayfs.rst). Needs root.
 */
public final class OverlayStage implements Stage {
    /** Where the view appears; the first that is there and that neither tree nor stage lies below. */
    private static final List<String> MOUNT_POINTS = List.of("/mnt", "/media", "/srv", "/opt", "/home");

    /**
     * Ownership is given only when everything else is read-only, and only behind directories that are no links: tools
     * could be a link to /etc. What others may not read, and what is large, stays root's: a copy of it in the layer would
     * be the build's to read.
     */
    private static final String SET_UP =
            (Jail.BEGIN + """
            tree=$1 stage=$2 kind=$3
            shift 3
            writable=$at/out
            case $kind in
            bind) mount -n --bind "$tree" "$at/tree" ;;
            read) mount -n -t overlay hdrfix -o "ro,lowerdir=$stage/layer:$tree" "$at/tree" ;;
            write)
              writable="$at/out $at/tree"
              mount -n -t overlay hdrfix -o "lowerdir=$tree,upperdir=$stage/layer,workdir=$stage/work" "$at/tree" ;;
            esac
            mount -n --bind "$stage/out" "$at/out"
            mount -n --bind "$stage/harvest" "$at/proof"
            """ + Jail.SEAL + """
            cd "$at/tree"
            if [ "$kind" = write ]; then
              chown "$user:$user" .
              for part in scripts include/config include/generated certs TOOLS; do
                [ -d "$part" ] && [ "$(cd "$part" && pwd -P)" = "$at/tree/$part" ] || continue
                find "$part" -xdev \\( -type d -perm -005 -o -type f -perm -004 -links 1 -size -65536k \\) \\
                  -exec chown -h "$user:$user" {} +
              done
            fi
            """ + Jail.RUN).replace("TOOLS", String.join(" ", TOOLS));

    private final Path tree;
    private final Path directory;
    private final String mountPoint;
    private final Harvest harvest;
    private boolean hasLayer;
    private boolean isHandedOver;

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
        requirePlain(List.of(tree, directory));
        this.mountPoint = mountPoint(List.of(tree, directory));
        for (String name : List.of("layer", "work", "out")) {
            Files.createDirectories(directory.resolve(name));
        }
        this.harvest = new Harvest(directory.resolve("harvest"));
        Scratch.give(directory.resolve("out"), Jail.user());
    }

    /** A path with other letters cannot be handed over: mount options have their own, and the locale may have no others. */
    static void requirePlain(List<Path> paths) throws StageException {
        for (Path path : paths) {
            if (path.toString().chars().anyMatch(c -> c == ',' || c == ':' || c == '\\' || c < ' ' || c > '~')) {
                throw new StageException("mount options cannot hold " + path);
            }
        }
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
    public boolean runsMakefiles() {
        return true;
    }

    @Override
    public void put(Map<String, byte[]> files) throws IOException {
        if (isHandedOver) {
            throw new IllegalStateException("the layer is the build's by now");
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path place = directory.resolve("layer").resolve(file.getKey());
            Files.createDirectories(place.getParent());
            Files.write(place, file.getValue(), StandardOpenOption.CREATE_NEW);
            hasLayer = true;
        }
    }

    @Override
    public int run(String script, boolean writable, Consumer<String> lines) throws IOException {
        isHandedOver |= writable;
        String kind = writable ? "write" : hasLayer ? "read" : "bind";
        hasLayer |= writable;
        return Jail.runSealed(
                SET_UP, mountPoint, List.of(tree.toString(), directory.toString(), kind), script, directory, lines);
    }

    @Override
    public Optional<Path> built(String path) {
        return harvest.take(List.of(directory.resolve("out"), directory.resolve("layer")), path);
    }

    @Override
    public void close() throws IOException {
        Scratch.delete(directory);
    }
}
