package org.hdrfix.repair;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.hdrfix.kbuild.Scratch;
import org.hdrfix.tree.HeaderTree;

/**
 * Where transactions are kept: {@code ROOT/var/lib/hdrfix/RELEASE/N}, or beside the tree in {@code .hdrfix/RELEASE/N} where that is on another file
 * system, because a rename cannot cross one. N counts up; undo takes back the highest.
 */
public final class Originals implements AutoCloseable {
    private final FileChannel channel;
    private final FileLock lock;

    private Originals(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the lock that keeps two repairs apart, until closed.
     *
     * @param root absolute path of the system's {@code /}
     */
    public static Originals lock(Path root) throws RepairException {
        Path directory = root.resolve("var/lib/hdrfix");
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new RepairException("another hdrfix is at work (" + directory + "/lock); nothing was changed");
            }
            return new Originals(channel, lock);
        } catch (IOException e) {
            throw new RepairException(
                    "cannot write to " + directory + ": are you root? (sudo hdrfix ...); nothing was changed");
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }

    /** The directory of all transactions on one tree. */
    static Path of(Path root, HeaderTree tree) throws IOException {
        Path state = root.resolve("var/lib/hdrfix");
        Files.createDirectories(state);
        boolean together = Files.getFileStore(state).equals(Files.getFileStore(tree.root()));
        Path base = together ? state : tree.root().resolveSibling(".hdrfix");
        return base.resolve(tree.release().value().replace('/', '_'));
    }

    /** A new, empty transaction's directory. */
    static Path next(Path root, HeaderTree tree) throws IOException {
        Path directory = of(root, tree);
        Files.createDirectories(directory);
        List<Path> all = all(directory);
        int number = all.isEmpty() ? 1 : number(all.get(all.size() - 1)) + 1;
        Path next = Files.createDirectory(
                directory.resolve(String.valueOf(number)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return next;
    }

    /**
     * The journal of the last transaction on a tree.
     *
     * @throws RepairException where it cannot be read
     */
    static Optional<Journal> last(Path root, HeaderTree tree) throws IOException, RepairException {
        List<Path> all = all(of(root, tree));
        for (int i = all.size() - 1; i >= 0; i--) {
            if (!Files.exists(all.get(i).resolve("journal"))) {
                // A repair that was cut short before it had changed anything.
                Scratch.delete(all.get(i));
                continue;
            }
            Journal journal = Journal.read(all.get(i));
            if (journal.tree().equals(tree.root())) {
                return Optional.of(journal);
            }
        }
        return Optional.empty();
    }

    /** Undoes what a repair that was cut short left in the tree; says so. */
    static Optional<String> recover(Path root, HeaderTree tree) throws IOException, RepairException {
        Optional<Journal> journal = last(root, tree).filter(last -> !last.committed());
        if (journal.isEmpty()) {
            return Optional.empty();
        }
        journal.get().putBack();
        forget(journal.get());
        return Optional.of("an earlier repair was cut short; the tree was put back as it was before it");
    }

    static void forget(Journal journal) throws IOException {
        Scratch.delete(journal.directory());
        try {
            Files.deleteIfExists(journal.directory().getParent());
        } catch (java.nio.file.DirectoryNotEmptyException e) {
            // Earlier repairs of the same tree can still be undone.
        }
    }

    private static List<Path> all(Path directory) throws IOException {
        List<Path> all = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
                for (Path child : children) {
                    if (child.getFileName().toString().matches("[1-9]\\d{0,5}")) {
                        all.add(child);
                    }
                }
            }
        }
        all.sort(Comparator.comparingInt(Originals::number));
        return all;
    }

    private static int number(Path directory) {
        return Integer.parseInt(directory.getFileName().toString());
    }
}
