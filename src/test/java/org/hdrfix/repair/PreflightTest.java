package org.hdrfix.repair;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    @TempDir
    Path temp;

    private Path tree;
    private Path proc;
    private Preflight preflight;

    @BeforeEach
    void makesATree() throws IOException {
        tree = Files.createDirectories(temp.toRealPath().resolve("tree/scripts"))
                .getParent();
        Files.writeString(tree.resolve("scripts/fixdep"), "program");
        Files.writeString(tree.resolve("scripts/fixdep.c"), "source");
        proc = Files.createDirectory(temp.resolve("proc"));
        preflight = new Preflight(tree, List.of("scripts/fixdep", "tools/include/new.h"));
    }

    private void process(long number, String name, Path directory) throws IOException {
        Path process = Files.createDirectory(proc.resolve(String.valueOf(number)));
        Files.writeString(process.resolve("comm"), name + "\n");
        Files.createSymbolicLink(process.resolve("cwd"), directory);
    }

    @Test
    void seesABuildWithItsDirectoryInTheTree() throws Exception {
        process(999_999_991, "make", tree.resolve("scripts"));
        String said = assertThrows(RepairException.class, () -> preflight.refuseOtherBuild(proc))
                .getMessage();
        assertTrue(said.contains("(make, process 999999991); nothing was changed"), said);
    }

    @Test
    void letsShellsOtherDirectoriesAndItsOwnParentsBe() throws Exception {
        process(999_999_991, "bash", tree);
        process(999_999_992, "make", tree.resolveSibling("tree.other"));
        process(ProcessHandle.current().pid(), "make", tree);
        process(ProcessHandle.current().parent().orElseThrow().pid(), "make", tree);
        assertDoesNotThrow(() -> preflight.refuseOtherBuild(proc));
    }

    @Test
    void refusesAClockThatIsBehindTheSources() throws Exception {
        String said = assertThrows(RepairException.class, () -> preflight.refuseLateClock(Instant.EPOCH))
                .getMessage();
        assertTrue(said.startsWith("the clock says 1970-01-01, and " + tree.resolve("scripts/fixdep.c")), said);
        assertDoesNotThrow(() -> preflight.refuseLateClock(Instant.now()));
    }

    /** Its time goes with it. */
    @Test
    void mindsNotTheTimeOfWhatIsReplaced() throws Exception {
        Files.setLastModifiedTime(
                tree.resolve("scripts/fixdep"), FileTime.from(Instant.now().plusSeconds(99_999)));
        assertDoesNotThrow(() -> preflight.refuseLateClock(Instant.now()));
    }

    @Test
    void leavesNothingOfTheRoomItTries() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("tx"));
        preflight.refuseFullDisk(new Disk(), directory);
        FaultyDisk outOfInodes = new FaultyDisk(FaultyDisk.Fault.ALL_FAIL_FROM_THEN_ON, 6);
        String said = assertThrows(RepairException.class, () -> preflight.refuseFullDisk(outOfInodes, directory))
                .getMessage();
        assertTrue(said.contains("out of inodes"), said);
        try (var children = Files.list(directory)) {
            assertEquals(0, children.count());
        }
    }

    @Test
    void holdsTheLocksOfDpkgUnlessDpkgWaitsForIt() throws Exception {
        Path root = temp.toRealPath();
        List<String> log = new ArrayList<>();
        DpkgLocks.take(root, Map.of(), log::add).close();
        Path dpkg = Files.createDirectories(root.resolve("var/lib/dpkg"));
        Files.createFile(dpkg.resolve("lock"));
        Files.createFile(dpkg.resolve("lock-frontend"));
        try (DpkgLocks held = DpkgLocks.take(root, Map.of(), log::add)) {
            assertEquals(List.of(), log, () -> "with " + held);
            String said = assertThrows(RepairException.class, () -> DpkgLocks.take(root, Map.of(), log::add))
                    .getMessage();
            assertTrue(said.startsWith("apt or dpkg is at work (it holds " + dpkg.resolve("lock-frontend")), said);
            for (String name : List.of("DPKG_MAINTSCRIPT_NAME", "DPKG_RUNNING_VERSION", "DPKG_HOOK_ACTION")) {
                DpkgLocks.take(root, Map.of(name, "x"), log::add).close();
            }
            assertEquals(3, log.size());
        }
        assertDoesNotThrow(() -> DpkgLocks.take(root, Map.of(), log::add).close());
    }

    @Test
    void readsMountPointsAsTheKernelWritesThem() throws Exception {
        assertEquals("/media/my card\\\u00e4", Mounts.unescaped("/media/my\\040card\\134\u00c3\u00a4"));
        assertEquals(Path.of("/proc"), Mounts.of(Path.of("/proc/self")));
        assertFalse(Mounts.areOne(Path.of("/proc"), tree));
    }
}
