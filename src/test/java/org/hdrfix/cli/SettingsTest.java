package org.hdrfix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.KernelRelease;
import org.hdrfix.tree.TreeLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path root;

    @Test
    void readsEveryKeyAndLeavesCommentsOut() {
        Settings settings = Settings.of("""
                # a comment
                auto = off   # and another
                jobs=3
                  memory =  512
                leave-alone = 6.1.0-*-amd64  /usr/src/linux-headers-mine
                """);

        assertEquals(Settings.Auto.OFF, settings.auto());
        assertEquals(OptionalInt.of(3), settings.jobs());
        assertEquals(OptionalInt.of(512), settings.memory());
        assertEquals(List.of("6.1.0-*-amd64", "/usr/src/linux-headers-mine"), settings.leftAlone());
        assertEquals(List.of(), settings.complaints());
    }

    @Test
    void theFileOfThePackageSaysWhatAMissingOneDoes() throws IOException {
        String text = Files.readString(Path.of("src/main/hooks/root/etc/hdrfix.conf"));

        assertEquals(Settings.of(""), Settings.of(text));
        assertEquals(Settings.Auto.REPAIR, Settings.of(text).auto());
        // Each key that is commented out there is one that is understood.
        String uncommented = text.replaceAll("(?m)^#(?=[a-z])", "");
        assertEquals(List.of(), Settings.of(uncommented).complaints());
        assertEquals(OptionalInt.of(2), Settings.of(uncommented).jobs());
    }

    @Test
    void saysUnknownKeysAndValuesWithFileAndLine() {
        Settings settings = Settings.of("jobs = 2\nautos = repair\njobs = none\nmemory = 64\nnonsense\n");

        assertEquals(
                List.of(
                        "/etc/hdrfix.conf:2: unknown key \"autos\"; there are auto, jobs, memory and leave-alone",
                        "/etc/hdrfix.conf:3: jobs is a number, at least 1, not \"none\"",
                        "/etc/hdrfix.conf:4: memory is a number, at least 128, not \"64\"",
                        "/etc/hdrfix.conf:5: \"nonsense\" is not KEY = VALUE"),
                settings.complaints());
    }

    @Test
    void reportsWhereItCannotTellWhetherToRepair() throws IOException {
        assertEquals(Settings.Auto.REPORT, Settings.of("auto = yes\n").auto());
        Files.createDirectories(root.resolve("etc/hdrfix.conf"));
        Settings unreadable = Settings.read(root.toRealPath());
        assertEquals(Settings.Auto.REPORT, unreadable.auto());
        assertEquals(1, unreadable.complaints().size());
    }

    @Test
    void readsTheFileOfTheRootAndNotThisMachines() throws IOException {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/real.conf"), "auto = report\n");
        Files.createSymbolicLink(root.resolve("etc/hdrfix.conf"), Path.of("/etc/real.conf"));

        assertEquals(Settings.Auto.REPORT, Settings.read(root.toRealPath()).auto());
    }

    @Test
    void leavesAloneWhatAPatternMatchesAsAWhole() {
        Settings settings = Settings.of("leave-alone = 6.1.0-*-amd64 */linux-headers-mine 5.10 5.4*\n");

        assertTrue(settings.leavesAlone(tree("6.1.0-9-amd64", "/usr/src/linux-headers-x")));
        assertTrue(settings.leavesAlone(tree("6.6.31", "/usr/src/linux-headers-mine")));
        assertTrue(settings.leavesAlone(tree("5.4", "/usr/src/linux-headers-x")));
        assertFalse(settings.leavesAlone(tree("6.1.0-9-amd64-rt", "/usr/src/linux-headers-x")));
        assertFalse(settings.leavesAlone(tree("5.10.7", "/usr/src/linux-headers-5.10.7")));
    }

    private static HeaderTree tree(String release, String seenAs) {
        Path place = Path.of("/nowhere" + seenAs);
        return new HeaderTree(
                place, seenAs, new KernelRelease(release), TreeLayout.of(place), Optional.empty(), List.of());
    }
}
