package org.hdrfix.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A file that exists below a root directory, found as a process would find it whose {@code /} that directory is
 * (path_resolution(7), chroot(2)): absolute links start again at the root, and {@code ..} at the root stays there. So
 * nothing that an image holds leads out of it. Links above the root, in its own path, are the caller's.
 *
 * <p>Names go through as {@link Path}, never as text: a name that the locale cannot write is not lost. Paths that cannot
 * be walked (nothing there, no permission, more than 40 links, a file in the place of a directory) give nothing, and no
 * exception.
 *
 * @param root the directory that is {@code /}, as it was given
 * @param path where the file really is, as it is seen in the root: absolute, no link, no {@code .} or {@code ..} in it
 */
public record RootPath(Path root, Path path) {
    // The kernel's MAXSYMLINKS and PATH_MAX.
    private static final int LINKS = 40;
    private static final int NAMES_WAITING = 4096;

    private static final Set<PosixFilePermission> EXECUTE = EnumSet.of(
            PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

    /** The file itself, to be opened: the root with the path below it. */
    public Path file() {
        return below(root, path);
    }

    /**
     * Follows a path and all links in it, the last one too.
     *
     * @param path as it is seen in the root; a relative one starts at the root as well
     */
    public static Optional<RootPath> resolve(Path root, String path) {
        try {
            return resolve(root, root.getFileSystem().getPath(path));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Follows a path and all links in it, the last one too. */
    public static Optional<RootPath> resolve(Path root, Path path) {
        try {
            return walk(root, path);
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    /** Whether it is a regular file: no directory, no device, and no FIFO that blocks whoever opens it. */
    public boolean isRegularFile() {
        return Files.isRegularFile(file(), LinkOption.NOFOLLOW_LINKS);
    }

    public boolean isDirectory() {
        return Files.isDirectory(file(), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Whether it is a regular file that somebody may execute. Its mode says so, not access(2): an image can be mounted
     * noexec here and run well where it belongs.
     */
    public boolean isProgram() {
        try {
            PosixFileAttributes facts =
                    Files.readAttributes(file(), PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return facts.isRegularFile() && !Collections.disjoint(facts.permissions(), EXECUTE);
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<RootPath> walk(Path root, Path wanted) throws IOException {
        Path top = root.getFileSystem().getPath("/");
        Deque<Path> waiting = new ArrayDeque<>();
        pushNames(wanted, waiting);
        Path seen = top;
        int links = 0;
        while (!waiting.isEmpty()) {
            Path name = waiting.pop();
            String text = name.toString();
            if (text.isEmpty() || text.equals(".")) {
                continue;
            }
            if (text.equals("..")) {
                seen = seen.getParent() == null ? top : seen.getParent();
                continue;
            }
            Path next = seen.resolve(name);
            Path file = below(root, next);
            BasicFileAttributes facts =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!facts.isSymbolicLink()) {
                if (!facts.isDirectory() && !waiting.isEmpty()) {
                    return Optional.empty();
                }
                seen = next;
                continue;
            }
            Path target = Files.readSymbolicLink(file);
            if (++links > LINKS || waiting.size() + target.getNameCount() > NAMES_WAITING) {
                return Optional.empty();
            }
            if (target.isAbsolute()) {
                seen = top;
            }
            pushNames(target, waiting);
        }
        return Files.exists(below(root, seen), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(new RootPath(root, seen))
                : Optional.empty();
    }

    private static void pushNames(Path path, Deque<Path> waiting) {
        for (int i = path.getNameCount() - 1; i >= 0; i--) {
            waiting.push(path.getName(i));
        }
    }

    private static Path below(Path root, Path seen) {
        Path file = root;
        for (Path name : seen) {
            file = file.resolve(name);
        }
        return file;
    }
}
