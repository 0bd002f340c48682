package org.hdrfix.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.hdrfix.kbuild.Scratch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next start does with a repair that was cut short, and what it must not do. */
class RecoveryTest {
    @TempDir
    Path temp;

    private FaultTree tree;

    /** In the midst of the renames. */
    @BeforeEach
    void leavesARepairHalfDone() throws Exception {
        tree = new FaultTree(Files.createDirectory(temp.toRealPath().resolve("root"))).make(7);
        FaultyDisk disk = new FaultyDisk(FaultyDisk.Fault.KILLED, 100);
        assertThrows(FaultyDisk.Killed.class, () -> tree.repair(disk));
        assertTrue(Journal.isUnfinished(transaction()));
        assertFalse(tree.differenceToBefore().isEmpty());
    }

    private Path transaction() {
        return Originals.state(tree.root).resolve(FaultTree.RELEASE).resolve("1");
    }

    private Recovery recovered(Path root) throws Exception {
        Recovery recovery = new Recovery(root, List.of(), line -> {});
        assertTrue(recovery.isNeeded());
        try (Originals lock = Originals.lock(root)) {
            recovery.run(lock);
        }
        return recovery;
    }

    @Test
    void putsTheTreeBackAndLeavesNothing() throws Exception {
        Recovery recovery = recovered(tree.root);
        assertEquals("", tree.differenceToBefore());
        assertEquals(1, recovery.done().size());
        assertFalse(Files.exists(transaction().getParent()));
        assertFalse(new Recovery(tree.root, List.of(), line -> {}).isNeeded());
    }

    @Test
    void stopsAtAFileThatIsNeitherOldNorNewAndTouchesNothing() throws Exception {
        Files.writeString(tree.tree.resolve("scripts/mod/modpost"), "somebody else's");
        Map<String, String> found = tree.fingerprint();
        Recovery recovery = recovered(tree.root);
        assertEquals(found, tree.fingerprint());
        assertEquals(List.of(), recovery.done());
        String failure = recovery.failures().get(0);
        assertTrue(failure.contains("scripts/mod/modpost was changed since"), failure);
        assertTrue(failure.contains("The originals are in " + transaction()), failure);
        assertTrue(recovery.isUnsafe(tree.tree));
    }

    @Test
    void stopsAtADirectoryThatHasBecomeALink() throws Exception {
        Path elsewhere = Files.move(tree.tree.resolve("scripts/mod"), tree.root.resolve("elsewhere"));
        Files.createSymbolicLink(tree.tree.resolve("scripts/mod"), elsewhere);
        Map<String, String> found = tree.fingerprint();
        assertTrue(recovered(tree.root).failures().get(0).contains("has become a link"));
        assertEquals(found, tree.fingerprint());
    }

    @Test
    void believesNoJournalThatADiskHasDamaged() throws Exception {
        Path journal = transaction().resolve(Journal.UNFINISHED);
        byte[] bytes = Files.readAllBytes(journal);
        bytes[bytes.length / 2] ^= 1;
        Files.write(journal, bytes);
        Map<String, String> found = tree.fingerprint();
        assertTrue(recovered(tree.root).failures().get(0).contains("is damaged"));
        assertEquals(found, tree.fingerprint());
    }

    @Test
    void believesNoJournalThatSpeaksOfFilesOutsideItsSystem() throws Exception {
        Path outside = Files.writeString(temp.resolve("outside"), "mine");
        for (String[] change : new String[][] {
            {"Tree: /usr/src/[^\n]*", "Tree: /../../.."},
            {"Path: ./scripts/basic/fixdep", "Path: ../../../../outside"},
            {"Path: ./scripts/basic/fixdep", "Path: /../outside"},
            {"Path: ./scripts/basic/fixdep", "Path: ./%2e%2e/%2e%2e/%2e%2e/%2e%2e/outside"},
            {"Created: ./tools\n", "Created: ./../tools\n"}
        }) {
            Path journal = transaction().resolve(Journal.UNFINISHED);
            byte[] good = Files.readAllBytes(journal);
            String text = new String(good, StandardCharsets.US_ASCII).replaceFirst("Crc: .*\n", "");
            String forged = text.replaceFirst(change[0], change[1]);
            assertFalse(text.equals(forged), change[0]);
            CRC32 crc = new CRC32();
            crc.update(forged.getBytes(StandardCharsets.US_ASCII));
            Files.writeString(journal, forged + "Crc: " + String.format("%08x", crc.getValue()) + "\n");
            String failure = recovered(tree.root).failures().get(0);
            assertTrue(failure.contains("which is no place of its system"), change[1] + ": " + failure);
            Files.write(journal, good);
        }
        assertEquals("mine", Files.readString(outside));
        assertEquals(1, recovered(tree.root).done().size());
    }

    /** A card that is pulled out in the midst of a repair, and then put into its own machine. */
    @Test
    void recoversASystemThatLiesSomewhereElseNow() throws Exception {
        Path moved = temp.toRealPath().resolve("moved");
        Files.move(tree.root, moved);
        assertEquals(List.of(), recovered(moved).failures());
        FaultTree there = new FaultTree(moved);
        there.before = tree.before;
        assertEquals("", there.differenceToBefore());
    }

    @Test
    void forgetsARepairWhosePackageWasRemovedSince() throws Exception {
        Scratch.delete(tree.tree);
        assertTrue(recovered(tree.root).done().get(0).contains("the tree is gone"));
        assertFalse(Files.exists(transaction()));
    }

    @Test
    void keepsNamesWithLineEndsAndPercentSigns() throws Exception {
        Path directory = Files.createDirectory(tree.root.resolve("tx"));
        Journal journal = new Journal(
                directory,
                tree.root,
                tree.tree,
                List.of(new Journal.Change("a\nPath: ./b %41 \u00e4:", "absent", "link 1 0 0")),
                Map.of("c d\n", FileTime.fromMillis(7)),
                List.of(" e "));
        journal.write(new Disk());
        assertEquals(journal, Journal.read(directory, tree.root));
    }

    @Test
    void aStateThatAnotherUserOwnsIsRefused() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                (Integer) Files.getAttribute(temp, "unix:uid") == 0, "only root can give a directory away");
        Files.setAttribute(Originals.state(tree.root), "unix:uid", 1000);
        RepairException refusal = assertThrows(RepairException.class, () -> Originals.lock(tree.root));
        assertTrue(refusal.getMessage().contains("belongs to user 1000"), refusal.getMessage());
    }

    @Test
    void aStateThatLeadsOutOfItsSystemIsRefused() throws Exception {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Path root = Files.createDirectories(temp.toRealPath().resolve("other/var/lib"))
                .getParent()
                .getParent();
        Files.createSymbolicLink(root.resolve("var/lib/hdrfix"), elsewhere);
        RepairException refusal = assertThrows(RepairException.class, () -> Originals.lock(root));
        assertTrue(refusal.getMessage().contains("is a link out of its system"), refusal.getMessage());
        try (var children = Files.list(elsewhere)) {
            assertEquals(0, children.count());
        }
    }

    @Test
    void twoLocksAreNotToBeHad() throws Exception {
        try (Originals first = Originals.lock(tree.root)) {
            assertFalse(first.isInterrupted());
            RepairException refusal = assertThrows(RepairException.class, () -> Originals.lock(tree.root));
            assertTrue(refusal.getMessage().contains("another hdrfix is at work"), refusal.getMessage());
        }
    }
}
