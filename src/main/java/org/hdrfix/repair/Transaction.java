package org.hdrfix.repair;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects the changes of one repair and puts them into the live tree, all or none. {@link Journal} tells the story. */
final class Transaction {
    private final Disk disk;
    private final Path directory;
    private final Path root;
    private final Path tree;
    /** What each path shall be, relative to the tree, or absolute where it lies outside. */
    private final Map<String, Wanted> wanted = new LinkedHashMap<>();

    private int staged;

    private sealed interface Wanted {}

    private record Content(Path staged, boolean executable, boolean overLink) implements Wanted {}

    private record Link(String target) implements Wanted {}

    private record Removal() implements Wanted {}

    /**
     * Begins a transaction.
     *
     * @param directory absolute path of its own directory, empty, on the tree's file system
     * @param root absolute real path of the system's {@code /}
     * @param tree absolute real path of the tree, below the root
     */
    Transaction(Disk disk, Path directory, Path root, Path tree) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.root = root;
        this.tree = tree;
        disk.createDirectory(directory.resolve("bak"), "rwx------");
        disk.createDirectory(directory.resolve("new"), "rwx------");
    }

    /** Puts a file in the place of one, or where there is none; it is copied at once, a block at a time. */
    void install(String path, Path built) throws IOException {
        try (InputStream in = Files.newInputStream(built, LinkOption.NOFOLLOW_LINKS)) {
            wanted.put(path, new Content(stage(in), true, false));
        }
    }

    void install(String path, byte[] content) throws IOException {
        wanted.put(path, new Content(stage(new ByteArrayInputStream(content)), false, false));
    }

    /** Puts a file at a path where there is none, or only a link that was wrong: the link goes, not what it leads to. */
    void put(String path, byte[] content) throws IOException {
        wanted.put(path, new Content(stage(new ByteArrayInputStream(content)), false, true));
    }

    void link(String path, String target) {
        wanted.put(path, new Link(target));
    }

    void remove(String path) {
        wanted.put(path, new Removal());
    }

    /** All that changes. */
    Collection<String> paths() {
        return wanted.keySet();
    }

    private Path stage(InputStream content) throws IOException {
        Path file = directory.resolve("new").resolve("staged." + staged++);
        disk.write(file, content);
        return file;
    }

    /**
     * Does it: on any failure the tree is put back before the exception leaves.
     *
     * @param inventory what the files were when the repair began
     */
    Journal commit(Inventory inventory) throws IOException, RepairException {
        inventory.refuseChanges(paths());
        Journal journal = prepare();
        try {
            journal.write(disk);
            install(journal);
            journal.complete(disk);
        } catch (IOException e) {
            giveUp(journal, e);
        }
        return journal;
    }

    private void giveUp(Journal journal, IOException cause) throws RepairException {
        try {
            if (Journal.isDone(directory)) {
                journal.reopen(disk);
            }
            journal.putBack(disk);
            journal.forget(disk);
        } catch (IOException e) {
            throw new RepairException("installing failed (" + RepairException.because(cause)
                    + ") and so did putting back (" + RepairException.because(e)
                    + "): run hdrfix recover as root, it goes on where this ended. The originals are in " + directory);
        }
        throw new RepairException(
                "installing failed (" + RepairException.because(cause) + "); everything was put back");
    }

    private Journal prepare() throws IOException, RepairException {
        Map<String, FileTime> directories = new LinkedHashMap<>();
        Set<String> created = new LinkedHashSet<>();
        List<Journal.Change> changes = new ArrayList<>();
        for (Map.Entry<String, Wanted> change : inOrder()) {
            Path live = tree.resolve(change.getKey());
            if (live.startsWith(tree)) {
                refuseLinks(change.getKey(), change.getValue());
            } else {
                refuseOutside(live, change.getValue());
            }
            String before = Fingerprint.of(live);
            String after = Fingerprint.ABSENT;
            Path replacement = directory.resolve("new").resolve(String.valueOf(changes.size()));
            if (change.getValue() instanceof Content content) {
                finishLike(live, content, replacement);
                after = Fingerprint.of(replacement);
            } else if (change.getValue() instanceof Link link) {
                linkLike(live, link, replacement);
                after = Fingerprint.of(replacement);
            } else if (before.equals(Fingerprint.ABSENT)) {
                continue;
            }
            noteParents(live.getParent(), directories, created);
            if (!before.equals(Fingerprint.ABSENT)) {
                disk.link(directory.resolve("bak").resolve(String.valueOf(changes.size())), live);
            }
            changes.add(new Journal.Change(change.getKey(), before, after));
        }
        disk.sync(directory.resolve("bak"));
        disk.sync(directory.resolve("new"));
        return new Journal(directory, root, tree, changes, directories, new ArrayList<>(created));
    }

    /** Removals last: what replaces a thing is there before the thing goes. */
    private List<Map.Entry<String, Wanted>> inOrder() {
        List<Map.Entry<String, Wanted>> order = new ArrayList<>();
        for (boolean removals : List.of(false, true)) {
            wanted.entrySet().stream()
                    .filter(change -> change.getValue() instanceof Removal == removals)
                    .forEach(order::add);
        }
        return order;
    }

    /** What is written must lie in the tree itself: a link on the way could lead into another package. */
    private void refuseLinks(String path, Wanted change) throws IOException, RepairException {
        boolean overLink = change instanceof Link || change instanceof Content content && content.overLink();
        Path at = tree;
        for (Path name : Path.of(path)) {
            at = at.resolve(name);
            boolean isLast = at.equals(tree.resolve(path));
            if ((Fingerprint.isLink(at) && !(isLast && overLink))
                    || name.toString().equals("..")) {
                throw new RepairException(at + " is a link out of the tree; nothing was changed");
            }
        }
    }

    /** Outside the tree only links are put, in directories that are there and that no link leads to. */
    private void refuseOutside(Path live, Wanted change) throws IOException, RepairException {
        boolean isLink = change instanceof Link
                && (Fingerprint.isLink(live) || Fingerprint.look(live).isEmpty());
        if (!isLink || !live.getParent().toRealPath().equals(live.getParent()) || !live.startsWith(root)) {
            throw new RepairException(live + " is no link of ours to change; nothing was changed");
        }
        if (!Mounts.areOne(live.getParent(), directory)) {
            // rename(2) cannot cross file systems, and what cannot be renamed cannot be put back as it was.
            throw new RepairException(live + " lies on another file system than " + directory
                    + "; nothing was changed. By hand: ln -sfn " + ((Link) change).target() + " " + live);
        }
    }

    /** Notes which directories will have to be made, and the time of the one in which the first change is seen. */
    private void noteParents(Path parent, Map<String, FileTime> directories, Set<String> created) throws IOException {
        List<Path> missing = new ArrayList<>();
        Path at = parent;
        while (Fingerprint.look(at).isEmpty()) {
            missing.add(0, at);
            at = at.getParent();
        }
        missing.forEach(path -> created.add(name(path)));
        directories.putIfAbsent(name(at), Files.getLastModifiedTime(at, LinkOption.NOFOLLOW_LINKS));
    }

    private String name(Path path) {
        return path.startsWith(tree) ? tree.relativize(path).toString() : path.toString();
    }

    /** Mode and owner are those of the file that is replaced, or of the tree. */
    private void finishLike(Path live, Content content, Path replacement) throws IOException {
        boolean replaces = Fingerprint.isRegularFile(live);
        giveOwnerOf(replaces ? live : tree, content.staged());
        int mode =
                replaces ? (Integer) Files.getAttribute(live, "unix:mode") & 0777 : content.executable() ? 0755 : 0644;
        disk.attribute(content.staged(), "unix:mode", content.executable() ? mode | 0111 : mode);
        disk.sync(content.staged());
        disk.rename(content.staged(), replacement);
    }

    private void linkLike(Path live, Link link, Path replacement) throws IOException {
        disk.symlink(replacement, link.target());
        Path model = live;
        while (Fingerprint.look(model).isEmpty()) {
            model = model.getParent();
        }
        giveOwnerOf(model, replacement);
    }

    private void giveOwnerOf(Path model, Path replacement) throws IOException {
        for (String attribute : List.of("unix:uid", "unix:gid")) {
            int owner = (Integer) Files.getAttribute(model, attribute, LinkOption.NOFOLLOW_LINKS);
            if (owner != (Integer) Files.getAttribute(replacement, attribute, LinkOption.NOFOLLOW_LINKS)) {
                disk.attribute(replacement, attribute, owner);
            }
        }
    }

    private void install(Journal journal) throws IOException {
        for (String path : journal.created()) {
            disk.createDirectory(tree.resolve(path), "rwxr-xr-x");
        }
        for (int i = 0; i < journal.changes().size(); i++) {
            Path live = tree.resolve(journal.changes().get(i).path());
            if (journal.changes().get(i).isRemoval()) {
                disk.delete(live);
            } else {
                disk.rename(journal.replacement(i), live);
            }
        }
        for (String path : journal.created()) {
            disk.sync(tree.resolve(path));
        }
        for (String path : journal.directories().keySet()) {
            disk.sync(tree.resolve(path));
        }
        for (Journal.Change change : journal.changes()) {
            if (!Fingerprint.of(tree.resolve(change.path())).equals(change.after())) {
                throw new IOException(change.path() + " is not what was written");
            }
        }
    }
}
