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
    /** New content by path relative to the tree; nothing for a file to remove. */
    private final Map<String, Optional<Content>> wanted = new LinkedHashMap<>();

    private record Content(byte[] bytes, boolean executable) {}

    Transaction(Path directory, Path tree) {
        this.directory = directory;
        this.tree = tree;
    }

    void install(String path, byte[] content, boolean executable) {
        wanted.put(path, Optional.of(new Content(content, executable)));
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
        for (Map.Entry<String, Optional<Content>> change : wanted.entrySet()) {
            Path live = tree.resolve(change.getKey());
            refuseLinks(change.getKey());
            noteParents(live.getParent(), directories, created);
            String before = Fingerprint.of(live);
            if (!before.equals(Fingerprint.ABSENT)) {
                Files.createLink(directory.resolve("bak").resolve(String.valueOf(index)), live);
            }
            String after = Fingerprint.ABSENT;
            if (change.getValue().isPresent()) {
                Path replacement = directory.resolve("new").resolve(String.valueOf(index));
                writeLike(live, change.getValue().get(), replacement);
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
    private void refuseLinks(String path) throws RepairException {
        Path at = tree;
        for (Path name : Path.of(path)) {
            at = at.resolve(name);
            if (Files.isSymbolicLink(at) || name.toString().equals("..")) {
                throw new RepairException(at + " is a link out of the tree; nothing was changed");
            }
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
        boolean replaces = Files.exists(live, LinkOption.NOFOLLOW_LINKS);
        Path model = replaces ? live : tree;
        for (String attribute : List.of("unix:uid", "unix:gid")) {
            Object owner = Files.getAttribute(model, attribute);
            if (!owner.equals(Files.getAttribute(replacement, attribute))) {
                Files.setAttribute(replacement, attribute, owner);
            }
        }
        int mode =
                replaces ? (Integer) Files.getAttribute(live, "unix:mode") & 0777 : content.executable() ? 0755 : 0644;
        Files.setAttribute(replacement, "unix:mode", content.executable() ? mode | 0111 : mode);
        Journal.sync(replacement);
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
