package org.hdrfix.repair;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

/**
 * One transaction on a tree: which files change, what they were, and the originals. This class and {@link Transaction}
 * are the only ones that write to a live tree, and {@link Disk} has all their calls.
 *
 * <p>Its directory holds {@code bak/N} (the originals, hard links made before the first rename), {@code new/N} (what
 * takes their place), {@code ballast} (64 KiB to give back when the disk is full) and {@code journal} (deb822, with a
 * CRC). The name of the journal is the state: {@code journal} is a repair, or an undo, on its way; {@code done} is one
 * that is complete; without either nothing in the tree was touched.
 *
 * <p>The order that makes it safe: originals linked, new files written, all of it synced; the journal written and
 * synced; renames, and only then removals; directories synced; everything compared; {@code journal} renamed to {@code
 * done}. A {@code journal} that is there when a run begins belongs to one that was cut short: {@link #putBack} goes
 * back, deciding for each file by its content and inode alone, so that it can itself be cut short at any point and run
 * again. An undo renames {@code done} to {@code journal} and goes the same way. At the end the journal is deleted before
 * the originals are.
 *
 * @param directory absolute path of the transaction
 * @param root absolute real path of the system's {@code /}
 * @param tree absolute path of the tree, below the root
 * @param changes the files, in the order of the renames
 * @param directories modification times of the directories that change; relative to the tree, or absolute outside it
 * @param created directories that the transaction makes, outermost first, relative to the tree
 */
