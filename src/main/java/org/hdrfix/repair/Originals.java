package org.hdrfix.repair;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.kbuild.Scratch;
import org.hdrfix.tree.HeaderTree;

/**
 * Where transactions are kept: {@code ROOT/var/lib/hdrfix/RELEASE/N}. Because a rename cannot cross file systems, that of
 * a tree on another one is in {@code .hdrfix-RELEASE-N} at the top of the tree's own file system, and {@code
 * RELEASE/N/at} says where. N counts up; undo takes back the highest. Nothing is ever kept inside a tree.
 *
 * <p>An open instance holds the lock that keeps two repairs apart.
 */
public final class Originals implements AutoCloseable {
    private static final String PRIVATE = "rwx------";
    private static final String ASIDE = ".hdrfix-";
    private static final String AT = "at";

    private final Path root;
    private final Disk disk;
    private final FileChannel channel;
    private final Interruption interruption = new Interruption();

    /**
     * One transaction's place.
     *
     * @param home what the state directory has of it; the stage is in it
     * @param directory where journal and originals are
     */
    record Place(Path home, Path directory) {
        boolean isAside() {
            return !home.equals(directory);
        }
    }

    private Originals(Path root, Disk disk, FileChannel channel) {
        this.root = root;
        this.disk = disk;
        this.channel = channel;
    }

    /**
     * Takes the lock that keeps two repairs apart, until closed. A JVM that is told to end meanwhile, by a signal, waits
     * until then.
     *
     * @param root absolute real path of the system's {@code /}
     */
    public static Originals lock(Path root) throws RepairException {
        return lock(root, new Disk());
    }

    static Originals lock(Path root, Disk disk) throws RepairException {
        Path state = state(root);
        try {
            makeState(root, disk);
            FileChannel channel = FileChannel.open(
                    state.resolve("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new RepairException("another hdrfix is at work (it holds " + state
                        + "/lock); nothing was changed. Run this again when it is done");
            }
            return new Originals(root, disk, channel);
        } catch (AccessDeniedException e) {
            throw new RepairException(
                    "cannot write to " + state + ": are you root? (sudo hdrfix ...); nothing was changed");
        } catch (IOException e) {
            throw new RepairException(
                    "cannot write to " + state + " (" + RepairException.because(e) + "); nothing was changed");
        }
    }

    /** Nothing where it is held, by another process or by this one. */
    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    static Path state(Path root) {
        return root.resolve("var/lib/hdrfix");
    }

    private static void makeState(Path root, Disk disk) throws IOException, RepairException {
        Path state = state(root);
        Path at = root;
        for (Path name : root.relativize(state)) {
            at = at.resolve(name);
            if (Fingerprint.look(at).isEmpty()) {
                disk.createDirectory(at, at.equals(state) ? PRIVATE : "rwxr-xr-x");
                disk.sync(at.getParent());
            }
        }
        if (!state.toRealPath().startsWith(root)) {
            throw new RepairException(state + " is a link out of its system; nothing was changed");
        }
        int owner = (Integer) Files.getAttribute(state, "unix:uid");
        if (owner != (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) {
            throw new RepairException(state + " belongs to user " + owner + ", who could change what undo puts back;"
                    + " nothing was changed. Run hdrfix as that user, or: chown root " + state);
        }
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(PRIVATE));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest; what was done is done.
        }
        interruption.close();
    }

    /** Whether a signal has told the JVM to end: nothing new is begun then. */
    public boolean isInterrupted() {
        return interruption.isAsked();
    }

    Disk disk() {
        return disk;
    }

    /** Says in one sentence that a signal came; where one came. */
    void refuseWhenInterrupted() throws RepairException {
        if (isInterrupted()) {
            throw new RepairException("interrupted; nothing was changed");
        }
    }

    /**
     * The directory of all transactions on one tree.
     *
     * @param root absolute real path of the system's {@code /}
     */
    public static Path of(Path root, HeaderTree tree) {
        String name = tree.release().value().replace('/', '_');
        return state(root).resolve(name.startsWith(".") ? "_" + name : name);
    }

    /** A new, empty transaction's place; it would still be there after a power cut. */
    Place next(HeaderTree tree) throws IOException, RepairException {
        if (!tree.root().startsWith(root)) {
            throw new RepairException(tree.seenAs() + " lies outside " + root
                    + ", so its originals cannot be kept there;" + " nothing was changed");
        }
        Path releases = of(root, tree);
        if (Fingerprint.look(releases).isEmpty()) {
            disk.createDirectory(releases, PRIVATE);
            disk.sync(releases.getParent());
        }
        List<Path> all = all(releases);
        int number = all.isEmpty() ? 1 : number(all.get(all.size() - 1)) + 1;
        Path home = releases.resolve(String.valueOf(number));
        disk.createDirectory(home, PRIVATE);
        disk.sync(releases);
        if (Mounts.areOne(home, tree.root())) {
            return new Place(home, home);
        }
        Path base = base(root, tree.root());
        if (base.startsWith(tree.root())) {
            throw new RepairException(
                    tree.seenAs() + " is a file system of its own, which leaves no place for the originals"
                            + " beside it; nothing was changed");
        }
        Path aside = base.resolve(aside(home));
        disk.write(
                home.resolve(AT),
                new ByteArrayInputStream(("/" + root.relativize(aside)).getBytes(StandardCharsets.UTF_8)));
        disk.sync(home.resolve(AT));
        disk.sync(home);
        disk.createDirectory(aside, PRIVATE);
        disk.sync(base);
        return new Place(home, aside);
    }

