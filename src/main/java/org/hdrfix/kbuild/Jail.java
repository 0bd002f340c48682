package org.hdrfix.kbuild;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs commands of a build without the rights of hdrfix: as user nobody, without capabilities, with an empty environment
 * but for what is set here, with limits, and with no input (util-linux: setpriv(1), prlimit(1)).
 */
final class Jail {
    /** nobody on every distribution hdrfix knows; owns nothing. */
    static final int NOBODY = 65534;

    private static final long MINUTES = 30;

    private Jail() {}

    static boolean isRoot() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** The words that turn the command behind them into an unprivileged one. */
    static List<String> unprivileged(String out) {
        List<String> words =
                new ArrayList<>(List.of("prlimit", "--cpu=600", "--as=4294967296", "--fsize=268435456", "--core=0"));
        if (isRoot()) {
            words.addAll(List.of(
                    "setpriv",
                    "--reuid=" + NOBODY,
                    "--regid=" + NOBODY,
                    "--clear-groups",
                    "--no-new-privs",
                    "--inh-caps=-all",
                    "--bounding-set=-all"));
        }
        words.addAll(List.of(
                "env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C",
                "HOME=/nonexistent",
                "TERM=dumb",
                "OUT=" + out,
                "TMPDIR=" + out));
        return words;
    }

    /**
     * Runs a command to its end, at most half an hour.
     *
     * @throws StageException when its first program is not installed
     */
    static int run(List<String> command, Consumer<String> lines) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new StageException(command.get(0) + " cannot be started: " + e.getMessage());
        }
        Thread guard = new Thread(() -> {
            try {
                if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        });
        guard.setDaemon(true);
        guard.start();
        Thread kill = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(kill);
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.accept(line);
            }
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(kill);
            } catch (IllegalStateException e) {
                // The JVM is going down: the hook does its work.
            }
        }
    }
}
