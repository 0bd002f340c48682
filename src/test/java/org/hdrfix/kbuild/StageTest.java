package org.hdrfix.kbuild;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What both kinds of stage promise; the one with overlayfs where this machine allows it, the copy everywhere. */
class StageTest {
    @TempDir
    Path temp;

    private Path tree;

    @BeforeEach
    void makesATree() throws IOException {
        // As /usr/src is: the copied stage links to the live tree, and nobody must be able to reach it.
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        tree = Files.createDirectories(temp.toRealPath().resolve("tree"));
        Files.createDirectories(tree.resolve("scripts/mod"));
        Files.createDirectories(tree.resolve("include/linux"));
        Files.writeString(tree.resolve("scripts/mod/modpost.c"), "live source");
        Files.writeString(tree.resolve("include/linux/license.h"), "live header");
    }

    private List<Stage> stages() throws IOException {
        List<Stage> stages = new ArrayList<>(List.of(new CopyStage(tree), new CopyStage(tree, false)));
        try {
            Stage overlay = new OverlayStage(tree, Files.createDirectory(temp.resolve("stage")));
            overlay.run(":", false, line -> {});
            stages.add(overlay);
        } catch (StageException e) {
            System.out.println("only the copied stage is tested: " + e.getMessage());
        }
        return stages;
    }

    @Test
    void aBuildThatWritesAndDeletesLeavesTheLiveTreeAlone() throws IOException {
        for (Stage stage : stages()) {
            try (stage) {
                stage.run("echo new > scripts/mod/modpost; rm scripts/mod/modpost.c", true, line -> {});

                assertEquals(
                        "new\n",
                        Files.readString(stage.built("scripts/mod/modpost").orElseThrow()));
                assertEquals("live source", Files.readString(tree.resolve("scripts/mod/modpost.c")));
                assertFalse(Files.exists(tree.resolve("scripts/mod/modpost")), stage.description());
            }
        }
    }

    @Test
    void showsWhatWasPutAndHarvestsNoLink() throws IOException {
        for (Stage stage : stages()) {
            try (stage) {
                stage.put(Map.of("tools/include/be.h", "added".getBytes(StandardCharsets.UTF_8)));
                List<String> lines = new ArrayList<>();
                stage.run(
                        "cat tools/include/be.h include/linux/license.h > \"$OUT/both\"; ln -s /etc/passwd \"$OUT/link\"; echo seen",
                        false,
                        lines::add);

                assertEquals(List.of("seen"), lines, stage.description());
                assertEquals(
                        "addedlive header", Files.readString(stage.built("both").orElseThrow()));
                assertEquals(Optional.empty(), stage.built("link"));
                assertFalse(Files.exists(tree.resolve("tools")));
            }
        }
    }

    @Test
    void putsAFileBesideTheLiveOneAndNeverThroughALinkToIt() throws IOException {
        for (Stage stage : stages()) {
            try (stage) {
                stage.put(Map.of("include/linux/license.h", "patched".getBytes(StandardCharsets.UTF_8)));
                List<String> lines = new ArrayList<>();
                stage.run("cat include/linux/license.h; echo", false, lines::add);

                assertEquals(List.of("patched"), lines, stage.description());
                assertEquals("live header", Files.readString(tree.resolve("include/linux/license.h")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo x >real; ln -s real made",
                "ln -s /etc/passwd made",
                "echo x >made; ln made other",
                "mkfifo made",
                "echo x >made; chmod u+s made",
                "echo x >made; chmod g+s made",
                "truncate -s 65M made",
                "mkdir made",
                "mkdir real; echo x >real/made; ln -s real linked"
            })
    void harvestsOnlyPlainFiles(String commands) throws IOException {
        String path = commands.contains("linked") ? "linked/made" : "made";
        for (Stage stage : stages()) {
            try (stage) {
                stage.run("cd \"$OUT\"; " + commands, false, line -> {});
                assertEquals(Optional.empty(), stage.built(path), stage.description());
                stage.run("cd \"$OUT\"; rm -rf made linked; mkdir linked; echo plain >" + path, false, line -> {});
                assertEquals("plain\n", Files.readString(stage.built(path).orElseThrow()));
            }
        }
    }

    @Test
    void whatWasHarvestedStaysAsItWasTaken() throws IOException {
        for (Stage stage : stages()) {
            try (stage) {
                stage.run("echo first >\"$OUT/made\"", false, line -> {});
                Path taken = stage.built("made").orElseThrow();
                List<String> lines = new ArrayList<>();
                stage.run(
                        "echo second >\"$OUT/made\"; echo x >\"$PROOF/made\"; cat \"$PROOF/made\"", false, lines::add);

                assertEquals("first\n", Files.readString(taken), stage.description());
                assertTrue(!Jail.isRoot() || lines.contains("first"), lines.toString());
            }
        }
    }

    @Test
    void nothingThatABuildStartedOutlivesIt() throws IOException {
        assumeTrue(Jail.isRoot(), "a user's own processes cannot be told from the build's");
        // No other run of this test has the same one.
        String left = "sleep 4714." + ProcessHandle.current().pid();
        for (Stage stage : stages()) {
            try (stage) {
                stage.run("(trap '' HUP INT TERM; exec setsid " + left + ") >/dev/null 2>&1 &", false, line -> {});
                assertTrue(
                        ProcessHandle.allProcesses()
                                .noneMatch(process -> process.info()
                                        .commandLine()
                                        .filter(line -> line.endsWith(left))
                                        .isPresent()),
                        stage.description());
            }
        }
    }

    @Test
    void noMakefileRunsAsRootsChildWithoutNamespaces() throws IOException {
        try (Stage stage = new CopyStage(tree, false)) {
            assertEquals(!Jail.isRoot(), stage.runsMakefiles());
            assertTrue(stage.description().contains("without namespaces"), stage.description());
        }
    }

    @Test
    void outputWithoutEndIsCut() throws IOException {
        for (Stage stage : stages()) {
            try (stage) {
                long[] letters = {0};
                stage.run(
                        "head -c 60000000 /dev/zero; yes | head -c 9000000",
                        false,
                        line -> letters[0] += line.length());
                assertTrue(letters[0] < 4 << 20, () -> stage.description() + " gave " + letters[0]);
            }
        }
    }

    @Test
    void deletesWhatIsNestedDeeperThanAPathCanSay() throws IOException {
        Path deep = Files.createDirectory(temp.resolve("deep"));
        // A shell's cd wants whole paths; perl's takes one step at a time.
        int status;
        try {
            status = new ProcessBuilder(
                            "perl",
                            "-e",
                            "chdir $ARGV[0]; for (1..3000) { mkdir 'd'; chdir 'd'; open(F, '>', 'f') }",
                            deep.toString())
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        assertEquals(0, status);
        Scratch.delete(deep);
        assertFalse(Files.exists(deep));
    }

    @Test
    void runsWithoutRightsInputAndEnvironment() throws IOException {
        for (Stage stage : stages()) {
            try (stage) {
                List<String> lines = new ArrayList<>();
                stage.run("id -u; cat; env | grep -c JAVA_HOME; echo $HOME", false, lines::add);

                assertEquals("/nonexistent", lines.get(2), stage.description());
                assertEquals("0", lines.get(1));
                assertTrue(!Jail.isRoot() || lines.get(0).equals(String.valueOf(Jail.user())), lines.get(0));
            }
        }
    }
}
