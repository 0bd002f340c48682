package org.hdrfix.repair;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects the changes of one repair and puts them into the live tree, all or none. {@link Journal} tells the story. */
final class Transaction {
    private final Path directory;
    private final Path tree;
    /** What each path shall be, relative to the tree, or absolute where it lies outside; nothing for a file to remove. */
    private final Map<String, Optional<Wanted>> wanted = new LinkedHashMap<>();

    private sealed interface Wanted {}

    private record Content(byte[] bytes, boolean executable, boolean overLink) implements Wanted {}

    private record Link(String target) implements Wanted {}

    Transaction(Path directory, Path tree) {
        this.directory = directory;
        this.tree = tree;
    }

    void install(String path, byte[] content, boolean executable) {
        wanted.put(path, Optional.of(new Content(content, executable, false)));
    }

    /** Puts a file at a path where there is none, or only a link that was wrong: the link goes, not what it leads to. */
    void put(String path, byte[] content) {
        wanted.put(path, Optional.of(new Content(content, false, true)));
    }

    void link(String path, String target) {
        wanted.put(path, Optional.of(new Link(target)));
    }

    void remove(String path) {
        wanted.put(path, Optional.empty());
    }

    /** Does it: on any failure the tree is put back before the exception leaves. */
    Journal commit() throws IOException, RepairException {
        Journal journal = prepare();
        try {
            rename(journal);
        } catch (IOException e) {
            journal.putBack();
            throw new RepairException("installing failed (" + e + "); everything was put back");
        }
        Journal committed = journal.asCommitted();
        committed.write();
        return committed;
    }

    private Journal prepare() throws IOException, RepairException {
        Files.createDirectories(directory.resolve("bak"));
        Files.createDirectories(directory.resolve("new"));
        Map<String, FileTime> directories = new LinkedHashMap<>();
        Set<String> created = new LinkedHashSet<>();
        List<Journal.Change> changes = new ArrayList<>();
        int index = 0;
        for (Map.Entry<String, Optional<Wanted>> change : wanted.entrySet()) {
            Path live = tree.resolve(change.getKey());
            if (live.startsWith(tree)) {
                refuseLinks(change.getKey(), change.getValue());
                noteParents(live.getParent(), directories, created);
            } else {
                refuseOutside(live, change.getValue());
                directories.putIfAbsent(live.getParent().toString(), Files.getLastModifiedTime(live.getParent()));
            }
            String before = Fingerprint.of(live);
            if (!before.equals(Fingerprint.ABSENT)) {
                Files.createLink(directory.resolve("bak").resolve(String.valueOf(index)), live);
            }
            String after = Fingerprint.ABSENT;
            if (change.getValue().isPresent()) {
                Path replacement = directory.resolve("new").resolve(String.valueOf(index));
                if (change.getValue().get() instanceof Content content) {
                    writeLike(live, content, replacement);
                } else if (change.getValue().get() instanceof Link link) {
                    linkLike(live, link, replacement);
                }
                after = Fingerprint.of(replacement);
            }
            changes.add(new Journal.Change(change.getKey(), before, after));
            index++;
        }
        Journal.sync(directory.resolve("bak"));
        Journal.sync(directory.resolve("new"));
        Journal journal = new Journal(directory, tree, false, changes, directories, new ArrayList<>(created));
        journal.write();
        return journal;
    }

    /** What is written must lie in the tree itself: a link on the way could lead into another package. */
    private void refuseLinks(String path, Optional<Wanted> change) throws RepairException {
        boolean overLink = change.filter(
                        wanted -> wanted instanceof Link || wanted instanceof Content content && content.overLink())
                .isPresent();
        Path at = tree;
        for (Path name : Path.of(path)) {
            at = at.resolve(name);
            boolean isLast = at.equals(tree.resolve(path));
            if ((Files.isSymbolicLink(at) && !(isLast && overLink))
                    || name.toString().equals("..")) {
                throw new RepairException(at + " is a link out of the tree; nothing was changed");
            }
        }
    }