record Journal(
        Path directory,
        Path root,
        Path tree,
        List<Change> changes,
        Map<String, FileTime> directories,
        List<String> created) {
    static final String UNFINISHED = "journal";
    static final String DONE = "done";
    static final String BALLAST = "ballast";

    /** 4 MiB: a thousand times what any repair writes. */
    private static final int LARGEST = 4 << 20;

    static final String CRC = "Crc: ";

    /**
     * One file.
     *
     * @param path relative to the tree; absolute for a link outside it
     * @param before fingerprint before, {@code absent} where the transaction adds it
     * @param after fingerprint after, {@code absent} where it removes it
     */
    record Change(String path, String before, String after) {
        boolean isRemoval() {
            return after.equals(Fingerprint.ABSENT);
        }
    }

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

    /** Writes the journal and the ballast, all synced: from now on the transaction is one on its way. */
    void write(Disk disk) throws IOException {
        byte[] text = text().getBytes(StandardCharsets.US_ASCII);
        if (text.length > LARGEST) {
            throw new IOException("too many files change for one repair");
        }
        byte[] ballast = new byte[1 << 16];
        // No file system keeps these as a hole.
        java.util.Arrays.fill(ballast, (byte) 'b');
        disk.write(directory.resolve(BALLAST), new ByteArrayInputStream(ballast));
        disk.sync(directory.resolve(BALLAST));
        Path beside = directory.resolve("journal.new");
        disk.write(beside, new ByteArrayInputStream(text));
        disk.sync(beside);
        disk.rename(beside, directory.resolve(UNFINISHED));
        disk.sync(directory);
    }

    private String text() {
        StringBuilder text =
                new StringBuilder("Format: 1\nTree: " + inRoot(tree) + "\nFiles: " + changes.size() + "\n\n");
        for (Change change : changes) {
            text.append("Path: " + encoded(change.path()) + "\nBefore: " + change.before() + "\nAfter: "
                    + change.after() + "\n\n");
        }
        directories.forEach((path, time) ->
                text.append("Directory: " + encoded(path) + "\nModified: " + time.toInstant() + "\n\n"));
        created.forEach(path -> text.append("Created: " + encoded(path) + "\n\n"));
        return text + CRC + crc(text.toString()) + "\n";
    }

    static String crc(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", crc.getValue());
    }

    /** A path below the root as its own system sees it: a card is repaired on one machine and recovered on another. */
    private String inRoot(Path path) {
        return "/" + uri(Path.of("/").resolve(root.relativize(path)));
    }

    /** URI spelling: names with line ends, and bytes that are no characters, come back as they were. */
    private static String uri(Path absolute) {
        return absolute.toUri().getRawPath().replaceFirst("^/+", "").replaceFirst("/+$", "");
    }

    private String encoded(String path) {
        return Path.of(path).isAbsolute()
                ? inRoot(Path.of(path))
                : "./" + uri(Path.of("/").resolve(path));
    }

    /**
     * Reads the journal of a transaction's directory, in whatever state it is.
     *
     * @throws RepairException where it is no journal of ours, or speaks of files outside its root
     */
    static Journal read(Path directory, Path root) throws IOException, RepairException {
        Path file = directory.resolve(isUnfinished(directory) ? UNFINISHED : DONE);
        try {
            List<Stanza> stanzas = Deb822.read(file.toString(), checked(file));
            Stanza head = stanzas.get(0);
            Path tree = place(root, root, head.required("Tree"));
            List<Change> changes = new ArrayList<>();
            Map<String, FileTime> directories = new LinkedHashMap<>();
            List<String> created = new ArrayList<>();
            for (Stanza stanza : stanzas.subList(1, stanzas.size())) {
                if (stanza.field("Path").isPresent()) {
                    changes.add(new Change(
                            decoded(root, tree, stanza.required("Path")),
                            stanza.required("Before"),
                            stanza.required("After")));
                } else if (stanza.field("Directory").isPresent()) {
                    directories.put(
                            decoded(root, tree, stanza.required("Directory")),
                            FileTime.from(Instant.parse(stanza.required("Modified"))));
                } else {
                    created.add(decoded(root, tree, stanza.required("Created")));
                }
            }
            if (Integer.parseInt(head.required("Files")) != changes.size()) {
                throw new RepairException(file + " is cut short; nothing was changed");
            }
            return new Journal(directory, root, tree, changes, directories, created);
        } catch (CatalogueException
                | IndexOutOfBoundsException
                | NumberFormatException
                | InvalidPathException
                | DateTimeParseException e) {
            throw new RepairException(file + " cannot be read (" + e.getMessage() + "); nothing was changed");
        }
    }

    /** The text before its CRC, which must be right: a disk that lies must not make us write to a tree. */
    private static String checked(Path file) throws IOException, RepairException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes(LARGEST + 1);
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.lastIndexOf(CRC);
        if (bytes.length > LARGEST
                || end < 0
                || !text.substring(end).equals(CRC + crc(text.substring(0, end)) + "\n")) {
            throw new RepairException(file + " is damaged; nothing was changed");
        }
        return text.substring(0, end);
    }

    private static String decoded(Path root, Path tree, String text) throws RepairException {
        Path place = place(root, tree, text);
        return text.startsWith("/") ? place.toString() : tree.relativize(place).toString();
    }

    /** Where a journal's path lies on this machine; journals of an image do not reach out of it. */
    private static Path place(Path root, Path tree, String text) throws RepairException {
        try {
            Path plain = Path.of(URI.create("file:///" + text.replaceFirst("^(\\./|/+)", "")));
            boolean climbs = false;
            for (Path name : plain) {
                climbs |= name.toString().equals("..") || name.toString().equals(".");
            }
            Path place =
                    (text.startsWith("/") ? root : tree).resolve(Path.of("/").relativize(plain));
            if (!climbs && place.startsWith(root)) {
                return place;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new RepairException(
                "the journal speaks of " + text + ", which is no place of its system; nothing was changed");
    }

    /** Makes a repair that is complete into one on its way, so that an undo which is cut short is completed later. */
    void reopen(Disk disk) throws IOException, RepairException {
        refuseStrangers();
        disk.rename(directory.resolve(DONE), directory.resolve(UNFINISHED));
        disk.sync(directory);
    }

    /** Makes a repair on its way into one that is complete. Needs no space. */
    void complete(Disk disk) throws IOException {
        disk.rename(directory.resolve(UNFINISHED), directory.resolve(DONE));
        disk.sync(directory);
    }

    /**
     * Puts every file back to what it was before, and compares. Files that are back already are left alone, so it can be
     * repeated.
     *
     * @throws RepairException where a file is neither what it was nor what the repair made of it: nothing is changed then
     */
    void putBack(Disk disk) throws IOException, RepairException {
        refuseStrangers();
        try {
            putAllBack(disk);
        } catch (IOException e) {
            // The disk may be full: the ballast makes the room that is needed, a block of a directory.
            disk.deleteIfThere(directory.resolve(BALLAST));
            disk.sync(directory);
            putAllBack(disk);
        }
    }

    private void refuseStrangers() throws IOException, RepairException {
        for (Change change : changes) {
            Path live = tree.resolve(change.path());
            refuseLinksOnTheWay(live);
            String now = Fingerprint.of(live);
            if (!now.equals(change.before()) && !now.equals(change.after())) {
                throw new RepairException(
                        live + " was changed since the repair; nothing was put back. The originals are in " + directory
                                + "; to keep the tree as it is instead: rm -r " + directory);
            }
            boolean linksOnly = change.before().equals(Fingerprint.ABSENT)
                    || change.before().startsWith("link ");
            if (!live.startsWith(tree) && !linksOnly) {
                throw new RepairException(live + " lies outside the tree and is no link; nothing was put back");
            }
        }
    }

    private void refuseLinksOnTheWay(Path live) throws IOException, RepairException {
        Path at = root;
        for (Path name : root.relativize(live.getParent())) {
            at = at.resolve(name);
            if (Fingerprint.isLink(at)) {
                throw new RepairException(
                        at + " has become a link; nothing was put back. The originals are in " + directory);
            }
        }
    }

    private void putAllBack(Disk disk) throws IOException, RepairException {
        for (int i = changes.size() - 1; i >= 0; i--) {
            putBack(disk, changes.get(i), original(i));
        }
        for (int i = created.size() - 1; i >= 0; i--) {
            try {
                disk.deleteIfThere(tree.resolve(created.get(i)));
            } catch (DirectoryNotEmptyException e) {
                // Somebody else has put something there since: theirs stays.
            }
        }
        for (Map.Entry<String, FileTime> entry : directories.entrySet()) {
            Path place = tree.resolve(entry.getKey());
            disk.modified(place, entry.getValue());
            disk.sync(place);
        }
        for (Change change : changes) {
            String now = Fingerprint.of(tree.resolve(change.path()));
            if (!now.equals(change.before())) {
                throw new RepairException(tree.resolve(change.path()) + " is not what it was after putting back");
            }
        }
    }

    private void putBack(Disk disk, Change change, Path original) throws IOException {
        Path live = tree.resolve(change.path());
        if (change.before().equals(Fingerprint.ABSENT)) {
            disk.deleteIfThere(live);
        } else if (Fingerprint.isOneFile(live, original)) {
            // rename(2) between two links of one file does nothing, and would leave the second link.
            disk.delete(original);
        } else if (Fingerprint.look(original).isPresent()) {
            disk.rename(original, live);
        }
    }

    /** Ends a transaction whose tree is as it was: what is left without a journal is rubbish to whoever finds it. */
    void forget(Disk disk) throws IOException {
        disk.deleteIfThere(directory.resolve(UNFINISHED));
        disk.sync(directory);
    }

    /** Whether the journal of a transaction says that it is on its way. */
    static boolean isUnfinished(Path directory) throws IOException {
        return Fingerprint.look(directory.resolve(UNFINISHED)).isPresent();
    }

    /** Whether a transaction has come to its end. */
    static boolean isDone(Path directory) throws IOException {
        return Fingerprint.look(directory.resolve(DONE)).isPresent();
    }
}
