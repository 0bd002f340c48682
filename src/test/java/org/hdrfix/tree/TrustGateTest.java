package org.hdrfix.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run as root, like the gate itself: it wants every directory up to / to be root's. */
class TrustGateTest {
    @TempDir
    Path temp;

    private Path tree;

    @BeforeEach
    void makesATreeOfRoots() throws IOException {
        assumeTrue((Integer) Files.getAttribute(temp, "unix:uid") == 0, "root's files are needed");
        temp = temp.toRealPath();
        tree = directory("usr/src/tree");
        directory("usr/src/tree/scripts/basic");
        file("usr/src/tree/scripts/basic/fixdep.c");
        directory("elsewhere");
        file("elsewhere/target");
    }

    @Test
    void passesATreeThatOnlyRootCanWriteTo() throws IOException {
        Files.createSymbolicLink(tree.resolve("scripts/link"), Path.of("basic/fixdep.c"));
        Files.createSymbolicLink(tree.resolve("scripts/out"), temp.resolve("elsewhere"));
        Files.createSymbolicLink(tree.resolve("scripts/nothing"), Path.of("/nonexistent/file"));
        Files.createSymbolicLink(tree.resolve("scripts/loop"), Path.of("../scripts"));
        assertEquals(Optional.empty(), TrustGate.refusal(tree));
    }

    @Test
    void passesBelowADirectoryLikeTmp() throws IOException {
        Files.setAttribute(temp.resolve("usr"), "unix:mode", 01777);
        assertEquals(Optional.empty(), TrustGate.refusal(tree));
    }

    @Test
    void refusesBelowADirectoryThatEverybodyCanWriteTo() throws IOException {
        Files.setAttribute(temp.resolve("usr"), "unix:mode", 0777);
        assertRefused(temp.resolve("usr") + " can be written to by everybody");
    }

    @Test
    void refusesAnEntryThatAGroupCanWriteTo() throws IOException {
        Path file = tree.resolve("scripts/basic/fixdep.c");
        Files.setAttribute(file, "unix:gid", 50);
        Files.setAttribute(file, "unix:mode", 0664);
        assertRefused(file + " can be written to by group 50");
    }

    @Test
    void refusesAnEntryOfSomebodyElse() throws IOException {
        Path directory = tree.resolve("scripts/basic");
        Files.setAttribute(directory, "unix:uid", 1234);
        assertRefused(directory + " belongs to user 1234");
    }

    @Test
    void refusesADirectoryAboveOfSomebodyElse() throws IOException {
        Files.setAttribute(temp.resolve("usr/src"), "unix:uid", 1000);
        assertRefused(temp.resolve("usr/src") + " belongs to user 1000");
    }

    @Test
    void refusesALinkToWhatOthersCanWriteTo() throws IOException {
        Files.createSymbolicLink(tree.resolve("scripts/out"), temp.resolve("elsewhere"));
        Files.setAttribute(temp.resolve("elsewhere/target"), "unix:mode", 0666);
        assertRefused(temp.resolve("elsewhere/target") + " can be written to by everybody");
    }

    @Test
    void refusesALinkThroughALinkOfSomebodyElse() throws IOException {
        directory("home");
        Path theirs = Files.createSymbolicLink(temp.resolve("home/theirs"), temp.resolve("elsewhere"));
        Files.setAttribute(temp.resolve("home"), "unix:mode", 01777);
        Files.setAttribute(theirs, "unix:uid", 1001, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        Files.createSymbolicLink(tree.resolve("scripts/out"), theirs.resolve("target"));
        assertRefused(theirs + " belongs to user 1001");
    }

    @Test
    void refusesAFifo() throws IOException, InterruptedException {
        Path fifo = tree.resolve("scripts/fifo");
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        assertRefused(fifo + " is neither a file, a directory nor a link");
    }

    @Test
    void refusesATreeWithoutEnd() throws IOException {
        Path deep = tree;
        for (int i = 0; i < 70; i++) {
            deep = Files.createDirectory(deep.resolve("d"));
            mode(deep, "rwxr-xr-x");
        }
        Files.setAttribute(deep, "unix:mode", 0777);
        assertTrue(TrustGate.refusal(tree).orElseThrow().endsWith(" lies deeper than 64 directories"));
    }

    private void assertRefused(String reason) {
        assertEquals(Optional.of(reason), TrustGate.refusal(tree));
    }

    private Path directory(String path) throws IOException {
        Path at = temp;
        for (Path name : Path.of(path)) {
            at = at.resolve(name);
            if (!Files.exists(at)) {
                Files.createDirectory(at);
            }
            mode(at, "rwxr-xr-x");
        }
        return at;
    }

    private void file(String path) throws IOException {
        mode(Files.writeString(temp.resolve(path), "text"), "rw-r--r--");
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
