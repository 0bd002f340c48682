package org.hdrfix.kbuild;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The files of a stage: copied in, handed to the user who builds, and deleted. Links are never followed. */
public final class Scratch {
    /** Bytes of a build's output that are kept of its beginning, and of its end. */
    private static final int LOG_PART = 512 << 10;

    private Scratch() {}

    /** A new directory that another user can reach: unlike one below hdrfix's own state. */
    static Path directory() throws IOException {
        Path directory = Files.createTempDirectory(Path.of("/var/tmp"), "hdrfix-");
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** What one stage may be made of: a hostile tree is refused before it fills the disk. */
    static final class Limits {
        private static final int MOST_ENTRIES = 200_000;
        private static final long MOST_BYTES = 2L << 30;
        private static final long LARGEST = 64L << 20;

        private int entries;
        private long bytes;

        void count(Path at, long size) throws StageException {
            bytes += size;
            if (++entries > MOST_ENTRIES) {
                throw new StageException(at + ": the tree has more than " + MOST_ENTRIES + " entries to copy");
            }
            if (size > LARGEST) {
                throw new StageException(at + " is larger than " + (LARGEST >> 20) + " MiB");
            }
            if (bytes > MOST_BYTES) {
                throw new StageException(at + ": the tree has more than " + (MOST_BYTES >> 30) + " GiB to copy");
            }
        }
    }

    /** Makes a user the owner of a directory and all that is in it. */
    static void give(Path directory, int user) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) throws IOException {
                return visitFile(at, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path at, BasicFileAttributes attributes) throws IOException {
                Files.setAttribute(at, "unix:gid", user, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(at, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Copies a file, a link or a whole directory; sockets, FIFOs and devices are left out. So is what others may not read,
     * where root copies: the copy is going to be another user's.
     */
    static void copy(Path from, Path to, Limits limits) throws IOException {
        boolean readsAll = Jail.isRoot();
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) throws IOException {
                limits.count(at, 0);
                if (readsAll && !isOpenToOthers(at, PosixFilePermission.OTHERS_EXECUTE)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(at)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path at, BasicFileAttributes attributes) throws IOException {
                boolean isCopied = attributes.isSymbolicLink()
                        || attributes.isRegularFile()
                                && (!readsAll || isOpenToOthers(at, PosixFilePermission.OTHERS_READ));
                if (isCopied) {
                    limits.count(at, attributes.size());
                    Path place = at.equals(from) ? to : to.resolve(from.relativize(at));
                    Files.copy(at, place, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean isOpenToOthers(Path file, PosixFilePermission permission) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .permissions()
                .contains(permission);
    }

    /**
     * Appends a build's output to a log: what is too long loses its middle, since the first error and the last words tell
     * most.
     *
     * @param heading a line of its own before it
     */
    static void appendLog(Optional<Path> output, String heading, Path log) throws IOException {
        try (OutputStream to = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            to.write((heading + "\n").getBytes(StandardCharsets.ISO_8859_1));
            if (output.isPresent()) {
                try (SeekableByteChannel from = Files.newByteChannel(output.get())) {
                    long leftOut = from.size() - 2L * LOG_PART;
                    InputStream in = Channels.newInputStream(from);
                    to.write(in.readNBytes(LOG_PART));
                    if (leftOut > 0) {
                        to.write(("\n[" + leftOut + " bytes left out]\n").getBytes(StandardCharsets.ISO_8859_1));
                        from.position(from.size() - LOG_PART);
                    }
                    to.write(in.readNBytes(LOG_PART));
                }
            }
        }
    }

    /** Deletes a directory and all that is in it; nothing where there is none. */
    public static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            empty(directory);
        }
        Files.deleteIfExists(directory);
    }

    /**
     * Deletes all that is in a directory. A build can nest directories deeper than any path can say: each is emptied
     * relative to itself, and its own directories are moved to the top.
     */
    static void empty(Path directory) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            if (stream instanceof SecureDirectoryStream<Path> top) {
                long moved = 0;
                for (boolean again = true; again; ) {
                    again = false;
                    // Its own iterator has been used up, or may not show what was moved here since.
                    try (SecureDirectoryStream<Path> entries =
                            top.newDirectoryStream(Path.of("."), LinkOption.NOFOLLOW_LINKS)) {
                        for (Path entry : entries) {
                            moved = delete(top, entry.getFileName(), moved);
                            again = true;
                        }
                    }
                }
            } else {
                throw new IOException(directory + ": this system has no openat(2)");
            }
        }
    }

    private static long delete(SecureDirectoryStream<Path> top, Path name, long moved) throws IOException {
        boolean isDirectory = top.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
        if (!isDirectory) {
            top.deleteFile(name);
            return moved;
        }
        try {
            top.deleteDirectory(name);
            return moved;
        } catch (DirectoryNotEmptyException e) {
            return flatten(top, name, moved);
        }
    }

    /** Deletes the files of a directory, and gives its directories new names at the top. */
    private static long flatten(SecureDirectoryStream<Path> top, Path name, long moved) throws IOException {
        long count = moved;
        try (SecureDirectoryStream<Path> inner = top.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : inner) {
                Path child = entry.getFileName();
                if (inner.getFileAttributeView(child, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes()
                        .isDirectory()) {
                    inner.move(child, top, Path.of(".hdrfix-deleted-" + count++));
                } else {
                    inner.deleteFile(child);
                }
            }
        }
        top.deleteDirectory(name);
        return count;
    }
}
