package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootPathTest {
    @TempDir
    private Path outside;

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectories(outside.resolve("root"));
    }

    @Test
    void followsARelativeLinkInTheMiddle() throws IOException {
        file("usr/bin/dash");
        link("bin", "usr/bin");
        assertEquals(Optional.of("/usr/bin/dash"), resolve("/bin/dash"));
    }

    @Test
    void followsAnAbsoluteLinkInsideTheRootNotOnThisMachine() throws IOException {
        file("usr/lib48/ld-test.so.7");
        link("lib48", "/usr/lib48");
        RootPath found = RootPath.resolve(root, "/lib48/ld-test.so.7").orElseThrow();
        assertEquals(Path.of("/usr/lib48/ld-test.so.7"), found.path());
        assertEquals(root.resolve("usr/lib48/ld-test.so.7"), found.file());
    }

    @Test
    void doesNotFindWhatOnlyThisMachineHas() throws IOException {
        link("machine", "/proc");
        assertEquals(Optional.empty(), resolve("/machine/self/status"));
        link("version", "/proc/version");
        assertEquals(Optional.empty(), resolve("/version"));
    }

    @Test
    void followsChainsOfLinksAndTheLastOneToo() throws IOException {
        file("usr/bin/gcc-12");
        link("usr/bin/tcc", "gcc-12");
        link("etc/choices/tcc", "/usr/bin/tcc");
        link("usr/bin/occ", "/etc/choices/tcc");
        assertEquals(Optional.of("/usr/bin/gcc-12"), resolve("/usr/bin/occ"));
    }

    @Test
    void staysAtTheRootWhenTheNamesLeadAboveIt() throws IOException {
        Files.writeString(outside.resolve("secret"), "not of this root");
        file("etc/hostname");
        link("etc/escape", "../../../../secret");
        assertEquals(Optional.empty(), resolve("/etc/escape"));
        assertEquals(Optional.empty(), resolve("/../secret"));
        assertEquals(Optional.of("/etc/hostname"), resolve("/../../etc/./hostname"));
    }

    @Test
    void goesUpFromWhereALinkLedNotFromWhereItStands() throws IOException {
        file("usr/lib/target");
        Files.createDirectories(root.resolve("usr/lib/deep"));
        link("short", "/usr/lib/deep");
        file("target-beside-the-link");
        assertEquals(Optional.of("/usr/lib/target"), resolve("/short/../target"));
        assertEquals(Optional.empty(), resolve("/short/../target-beside-the-link"));
    }

    @Test
    void givesUpOnALoop() throws IOException {
        link("a", "b");
        link("b", "/a");
        link("self", "self/self/self");
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertEquals(Optional.empty(), resolve("/a"));
            assertEquals(Optional.empty(), resolve("/self"));
        });
    }

    @Test
    void follows40LinksAsTheKernelDoesAndNot41() throws IOException {
        file("link0");
        for (int i = 1; i <= 41; i++) {
            link("link" + i, "link" + (i - 1));
        }
        assertEquals(Optional.of("/link0"), resolve("/link40"));
        assertEquals(Optional.empty(), resolve("/link41"));
    }

    @Test
    void doesNotPassThroughAFile() throws IOException {
        file("etc/passwd");
        assertEquals(Optional.empty(), resolve("/etc/passwd/x"));
        assertEquals(Optional.empty(), resolve("/etc/passwd/../passwd"));
        assertEquals(Optional.empty(), resolve("/etc/passwd/."));
    }

    @Test
    void findsTheRootItselfAndNothingInARootThatIsNotThere() {
        assertEquals(Optional.of("/"), resolve("/"));
        assertEquals(Optional.of("/"), resolve("/.."));
        assertEquals(Optional.empty(), RootPath.resolve(root.resolve("absent"), "/"));
    }

    @Test
    void givesNothingForANameThatCannotBe() {
        assertEquals(Optional.empty(), resolve("/bin/a\0b"));
        assertEquals(Optional.empty(), resolve("/" + "n".repeat(5000)));
    }

    @Test
    void resolvesInThisMachinesOwnRootAsTheKernelDoes() throws IOException {
        assertEquals(
                Path.of("/bin/sh").toRealPath(),
                RootPath.resolve(Path.of("/"), "/bin/sh").orElseThrow().file());
    }

    @Test
    void tellsAProgramByItsModeFromAFileADirectoryAndAFifo() throws IOException, InterruptedException {
        file("data");
        Path program = file("program");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr--r--"));
        Files.createDirectory(root.resolve("directory"));
        new ProcessBuilder("mkfifo", "-m", "755", root.resolve("fifo").toString())
                .start()
                .waitFor();

        assertTrue(found("/program").isProgram());
        assertFalse(found("/data").isProgram());
        assertTrue(found("/data").isRegularFile());
        assertFalse(found("/directory").isProgram());
        assertTrue(found("/directory").isDirectory());
        assertFalse(found("/fifo").isProgram());
        assertFalse(found("/fifo").isRegularFile());
    }

    private RootPath found(String path) {
        return RootPath.resolve(root, path).orElseThrow();
    }

    private Optional<String> resolve(String path) {
        return RootPath.resolve(root, path).map(found -> found.path().toString());
    }

    private Path file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, path);
    }

    private void link(String path, String target) throws IOException {
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }
}
