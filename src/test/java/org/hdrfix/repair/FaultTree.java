package org.hdrfix.repair;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.HeaderTrees;

/**
 * A small system with one header tree, and one repair of it that makes every kind of change: programs replaced, a source
 * patched, files and directories added, links made inside and outside the tree, objects removed. What it was and what
 * it shall be are compared by mode, owner, number of links, time to the nanosecond, and content, of files and directories.
 */
final class FaultTree {
    static final String RELEASE = "6.1.0-7-fault";

    private static final List<String> PROGRAMS =
            List.of("scripts/basic/fixdep", "scripts/mod/modpost", "scripts/genksyms/genksyms", "scripts/kallsyms");
    private static final List<String> OBJECTS = List.of("scripts/mod/modpost.o", "scripts/mod/file2alias.o");
    private static final String PATCHED = "scripts/sorttable.c";
    private static final List<String> ADDED =
            List.of("tools/include/tools/be_byteshift.h", "tools/include/tools/le_byteshift.h");
    private static final String SCRIPT = "scripts/module.lds";
    private static final String PREFIX = "scripts/dtc/include-prefixes/arm";
    private static final Instant OLD = Instant.parse("2021-03-04T05:06:07.123456789Z");

    final Path root;
    final Path tree;
    /** What it was when it was made. */
    Map<String, String> before = Map.of();

    FaultTree(Path root) {
        this.root = root;
        this.tree = root.resolve("usr/src/linux-headers-" + RELEASE);
    }

    private Path buildLink() {
        return root.resolve("lib/modules/" + RELEASE + "/build");
    }

    /** Lays the system out; the same bytes for the same seed. */
    FaultTree make(long seed) throws IOException {
        Random random = new Random(seed);
        for (String path : PROGRAMS) {
            write(path, "an old program", 9_000 + random.nextInt(30_000), random, 0751);
        }
        for (String path : OBJECTS) {
            write(path, "an old object", 5_000 + random.nextInt(9_000), random, 0640);
        }
        for (String path : List.of(PATCHED, "Makefile", "scripts/Makefile.build", "scripts/mod/modpost.c")) {
            write(path, "an old source", 3_000 + random.nextInt(3_000), random, 0644);
        }
        Files.createDirectories(tree.resolve("include/generated"));
        Files.createSymbolicLink(tree.resolve(SCRIPT), Path.of("module.lds.gone"));
        // One that has a second name: the repair must not take the link apart in undo.
        Files.createLink(tree.resolve("scripts/kallsyms.again"), tree.resolve("scripts/kallsyms"));
        Files.createDirectories(buildLink().getParent());
        Files.createSymbolicLink(buildLink(), Path.of("/home/builder/linux"));
        List<Path> all;
        try (Stream<Path> found = Files.walk(root)) {
            all = found.sorted(java.util.Comparator.reverseOrder()).toList();
        }
        int index = 0;
        for (Path path : all) {
            if (!Files.isSymbolicLink(path)) {
                Files.setLastModifiedTime(path, FileTime.from(OLD.plusNanos(1_000_003L * index++)));
            }
        }
        before = fingerprint();
        return this;
    }