    /** Outside the tree only links are put, in directories that are there and that no link leads to. */
    private void refuseOutside(Path live, Optional<Wanted> change) throws IOException, RepairException {
        boolean isLink = change.filter(Link.class::isInstance).isPresent()
                && (Files.isSymbolicLink(live) || !Files.exists(live, LinkOption.NOFOLLOW_LINKS));
        if (!isLink || !live.getParent().toRealPath().equals(live.getParent())) {
            throw new RepairException(live + " is no link of ours to change; nothing was changed");
        }
        if (!Files.getFileStore(live.getParent()).equals(Files.getFileStore(directory))) {
            // rename(2) cannot cross file systems, and what cannot be renamed cannot be put back as it was.
            throw new RepairException(live + " lies on another file system than " + directory
                    + "; nothing was changed. By hand: ln -sfn " + ((Link) change.get()).target() + " " + live);
        }
    }

    private void noteParents(Path parent, Map<String, FileTime> directories, Set<String> created) throws IOException {
        Path at = tree;
        for (Path name : tree.relativize(parent)) {
            Path above = at;
            at = at.resolve(name);
            String path = tree.relativize(at).toString();
            if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                created.add(path);
                String aboveName = tree.relativize(above).toString();
                if (!created.contains(aboveName)) {
                    directories.putIfAbsent(aboveName, Files.getLastModifiedTime(above));
                }
            }
        }
        String path = tree.relativize(parent).toString();
        if (!created.contains(path)) {
            directories.putIfAbsent(path, Files.getLastModifiedTime(parent));
        }
    }

    /** Mode and owner are those of the file that is replaced, or of the tree. */
    private void writeLike(Path live, Content content, Path replacement) throws IOException {
        Files.write(replacement, content.bytes(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        boolean replaces = Files.isRegularFile(live, LinkOption.NOFOLLOW_LINKS);
        giveOwnerOf(replaces ? live : tree, replacement);
        int mode =
                replaces ? (Integer) Files.getAttribute(live, "unix:mode") & 0777 : content.executable() ? 0755 : 0644;
        Files.setAttribute(replacement, "unix:mode", content.executable() ? mode | 0111 : mode);
        Journal.sync(replacement);
    }

    private void linkLike(Path live, Link link, Path replacement) throws IOException {
        Files.createSymbolicLink(replacement, Path.of(link.target()));
        Path model = Files.exists(live, LinkOption.NOFOLLOW_LINKS) ? live : live.getParent();
        while (!Files.exists(model, LinkOption.NOFOLLOW_LINKS)) {
            model = model.getParent();
        }
        giveOwnerOf(model, replacement);
    }

    private static void giveOwnerOf(Path model, Path replacement) throws IOException {
        for (String attribute : List.of("unix:uid", "unix:gid")) {
            Object owner = Files.getAttribute(model, attribute, LinkOption.NOFOLLOW_LINKS);
            if (!owner.equals(Files.getAttribute(replacement, attribute, LinkOption.NOFOLLOW_LINKS))) {
                Files.setAttribute(replacement, attribute, owner, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private void rename(Journal journal) throws IOException {
        for (String path : journal.created()) {
            Files.createDirectory(tree.resolve(path));
            Files.setAttribute(tree.resolve(path), "unix:mode", 0755);
        }
        for (int i = 0; i < journal.changes().size(); i++) {
            Journal.Change change = journal.changes().get(i);
            Path live = tree.resolve(change.path());
            if (change.after().equals(Fingerprint.ABSENT)) {
                Files.delete(live);
            } else {
                Files.move(journal.replacement(i), live, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        for (String path : journal.created()) {
            Journal.sync(tree.resolve(path));
        }
        for (String path : journal.directories().keySet()) {
            Journal.sync(tree.resolve(path));
        }
        for (Journal.Change change : journal.changes()) {
            if (!Fingerprint.of(tree.resolve(change.path())).equals(change.after())) {
                throw new IOException(change.path() + " is not what was written");
            }
        }
    }
}
