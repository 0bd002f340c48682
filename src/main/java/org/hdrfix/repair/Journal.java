package org.hdrfix.repair;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

/**
 * One transaction on a tree: which files change, what they were, and the originals. This class and {@link Transaction}
 * are the only ones that write to a live tree.
 *
 * <p>Its directory holds {@code journal} (deb822), {@code bak/N} (the originals, hard links made before the first
 * rename) and {@code new/N} (what takes their place). The order that makes it safe: originals linked and new files
 * written and synced, journal synced, renames, directories synced, journal marked committed. A journal that is there
 * and not committed belongs to a repair that was cut short: {@link #putBack} undoes it, deciding for each file by its
 * content, so that it can itself be cut short and run again.
 *
 * @param directory absolute path of the transaction
 * @param tree absolute path of the tree
 * @param committed whether every change is in place
 * @param changes the files, in the order of the renames
 * @param directories modification times of the directories that change, by path relative to the tree
 * @param created directories that the transaction makes, outermost first, relative to the tree
 */
record Journal(
        Path directory,
        Path tree,
        boolean committed,
        List<Change> changes,
        Map<String, FileTime> directories,
        List<String> created) {
    /**
     * One file.
     *
     * @param path relative to the tree; absolute for a link outside it
     * @param before fingerprint before, {@code absent} where the transaction adds it
     * @param after fingerprint after, {@code absent} where it removes it
     */
    record Change(String path, String before, String after) {}

    Journal {
        changes = List.copyOf(changes);
        directories = new LinkedHashMap<>(directories);
        created = List.copyOf(created);
    }

    Path original(int index) {
        return directory.resolve("bak").resolve(String.valueOf(index));
    }

    Path replacement(int index) {
        return directory.resolve("new").resolve(String.valueOf(index));
    }

    Journal asCommitted() {
        return new Journal(directory, tree, true, changes, directories, created);
    }

    /** Writes the journal beside its place, synced, and renames it there. */
    void write() throws IOException {
        StringBuilder text = new StringBuilder("Tree: " + tree + "\nState: " + (committed ? "committed" : "prepared")
                + "\nFiles: " + changes.size() + "\n\n");
        for (Change change : changes) {
            text.append(
                    "Path: " + change.path() + "\nBefore: " + change.before() + "\nAfter: " + change.after() + "\n\n");
        }
        directories.forEach(
                (path, time) -> text.append("Directory: " + path + "\nModified: " + time.toInstant() + "\n\n"));
        created.forEach(path -> text.append("Created: " + path + "\n\n"));
        Path beside = directory.resolve("journal.new");
        Files.write(
                beside,
                text.toString().getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        sync(beside);
        Files.move(beside, directory.resolve("journal"), StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    /** Reads the journal of a transaction's directory. */
    static Journal read(Path directory) throws IOException, RepairException {
        Path file = directory.resolve("journal");
        try {
            List<Stanza> stanzas = Deb822.read(file.toString(), Files.readString(file));
            Stanza head = stanzas.get(0);
            List<Change> changes = new ArrayList<>();
            Map<String, FileTime> directories = new LinkedHashMap<>();
            List<String> created = new ArrayList<>();
            for (Stanza stanza : stanzas.subList(1, stanzas.size())) {
                if (stanza.field("Path").isPresent()) {
                    changes.add(
                            new Change(stanza.required("Path"), stanza.required("Before"), stanza.required("After")));
                } else if (stanza.field("Directory").isPresent()) {
                    directories.put(
                            stanza.required("Directory"), FileTime.from(Instant.parse(stanza.required("Modified"))));
                } else {
                    created.add(stanza.required("Created"));
                }
            }
            if (Integer.parseInt(head.required("Files")) != changes.size()) {
                throw new RepairException(file + " is cut short; nothing was changed");
            }
            boolean committed = head.required("State").equals("committed");
            return new Journal(directory, Path.of(head.required("Tree")), committed, changes, directories, created);
        } catch (CatalogueException
                | IndexOutOfBoundsException
                | NumberFormatException
                | DateTimeParseException
                | InvalidPathException e) {
            throw new RepairException(file + " cannot be read (" + e.getMessage() + "); nothing was changed");
        }
    }

    /**
     * Puts every file back to what it was before, and compares. Files that are back already are left alone, so it can be
     * repeated.
     *
     * @throws RepairException where a file is neither what it was nor what the repair made of it: nothing is changed then
     */
    void putBack() throws IOException, RepairException {
        for (Change change : changes) {
            String now = Fingerprint.of(tree.resolve(change.path()));
            if (!now.equals(change.before()) && !now.equals(change.after())) {
                throw new RepairException(tree.resolve(change.path())
                        + " was changed since the repair; nothing was put back. The originals are in " + directory);
            }
        }
        for (int i = changes.size() - 1; i >= 0; i--) {
            putBack(changes.get(i), original(i));
        }
        for (int i = created.size() - 1; i >= 0; i--) {
            try {
                Files.deleteIfExists(tree.resolve(created.get(i)));
            } catch (java.nio.file.DirectoryNotEmptyException e) {
                // Somebody else has put something there since: theirs stays.
            }
        }
        for (Map.Entry<String, FileTime> entry : directories.entrySet()) {
            Path place = tree.resolve(entry.getKey());
            Files.setLastModifiedTime(place, entry.getValue());
            sync(place);
        }
        for (Change change : changes) {
            String now = Fingerprint.of(tree.resolve(change.path()));
            if (!now.equals(change.before())) {
                throw new RepairException(tree.resolve(change.path()) + " is not what it was after putting back");
            }
        }
    }

    private void putBack(Change change, Path original) throws IOException {
        Path live = tree.resolve(change.path());
        if (change.before().equals(Fingerprint.ABSENT)) {
            Files.deleteIfExists(live);
            return;
        }
        if (!Files.exists(original, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (isOneFile(live, original)) {
            // rename(2) between two links of one file does nothing, and would leave the second link.
            Files.delete(original);
        } else {
            Files.move(original, live, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Whether two names are hard links of one file, or of one symbolic link: what a link leads to plays no part. */
    private static boolean isOneFile(Path live, Path original) throws IOException {
        return Files.exists(live, LinkOption.NOFOLLOW_LINKS)
                && Files.readAttributes(live, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey()
                        .equals(Files.readAttributes(original, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                                .fileKey());
    }

    /** Flushes a file or a directory to its disk, fsync(2). */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            // A directory that was taken away again has nothing to flush.
        }
    }
}
