package org.hdrfix.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HookFilesTest {
    private static final Path PACKAGED = Path.of("src/main/hooks/root");

    @TempDir
    Path root;

    @Test
    void installsWhatCallsTheGivenCommandAndTakesItAwayAgain() throws IOException {
        HookFiles files = new HookFiles(root);
        assertEquals(List.of(HookFiles.State.ABSENT), states(files));

        files.install(Path.of("/opt/hdrfix/hdrfix"));

        assertEquals(
                List.of(
                        HookFiles.State.IN_PLACE,
                        HookFiles.State.IN_PLACE,
                        HookFiles.State.IN_PLACE,
                        HookFiles.State.ABSENT),
                files.hooks().stream().map(HookFiles.Hook::state).toList());
        String hook = Files.readString(root.resolve("usr/local/libexec/hdrfix/hook"));
        assertTrue(hook.contains("hdrfix=/opt/hdrfix/hdrfix\n"), hook);
        assertTrue(hook.contains("libexec=/usr/local/libexec/hdrfix\n"), hook);
        assertTrue(Files.isExecutable(root.resolve("usr/local/libexec/hdrfix/prefilter")));
        assertTrue(Files.isExecutable(root.resolve("etc/kernel/postinst.d/00-hdrfix")));
        assertFalse(Files.isExecutable(root.resolve("etc/dpkg/dpkg.cfg.d/hdrfix")));
        try (Stream<Path> all = Files.walk(root.resolve("etc"))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file);
                assertTrue(text.contains("/usr/local/libexec/hdrfix/hook"), text);
                assertFalse(text.contains(" /usr/libexec"), text);
            }
        }

        assertEquals(List.of(), files.remove());
        assertEquals(List.of(HookFiles.State.ABSENT), states(files));
        assertFalse(Files.exists(root.resolve("usr/local/libexec/hdrfix")));
    }

    @Test
    void leavesAHookThatSomebodyHasChanged() throws IOException {
        HookFiles files = new HookFiles(root);
        files.install(Path.of("/opt/hdrfix/hdrfix"));
        Path changed = root.resolve("etc/kernel/postinst.d/00-hdrfix");
        Files.writeString(changed, Files.readString(changed) + "# mine\n");

        assertEquals(HookFiles.State.CHANGED, files.hooks().get(1).state());
        assertEquals(List.of("/etc/kernel/postinst.d/00-hdrfix"), files.remove());
        assertTrue(Files.exists(changed));
    }

    /** A configuration file outlives its package, and a package run must not end because of it. */
    @Test
    void everyHookIsSilentAndEndsWithNoughtWhereTheScriptIsGone() throws Exception {
        for (String place : List.of("etc/kernel/header_postinst.d/00-hdrfix", "etc/kernel/postinst.d/00-hdrfix")) {
            String text = Files.readString(PACKAGED.resolve(place))
                    .replace("/usr/libexec/hdrfix", root.resolve("gone").toString());
            assertEquals("0:", run(text, "6.6.31"), place);
        }
        String line = Files.readAllLines(PACKAGED.resolve("etc/dpkg/dpkg.cfg.d/hdrfix")).stream()
                .filter(found -> found.startsWith("pre-invoke="))
                .findFirst()
                .orElseThrow()
                .substring("pre-invoke=".length());
        assertEquals("0:", run("DPKG_HOOK_ACTION=configure\n" + line.replace("/usr/libexec", root + "/gone")));
    }

    @Test
    void everyHookEndsWithNoughtWhereTheScriptFails() throws Exception {
        Path script = root.resolve("hook");
        Files.writeString(script, "#!/bin/sh\necho called \"$@\"\nkill -9 $$\n");
        script.toFile().setExecutable(true);
        String kernel = Files.readString(PACKAGED.resolve("etc/kernel/header_postinst.d/00-hdrfix"))
                .replace("/usr/libexec/hdrfix", root.toString());
        assertTrue(run(kernel, "6.6.31").startsWith("0:called kernel 6.6.31"));
        String line = Files.readString(PACKAGED.resolve("etc/dpkg/dpkg.cfg.d/hdrfix"))
                .lines()
                .filter(found -> found.startsWith("pre-invoke="))
                .findFirst()
                .orElseThrow()
                .substring("pre-invoke=".length())
                .replace("/usr/libexec/hdrfix", root.toString());
        assertTrue(run("DPKG_HOOK_ACTION=configure\n" + line).startsWith("0:called pre-invoke"));
        // Nothing is configured yet while packages are unpacked or removed.
        assertEquals("0:", run("DPKG_HOOK_ACTION=unpack\n" + line));
    }

    private static String run(String script, String... arguments) throws Exception {
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of("/bin/sh", "-c", script, "sh"), Stream.of(arguments))
                                .toList())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        return process.waitFor() + ":" + output;
    }

    private static List<HookFiles.State> states(HookFiles files) throws IOException {
        return files.hooks().stream().map(HookFiles.Hook::state).distinct().toList();
    }
}
