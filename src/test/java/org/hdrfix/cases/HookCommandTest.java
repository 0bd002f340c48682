package org.hdrfix.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hdrfix.platform.Architecture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hdrfix hook} on a copy of the sample, as a process of its own: what the hooks see of it. */
class HookCommandTest {
    private static final String BROKEN = "6.6.31-v8+";
    private static final String HEALTHY = "6.1.21-v8+";

    @TempDir
    Path temp;

    private Path root;
    private Path tree;
    private List<String> printed;

    @BeforeEach
    void layOutTheSample() throws IOException {
        CaseRoot.copy(SampleSystem.SAMPLE, temp);
        root = temp.toRealPath();
        tree = root.resolve("usr/src/linux-headers-" + BROKEN);
        Files.createDirectories(root.resolve("etc"));
    }

    private int hook(String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "org.hdrfix.cli.Main",
                "hook"));
        words.addAll(List.of(arguments));
        words.addAll(List.of("--root", root.toString()));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        try (Stream<String> lines = process.inputReader().lines()) {
            printed = lines.toList();
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private boolean says(String words) {
        return printed.stream().anyMatch(line -> line.contains(words));
    }

    @Test
    void reportsOneLineForEachBrokenTreeAndChangesNothing() throws IOException {
        Files.writeString(root.resolve("etc/hdrfix.conf"), "auto = report\n");
        Map<String, String> before = CaseRoot.fingerprint(tree);

        assertEquals(0, hook("run", "--event", "trigger"));

        assertEquals(1, printed.size(), printed.toString());
        assertTrue(printed.get(0).startsWith(BROKEN + ": scripts/basic/fixdep built for s390x, this system is arm64"));
        assertEquals(before, CaseRoot.fingerprint(tree));
    }

    @Test
    void saysNothingWhenItIsOffOrTheTreeIsLeftAloneOrHealthy() throws IOException {
        Files.writeString(root.resolve("etc/hdrfix.conf"), "auto = off\n");
        assertEquals(0, hook("run"));
        assertEquals(List.of(), printed);

        Files.writeString(root.resolve("etc/hdrfix.conf"), "auto = report\nleave-alone = 6.6.*\n");
        assertEquals(0, hook("run"));
        assertEquals(List.of(), printed);

        Files.writeString(root.resolve("etc/hdrfix.conf"), "auto = report\n");
        assertEquals(0, hook("run", HEALTHY));
        assertEquals(List.of(), printed);
    }

    @Test
    void theCommandLineWinsOverTheFile() throws IOException {
        Files.writeString(root.resolve("etc/hdrfix.conf"), "auto = off\n");
        assertEquals(0, hook("run", "--auto", "report"));
        assertEquals(1, printed.size(), printed.toString());
    }

    @Test
    void endsWithNoughtWhereNothingCanBeRepaired() throws IOException {
        for (String path : List.of("var/lib/dpkg/arch", "var/lib/dpkg/status", "bin/sh")) {
            Files.deleteIfExists(root.resolve(path));
        }

        assertEquals(0, hook("run"));

        assertTrue(says("cannot tell what system"), printed.toString());
    }

    @Test
    void repairsLogsAndNotesThatModulesAreDue() throws IOException {
        Architecture machine = SampleSystem.machineWithCompiler();
        Files.writeString(root.resolve("var/lib/dpkg/arch"), machine.name() + "\n");

        assertEquals(0, hook("run", "--event", "pre-invoke", tree.toString()));

        assertTrue(says(BROKEN + ": repaired; to take it back: hdrfix undo " + BROKEN), printed.toString());
        String log = Files.readString(root.resolve("var/log/hdrfix/" + BROKEN + ".log"));
        assertTrue(log.contains(" pre-invoke\n") && log.contains("rebuilt and proven"), log);
        assertTrue(Files.exists(root.resolve("var/lib/hdrfix/hooks/dkms/" + BROKEN)));

        assertEquals(0, hook("status"));
        assertTrue(says("/etc/kernel/postinst.d/00-hdrfix          not in place"), printed.toString());
        assertTrue(says("(pre-invoke)") && says("  " + BROKEN + ": repaired"), printed.toString());
    }

    @Test
    void aKernelsOwnHookLeavesTheModulesToDkms() throws IOException {
        Architecture machine = SampleSystem.machineWithCompiler();
        Files.writeString(root.resolve("var/lib/dpkg/arch"), machine.name() + "\n");

        assertEquals(0, hook("run", "--event", "kernel", BROKEN));

        assertTrue(says(BROKEN + ": repaired"), printed.toString());
        assertTrue(Files.notExists(root.resolve("var/lib/hdrfix/hooks/dkms/" + BROKEN)));
    }

    @Test
    void refusesToInstallHooksThatRunACommandWhichIsNotThere() throws IOException {
        // The classes that are tested are no jar.
        assertEquals(2, hook("install"));
        assertTrue(says("there is no command hdrfix beside"), printed.toString());
        assertTrue(Files.notExists(root.resolve("etc/kernel")));
    }

    @Test
    void leavesThePackagesHooksToThePackage() throws IOException {
        Path script = root.resolve("usr/libexec/hdrfix/hook");
        Files.createDirectories(script.getParent());
        Files.createFile(script);

        assertEquals(3, hook("install"));
        assertTrue(says("the package hdrfix has its own hooks in place"), printed.toString());
        assertEquals(3, hook("remove"));
        assertTrue(Files.exists(script));
    }
}