    private void write(String path, String kind, int size, Random random, int mode) throws IOException {
        Path file = tree.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content(kind + " " + path, size, random));
        Files.setAttribute(file, "unix:mode", mode);
    }

    private static byte[] content(String head, int size, Random random) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        byte[] words = head.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(words, 0, content, 0, words.length);
        return content;
    }

    /** What the build of the repair has made, by path relative to the tree. */
    private static Map<String, byte[]> built() {
        Map<String, byte[]> built = new TreeMap<>();
        Random random = new Random(42);
        for (String path : PROGRAMS) {
            built.put(path, content("a new program " + path, 20_000 + random.nextInt(40_000), random));
        }
        built.put(PATCHED, content("a new source", 4_000, random));
        for (String path : ADDED) {
            built.put(path, content("a new header " + path, 600, random));
        }
        built.put(SCRIPT, content("a new linker script", 900, random));
        return built;
    }

    HeaderTree headerTree() {
        return HeaderTrees.find(root).stream()
                .filter(found -> found.root().equals(tree))
                .findFirst()
                .orElseThrow();
    }

    /** The repair as {@link Repair} does it, from where its build has ended. */
    void repair(Disk disk) throws IOException, RepairException {
        try (Originals lock = Originals.lock(root, disk)) {
            recover(lock);
            Originals.Place place = lock.next(headerTree());
            try {
                Transaction transaction = transaction(disk, place.directory());
                transaction.commit(new Inventory(tree, transaction.paths()));
            } catch (IOException | RepairException e) {
                Repair.cleanUp(place, disk);
                throw e;
            }
            Repair.cleanUp(place, disk);
        }
    }

    private Transaction transaction(Disk disk, Path directory) throws IOException {
        Map<String, byte[]> built = built();
        Transaction transaction = new Transaction(disk, directory, root, tree);
        OBJECTS.forEach(transaction::remove);
        for (String path : PROGRAMS) {
            Path file = Files.write(root.resolve("built"), built.get(path));
            transaction.install(path, file);
            Files.delete(file);
        }
        transaction.install(PATCHED, built.get(PATCHED));
        for (String path : ADDED) {
            transaction.install(path, built.get(path));
        }
        transaction.put(SCRIPT, built.get(SCRIPT));
        transaction.link(PREFIX, "../../../arch/arm/boot/dts");
        transaction.link(buildLink().toString(), "/usr/src/linux-headers-" + RELEASE);
        return transaction;
    }

    private void recover(Originals lock) throws RepairException {
        Recovery recovery = new Recovery(root, List.of(headerTree()), line -> {});
        recovery.run(lock);
        if (!recovery.failures().isEmpty()) {
            throw new RepairException(recovery.failures().toString());
        }
    }

    /** What every start of hdrfix does first. */
    void recover(Disk disk) throws IOException, RepairException {
        try (Originals lock = Originals.lock(root, disk)) {
            recover(lock);
        }
    }

    void undo(Disk disk) throws IOException, RepairException {
        try (Originals lock = Originals.lock(root, disk)) {
            recover(lock);
            Optional<Originals.Place> place = lock.last(headerTree());
            if (place.isPresent()) {
                Repair.takeBack(Journal.read(place.get().directory(), root), place.get(), lock);
            }
        }
    }

    /** As people do it by hand, and many programs: each file is opened and written over. */
    void naiveInPlace() throws IOException {
        for (Map.Entry<String, byte[]> file : built().entrySet()) {
            Path place = tree.resolve(file.getKey());
            Files.createDirectories(place.getParent());
            if (Files.isSymbolicLink(place)) {
                Files.delete(place);
            }
            Files.write(place, file.getValue());
        }
        naiveRest();
    }

    /** What is to go goes first, then what is new is moved there. */
    void naiveDeleteFirst() throws IOException {
        Map<String, byte[]> built = built();
        for (String path : OBJECTS) {
            Files.delete(tree.resolve(path));
        }
        for (String path : built.keySet()) {
            Files.deleteIfExists(tree.resolve(path));
        }
        for (Map.Entry<String, byte[]> file : built.entrySet()) {
            Path place = tree.resolve(file.getKey());
            Files.createDirectories(place.getParent());
            Path beside = Files.write(place.resolveSibling("beside"), file.getValue());
            Files.move(beside, place, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            Files.setAttribute(place, "unix:mode", PROGRAMS.contains(file.getKey()) ? 0751 : 0644);
        }
        naiveLinks();
    }

    private void naiveRest() throws IOException {
        for (String path : OBJECTS) {
            Files.delete(tree.resolve(path));
        }
        naiveLinks();
    }

    private void naiveLinks() throws IOException {
        Files.createDirectories(tree.resolve(PREFIX).getParent());
        Files.createSymbolicLink(tree.resolve(PREFIX), Path.of("../../../arch/arm/boot/dts"));
        Files.delete(buildLink());
        Files.createSymbolicLink(buildLink(), Path.of("/usr/src/linux-headers-" + RELEASE));
    }

    /** One of the works by its name, as {@link FaultMain} takes it. */
    void work(String name, Disk disk) throws IOException, RepairException {
        switch (name) {
            case "make" -> make(7);
            // The second is meant to be run with a kernel that forgets fsync(2).
            case "repair", "naive-unsynced" -> repair(disk);
            case "undo" -> undo(disk);
            case "recover" -> recover(disk);
            case "naive-in-place" -> naiveInPlace();
            case "naive-delete-first" -> naiveDeleteFirst();
            default -> throw new IllegalArgumentException(name);
        }
    }

    /** What the tree is after a repair, or a naive one, in which nothing fails; times of what is new aside. */
    Map<String, String> after(String work) throws IOException, RepairException {
        work(work.startsWith("naive") ? work : "repair", new Disk());
        Map<String, String> after = withoutNewTimes(fingerprint());
        org.hdrfix.kbuild.Scratch.delete(root);
        return after;
    }

    /** All that the repair leaves alone or not: every entry below the root but for hdrfix's own state. */
    Map<String, String> fingerprint() throws IOException {
        Map<String, String> fingerprint = new TreeMap<>();
        for (String part : List.of("usr", "lib")) {
            try (Stream<Path> all = Files.walk(root.resolve(part))) {
                for (Path path : (Iterable<Path>) all::iterator) {
                    Map<String, Object> facts = Files.readAttributes(
                            path, "unix:mode,uid,gid,nlink,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
                    String what = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? "" : Fingerprint.of(path);
                    fingerprint.put(root.relativize(path).toString(), new TreeMap<>(facts) + " " + what);
                }
            }
        }
        return fingerprint;
    }

    /** Whether all is as it was, and if not, what differs. */
    String differenceToBefore() throws IOException {
        return difference(before, fingerprint());
    }

    /** Whether all is as the repair wants it, and if not, what differs. */
    String differenceToAfter(Map<String, String> after) throws IOException {
        return difference(after, withoutNewTimes(fingerprint()));
    }

    private static String difference(Map<String, String> wanted, Map<String, String> found) {
        StringBuilder difference = new StringBuilder();
        Set<String> paths = new TreeSet<>(wanted.keySet());
        paths.addAll(found.keySet());
        for (String path : paths) {
            if (!String.valueOf(wanted.get(path)).equals(found.get(path))) {
                difference.append(path + ": wanted " + wanted.get(path) + ", found " + found.get(path) + "\n");
            }
        }
        return difference.toString();
    }

    /** A fingerprint without the times of what the repair changes, and of the directories that hold it. */
    Map<String, String> withoutNewTimes(Map<String, String> fingerprint) {
        Set<String> changed = new TreeSet<>();
        // The second name of a program: whoever writes in place changes its time.
        Stream.of(built().keySet(), OBJECTS, Set.of(PREFIX, "scripts/kallsyms.again"))
                .flatMap(java.util.Collection::stream)
                .map(tree::resolve)
                .forEach(path -> addWithParents(path, changed));
        addWithParents(buildLink(), changed);
        Map<String, String> without = new TreeMap<>();
        fingerprint.forEach((path, facts) ->
                without.put(path, changed.contains(path) ? facts.replaceFirst("lastModifiedTime=[^,}]*", "") : facts));
        return without;
    }

    private void addWithParents(Path path, Set<String> changed) {
        for (Path at = path; at.startsWith(root) && !at.equals(root); at = at.getParent()) {
            changed.add(root.relativize(at).toString());
        }
    }
}
