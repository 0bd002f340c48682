package org.hdrfix.kbuild;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes what a build has left, file by file, as somebody asks for it by name: regular files with one name, that the
 * build's own user owns, without setuid and setgid, of at most 64 MiB, behind directories that are no links. Each is
 * copied out of the build's reach at once: what is judged, started and installed is that copy.
 */
final class Harvest {
    /** 64 MiB: no host program comes near it. */
    private static final long LARGEST = 64L << 20;

    /** S_ISUID, S_ISGID; stat(2). */
    private static final int SET_ID = 06000;

    private final Path store;

    /**
     * Makes an empty harvest.
     *
     * @param store a directory that is made, on this machine, and that the build cannot write to
     */
    Harvest(Path store) throws IOException {
        this.store = Files.createDirectory(store);
        // Others may read it: the programs in it are started.
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /**
     * A copy of a file, in the place of an earlier one.
     *
     * @param places directories to look in, the first that has it is taken
     * @param path relative to one of them
     */
    Optional<Path> take(List<Path> places, String path) {
        Path copy = store.resolve(path);
        for (Path place : places) {
            try {
                Files.deleteIfExists(copy);
                if (isTaken(place, path)) {
                    copy(place.resolve(path), copy);
                    return Optional.of(copy);
                }
            } catch (IOException e) {
                // Nothing is there, or it cannot be read: it was not built.
            }
        }
        return Optional.empty();
    }

    private static boolean isTaken(Path place, String path) throws IOException {
        Path at = place;
        for (Path name : Path.of(path).getParent() == null
                ? List.<Path>of()
                : Path.of(path).getParent()) {
            at = at.resolve(name);
            if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
        }
        Map<String, Object> facts = Files.readAttributes(
                place.resolve(path), "unix:isRegularFile,size,mode,nlink,uid", LinkOption.NOFOLLOW_LINKS);
        return (Boolean) facts.get("isRegularFile")
                && (Long) facts.get("size") <= LARGEST
                && ((Integer) facts.get("mode") & SET_ID) == 0
                && (Integer) facts.get("nlink") == 1
                && (!Jail.isRoot() || (Integer) facts.get("uid") == Jail.user());
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (InputStream in = Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS);
                OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
            byte[] piece = new byte[1 << 16];
            long left = LARGEST;
            for (int count = in.read(piece); count >= 0 && left > 0; count = in.read(piece)) {
                out.write(piece, 0, (int) Math.min(count, left));
                left -= count;
            }
        }
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
