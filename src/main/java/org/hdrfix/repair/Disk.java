package org.hdrfix.repair;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Every call by which a transaction changes a disk, in one place, so that a test can let each single one of them fail
 * ({@link #step}). No call follows a link in the last place of its path.
 */
class Disk {
    private static final int BLOCK = 1 << 16;

    /**
     * Is told each call before it is made.
     *
     * @throws IOException to let the call fail
     */
    protected void step(String call, Path path) throws IOException {}

    /** mkdir(2), with a mode that the umask plays no part in. */
    final void createDirectory(Path directory, String mode) throws IOException {
        step("mkdir", directory);
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        step("chmod", directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
    }

    /** A second name for a file or a symbolic link, link(2). */
    final void link(Path name, Path existing) throws IOException {
        step("link", name);
        Files.createLink(name, existing);
    }

    final void symlink(Path name, String target) throws IOException {
        step("symlink", name);
        Files.createSymbolicLink(name, Path.of(target));
    }

    /** Writes a file that is not there yet, a block at a time. */
    final void write(Path file, InputStream content) throws IOException {
        step("create", file);
        try (OutputStream out = Files.newOutputStream(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            byte[] block = new byte[BLOCK];
            for (int n = content.read(block); n >= 0; n = content.read(block)) {
                step("write", file);
                out.write(block, 0, n);
            }
        }
    }

    /** Sets {@code unix:mode}, {@code unix:uid} or {@code unix:gid}. */
    final void attribute(Path file, String name, int value) throws IOException {
        step("attribute", file);
        Files.setAttribute(file, name, value, LinkOption.NOFOLLOW_LINKS);
    }

    /** Sets the time of modification to the nanosecond. */
    final void modified(Path file, FileTime time) throws IOException {
        step("utimens", file);
        Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(time, null, null);
    }

    /** rename(2): what had the new name is gone. */
    final void rename(Path from, Path to) throws IOException {
        step("rename", to);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes a name away: a file's, a link's or an empty directory's. */
    final void delete(Path path) throws IOException {
        step("unlink", path);
        Files.delete(path);
    }

    /** As {@link #delete}, and well where there is none. */
    final void deleteIfThere(Path path) throws IOException {
        try {
            delete(path);
        } catch (NoSuchFileException e) {
            // Then it is as it shall be.
        }
    }

    /** Flushes a file or a directory to its disk, fsync(2). */
    final void sync(Path path) throws IOException {
        step("fsync", path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            channel.force(true);
        }
    }
}
