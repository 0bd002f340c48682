package org.hdrfix.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hdrfix.kbuild.Scratch;
import org.hdrfix.repair.FaultyDisk.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** Every call by which a repair, an undo and a recovery change a disk fails once, and every one is the last of its process. */
class FaultTest {
    private static final int SEED = 7;

    /** A call that changes a disk: repair, undo or recovery. */
    private interface Work {
        void on(FaultTree tree, Disk disk) throws IOException, RepairException;
    }

    /** Where there is one, in memory: thousands of fsync(2) would wait for a disk that plays no part. */
    static final class Memory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "hdrfix")
                    : Files.createTempDirectory("hdrfix");
        }
    }

    @TempDir(factory = Memory.class)
    Path temp;

    private Map<String, String> after;
    private int made;

    @BeforeEach
    void knowsWhatIsBeforeAndAfter() throws Exception {
        FaultTree tree = fresh();
        tree.repair(new Disk());
        after = tree.withoutNewTimes(tree.fingerprint());
        assertNotEquals(tree.withoutNewTimes(tree.before), after);
    }

    private FaultTree fresh() throws IOException {
        return new FaultTree(Files.createDirectory(temp.toRealPath().resolve("root." + made++))).make(SEED);
    }

    private FaultTree repaired() throws Exception {
        FaultTree tree = fresh();
        tree.repair(new Disk());
        return tree;
    }

    /** Whether the work ended well. */
    private static boolean ends(Work work, FaultTree tree, Disk disk) throws IOException {
        try {
            work.on(tree, disk);
            return true;
        } catch (IOException | RepairException | FaultyDisk.Killed e) {
            return false;
        }
    }

    private int calls(Work work, FaultTree tree) throws IOException {
        FaultyDisk disk = new FaultyDisk(Fault.ONE_FAILS, 0);
        assertTrue(ends(work, tree, disk));
        Scratch.delete(tree.root);
        return disk.calls();
    }

    private static boolean isBefore(FaultTree tree) throws IOException {
        return tree.differenceToBefore().isEmpty();
    }

    private void assertIsBeforeOrAfter(FaultTree tree, String when) throws IOException {
        if (!isBefore(tree)) {
            assertEquals("", tree.differenceToAfter(after), when);
        }
    }

    @Test
    void undoGivesEverythingBack() throws Exception {
        FaultTree tree = repaired();
        tree.undo(new Disk());
        assertEquals("", tree.differenceToBefore());
        assertEquals(List.of("lock"), names(Originals.state(tree.root)));
    }

    private static List<String> names(Path directory) throws IOException {
        try (var children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString()).toList();
        }
    }

    @Test
    void aRepairWithOneFailingCallIsPutBackAtOnceOrComplete() throws Exception {
        int calls = calls(FaultTree::repair, fresh());
        assertTrue(calls > 80, "only " + calls + " calls");
        for (int at = 1; at <= calls; at++) {
            FaultTree tree = fresh();
            if (ends(FaultTree::repair, tree, new FaultyDisk(Fault.ONE_FAILS, at))) {
                assertEquals("", tree.differenceToAfter(after), "call " + at);
            } else {
                assertEquals("", tree.differenceToBefore(), "call " + at);
            }
            Scratch.delete(tree.root);
        }
    }

    @Test
    void aRepairOnADiskThatDiesIsPutBackByTheNextStart() throws Exception {
        everyCall(FaultTree::repair, Fault.ALL_FAIL_FROM_THEN_ON);
    }

    @Test
    void aRepairThatIsKilledIsPutBackByTheNextStart() throws Exception {
        everyCall(FaultTree::repair, Fault.KILLED);
    }

    private void everyCall(Work work, Fault fault) throws Exception {
        int calls = calls(work, fresh());
        int back = 0;
        for (int at = 1; at <= calls; at++) {
            FaultTree tree = fresh();
            ends(work, tree, new FaultyDisk(fault, at));
            tree.recover(new Disk());
            assertIsBeforeOrAfter(tree, fault + " at call " + at);
            back += isBefore(tree) ? 1 : 0;
            Scratch.delete(tree.root);
        }
        assertTrue(back > calls / 2 && back < calls, back + " of " + calls + " were put back");
    }

    @Test
    void anUndoThatIsCutShortIsCompletedByTheNextStart() throws Exception {
        int calls = calls(FaultTree::undo, repaired());
        assertTrue(calls > 15, "only " + calls + " calls");
        for (Fault fault : Fault.values()) {
            for (int at = 1; at <= calls; at++) {
                FaultTree tree = repaired();
                ends(FaultTree::undo, tree, new FaultyDisk(fault, at));
                tree.recover(new Disk());
                assertIsBeforeOrAfter(tree, fault + " at call " + at);
                tree.undo(new Disk());
                assertEquals("", tree.differenceToBefore(), fault + " at call " + at);
                Scratch.delete(tree.root);
            }
        }
    }

    @Test
    void aRecoveryThatIsCutShortIsCompletedByTheNext() throws Exception {
        int calls = calls(FaultTree::repair, fresh());
        int tried = 0;
        for (int first = 1; first <= calls; first++) {
            for (int second = 1; ; second++) {
                FaultTree tree = fresh();
                ends(FaultTree::repair, tree, new FaultyDisk(Fault.KILLED, first));
                Fault fault = Fault.values()[second % Fault.values().length];
                boolean ended = ends(FaultTree::recover, tree, new FaultyDisk(fault, second));
                tree.recover(new Disk());
                assertIsBeforeOrAfter(tree, "calls " + first + " and " + second);
                Scratch.delete(tree.root);
                tried++;
                if (ended) {
                    break;
                }
            }
        }
        assertTrue(tried > calls, "only " + tried + " recoveries");
    }
}