    private static String aside(Path home) {
        return ASIDE + home.getParent().getFileName() + "-" + home.getFileName();
    }

    /** The top of a tree's file system, or of the system that is repaired where that is on the same. */
    private static Path base(Path root, Path tree) throws IOException {
        Path mount = Mounts.of(tree);
        return mount.startsWith(root) ? mount : root;
    }

    /** The last complete repair of a tree. */
    Optional<Place> last(HeaderTree tree) throws IOException, RepairException {
        List<Path> all = all(of(root, tree));
        for (int i = all.size() - 1; i >= 0; i--) {
            Optional<Place> place = place(root, all.get(i));
            if (place.isPresent() && Journal.isDone(place.get().directory())) {
                if (Journal.read(place.get().directory(), root).tree().equals(tree.root())) {
                    return place;
                }
            }
        }
        return Optional.empty();
    }

    /** The transactions that have not come to their end, those of trees whose state was lost with /var among them. */
    static List<Place> unfinished(Path root, List<HeaderTree> trees) throws IOException {
        Map<Path, Place> found = new LinkedHashMap<>();
        for (Path releases : children(state(root))) {
            if (Fingerprint.isDirectory(releases)) {
                for (Path home : all(releases)) {
                    place(root, home).ifPresent(place -> found.put(place.directory(), place));
                }
            }
        }
        Set<Path> bases = new LinkedHashSet<>();
        for (Path parent :
                trees.stream().map(tree -> tree.root().getParent()).distinct().toList()) {
            bases.add(base(root, parent));
        }
        for (Path base : bases) {
            for (Path aside : children(base)) {
                if (aside.getFileName().toString().startsWith(ASIDE) && isOurs(aside)) {
                    found.putIfAbsent(aside, new Place(aside, aside));
                }
            }
        }
        List<Place> unfinished = new ArrayList<>();
        for (Place place : found.values()) {
            if (!Journal.isDone(place.directory())) {
                unfinished.add(place);
            }
        }
        return unfinished;
    }

    /** Where the transaction of a home is; nothing where its file system is not mounted. */
    private static Optional<Place> place(Path root, Path home) throws IOException {
        if (Fingerprint.look(home.resolve(AT)).isEmpty()) {
            return Optional.of(new Place(home, home));
        }
        String text;
        try (InputStream in = Files.newInputStream(home.resolve(AT), LinkOption.NOFOLLOW_LINKS)) {
            text = new String(in.readNBytes(4096), StandardCharsets.UTF_8);
        }
        Path aside = root.resolve(text.replaceFirst("^/+", "")).normalize();
        // What an image says is believed only where it names the directory that hdrfix would have made.
        boolean plausible = aside.startsWith(root)
                && aside.getFileName().toString().equals(aside(home))
                && Files.isDirectory(aside.getParent())
                && aside.getParent().toRealPath().equals(aside.getParent());
        return plausible && isOurs(aside) ? Optional.of(new Place(home, aside)) : Optional.empty();
    }

    private static boolean isOurs(Path directory) throws IOException {
        return Fingerprint.isDirectory(directory)
                && Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    /** Deletes a place and all that is in it: only where no journal needs it any more. */
    static void discard(Place place) {
        try {
            Scratch.delete(place.directory());
            if (place.isAside()) {
                Scratch.delete(place.home());
            }
            tidy(place.home().getParent());
        } catch (IOException e) {
            // It lies outside every tree, and the next run clears it away.
        }
    }

    private static void tidy(Path releases) throws IOException {
        if (releases.getParent().endsWith("var/lib/hdrfix")) {
            try {
                Files.deleteIfExists(releases);
            } catch (DirectoryNotEmptyException e) {
                // Earlier repairs of the same tree can still be undone.
            }
        }
    }

    private static List<Path> all(Path releases) throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path child : children(releases)) {
            if (child.getFileName().toString().matches("[1-9]\\d{0,5}") && Fingerprint.isDirectory(child)) {
                all.add(child);
            }
        }
        all.sort(Comparator.comparingInt(Originals::number));
        return all;
    }

    private static List<Path> children(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        if (!Files.isSymbolicLink(directory)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
                all.forEach(children::add);
            } catch (NoSuchFileException | NotDirectoryException e) {
                // Then it has none.
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return children;
    }

    private static int number(Path directory) {
        return Integer.parseInt(directory.getFileName().toString());
    }
}
