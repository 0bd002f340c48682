package org.hdrfix.kbuild;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        List<Stage> stages = new ArrayList<>(List.of(new CopyStage(tree)));
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
