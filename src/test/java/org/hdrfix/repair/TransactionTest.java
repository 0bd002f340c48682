package org.hdrfix.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionTest {
    @TempDir
    Path temp;

    private Path tree;
    private Path directory;
    private final Disk disk = new Disk();
    private Path root;
    private final FileTime old = FileTime.from(Instant.parse("2021-03-04T05:06:07.123456789Z"));

    @BeforeEach
    void makesATree() throws IOException {
        root = temp.toRealPath();
        tree = Files.createDirectories(root.resolve("tree"));
        directory = Files.createDirectories(root.resolve("tx"));
        Files.createDirectories(tree.resolve("scripts/mod"));
        Files.writeString(tree.resolve("scripts/fixdep"), "old fixdep");
        Files.writeString(tree.resolve("scripts/mod/modpost.o"), "old object");
        Files.setAttribute(tree.resolve("scripts/fixdep"), "unix:mode", 0751);
        for (String path : new String[] {"scripts/fixdep", "scripts/mod/modpost.o", "scripts/mod", "scripts", ""}) {
            Files.setLastModifiedTime(tree.resolve(path), old);
        }
    }

    private Journal repair() throws Exception {
        Transaction transaction = new Transaction(disk, directory, root, tree);
        transaction.install("scripts/fixdep", Files.writeString(root.resolve("built"), "new fixdep"));
        transaction.install("tools/include/be.h", "header".getBytes(StandardCharsets.UTF_8));
        transaction.remove("scripts/mod/modpost.o");
        return commit(transaction);
    }

    private Journal commit(Transaction transaction) throws Exception {
        return transaction.commit(new Inventory(tree, transaction.paths()));
    }

    @Test
    void installsAddsAndRemovesWithTheModeOfWhatItReplaces() throws Exception {
        repair();

        assertEquals("new fixdep", Files.readString(tree.resolve("scripts/fixdep")));
        assertEquals(0751, (Integer) Files.getAttribute(tree.resolve("scripts/fixdep"), "unix:mode") & 07777);
        assertEquals("header", Files.readString(tree.resolve("tools/include/be.h")));
        assertFalse(Files.exists(tree.resolve("scripts/mod/modpost.o")));
        assertTrue(Journal.isDone(directory));
    }

    @Test
    void putsBackContentModeAndTimesToTheNanosecond() throws Exception {
        repair();
        Journal.read(directory, root).putBack(disk);

        assertEquals("old fixdep", Files.readString(tree.resolve("scripts/fixdep")));
        assertEquals(0751, (Integer) Files.getAttribute(tree.resolve("scripts/fixdep"), "unix:mode") & 07777);
        assertEquals("old object", Files.readString(tree.resolve("scripts/mod/modpost.o")));
        assertEquals(1, Files.getAttribute(tree.resolve("scripts/fixdep"), "unix:nlink"));
        assertFalse(Files.exists(tree.resolve("tools")));
        for (String path : new String[] {"scripts/fixdep", "scripts/mod/modpost.o", "scripts/mod", "scripts", ""}) {
            assertEquals(old, Files.getLastModifiedTime(tree.resolve(path)), path);
        }
    }

    @Test
    void putsBackTwiceAsWellAsOnce() throws Exception {
        Journal journal = repair();
        journal.putBack(disk);
        journal.putBack(disk);

        assertEquals("old fixdep", Files.readString(tree.resolve("scripts/fixdep")));
    }

    @Test
    void putsBackARepairThatWasCutShortBeforeItsFirstRename() throws Exception {
        Journal journal = repair();
        journal.putBack(disk);
        Files.createDirectories(directory.resolve("bak"));
        Files.createLink(directory.resolve("bak/0"), tree.resolve("scripts/fixdep"));
        journal.putBack(disk);

        assertEquals("old fixdep", Files.readString(tree.resolve("scripts/fixdep")));
        assertFalse(Files.exists(directory.resolve("bak/0")));
    }

    @Test
    void refusesToPutBackOverAFileThatWasChangedSinceAndChangesNothing() throws Exception {
        Journal journal = repair();
        Files.writeString(tree.resolve("scripts/fixdep"), "somebody else's");

        RepairException refusal = assertThrows(RepairException.class, () -> journal.putBack(disk));
        assertTrue(refusal.getMessage().contains("scripts/fixdep was changed since the repair"), refusal.getMessage());
        assertEquals("somebody else's", Files.readString(tree.resolve("scripts/fixdep")));
        assertFalse(Files.exists(tree.resolve("scripts/mod/modpost.o")));
    }

    @Test
    void refusesToWriteThroughALink() throws Exception {
        Path elsewhere = Files.createDirectories(root.resolve("elsewhere"));
        Files.createSymbolicLink(tree.resolve("linked"), elsewhere);
        Transaction transaction = new Transaction(disk, directory, root, tree);
        transaction.install("linked/fixdep", new byte[] {7});

        assertThrows(RepairException.class, () -> commit(transaction));
        try (var children = Files.list(elsewhere)) {
            assertEquals(0, children.count());
        }
    }

    @Test
    void refusesAJournalThatIsCutShort() throws Exception {
        repair();
        byte[] journal = Files.readAllBytes(directory.resolve("done"));
        int end = new String(journal, StandardCharsets.UTF_8).indexOf("Path: ./tools");
        byte[] half = java.util.Arrays.copyOf(journal, end);
        Files.write(directory.resolve("done"), half);

        assertThrows(RepairException.class, () -> Journal.read(directory, root));
        assertArrayEquals(half, Files.readAllBytes(directory.resolve("done")));
    }

    @Test
    void putsLinksInsideAndOutsideTheTreeAndTakesThemBack() throws Exception {
        Path modules = Files.createDirectories(root.resolve("lib/modules/6.1.0-7"));
        Files.createSymbolicLink(modules.resolve("build"), Path.of("/home/builder/linux-6.1"));
        Files.createSymbolicLink(tree.resolve("scripts/module.lds"), Path.of("module.lds.S"));
        Files.setLastModifiedTime(modules, old);
        Map<String, Object> before = linkFacts(modules.resolve("build"));

        Transaction transaction = new Transaction(disk, directory, root, tree);
        transaction.link(modules.resolve("build").toString(), "/usr/src/linux-headers-6.1.0-7");
        transaction.link("scripts/dtc/include-prefixes/arm", "../../../arch/arm/boot/dts");
        transaction.put("scripts/module.lds", "SECTIONS {}".getBytes(StandardCharsets.UTF_8));
        Journal journal = commit(transaction);

        assertEquals(Path.of("/usr/src/linux-headers-6.1.0-7"), Files.readSymbolicLink(modules.resolve("build")));
        assertEquals(
                Path.of("../../../arch/arm/boot/dts"),
                Files.readSymbolicLink(tree.resolve("scripts/dtc/include-prefixes/arm")));
        assertTrue(Files.isRegularFile(tree.resolve("scripts/module.lds"), LinkOption.NOFOLLOW_LINKS));

        journal.putBack(disk);
        journal.putBack(disk);

        assertEquals(before, linkFacts(modules.resolve("build")));
        assertEquals(old, Files.getLastModifiedTime(modules));
        assertEquals(Path.of("module.lds.S"), Files.readSymbolicLink(tree.resolve("scripts/module.lds")));
        assertFalse(Files.exists(tree.resolve("scripts/dtc"), LinkOption.NOFOLLOW_LINKS));
    }

    private static Map<String, Object> linkFacts(Path link) throws IOException {
        Map<String, Object> facts = new TreeMap<>(
                Files.readAttributes(link, "unix:mode,uid,gid,nlink,lastModifiedTime", LinkOption.NOFOLLOW_LINKS));
        facts.put("target", Files.readSymbolicLink(link));
        return facts;
    }

    @Test
    void putsNothingOutsideTheTreeButLinks() throws Exception {
        Path outside = Files.createDirectories(root.resolve("elsewhere"));
        Files.writeString(outside.resolve("build"), "a file");
        Transaction overFile = new Transaction(disk, directory, root, tree);
        overFile.link(outside.resolve("build").toString(), "/usr/src/x");
        assertThrows(RepairException.class, () -> commit(overFile));

        Transaction file = new Transaction(disk, Files.createDirectory(root.resolve("tx2")), root, tree);
        file.put(outside.resolve("new").toString(), new byte[] {7});
        assertThrows(RepairException.class, () -> commit(file));

        assertEquals("a file", Files.readString(outside.resolve("build")));
        assertFalse(Files.exists(outside.resolve("new")));
    }

    /** What a power cut finds depends on nothing else. */
    @Test
    void syncsWhatIsNewBeforeTheJournalAndRenamesAfterItAndRemovesLast() throws Exception {
        List<String> calls = new ArrayList<>();
        Disk listening = new Disk() {
            @Override
            protected void step(String call, Path path) {
                calls.add(call + " " + root.relativize(path));
            }
        };
        Transaction transaction = new Transaction(listening, directory, root, tree);
        transaction.remove("scripts/mod/modpost.o");
        transaction.install("scripts/fixdep", "new".getBytes(StandardCharsets.UTF_8));
        transaction.install("tools/new.h", "header".getBytes(StandardCharsets.UTF_8));
        commit(transaction);

        List<String> order = List.of(
                "fsync tx/new/staged.0",
                "rename tx/new/0",
                "link tx/bak/0",
                "fsync tx/new/staged.1",
                "link tx/bak/2",
                "fsync tx/bak",
                "fsync tx/new",
                "fsync tx/ballast",
                "fsync tx/journal.new",
                "rename tx/journal",
                "fsync tx",
                "mkdir tree/tools",
                "rename tree/scripts/fixdep",
                "rename tree/tools/new.h",
                "unlink tree/scripts/mod/modpost.o",
                "fsync tree/tools",
                "fsync tree/scripts",
                "fsync tree",
                "fsync tree/scripts/mod",
                "rename tx/done",
                "fsync tx");
        List<String> seen = new ArrayList<>(calls);
        seen.retainAll(order);
        assertEquals(order, seen);
    }
}
