package org.hdrfix.kbuild;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.hdrfix.platform.BoundedLines;

/**
 * One jailed command from its start to its end: at most half an hour, as long as it leaves room on the disk, and with an
 * output of which only so much is passed on.
 *
 * <p>ProcessBuilder starts what the kernel refuses with {@code /bin/sh FILE}, as execvp(3) does: a program for another
 * machine would run as a shell script, as root. So the first word is always one of the system's programs, by its absolute
 * path, and what lies in a tree is only ever started in the jail, and after it was judged.
 */
final class Confined {
    private static final long MINUTES = 30;

    /** What one command may write in all, bytes: a tree with everything that make builds has 0.2 GiB. */
    private static final long MOST_WRITTEN = 2L << 30;

    /** What it has to leave free, bytes. */
    private static final long LEAST_FREE = 32L << 20;

    private static final String GOING_DOWN = "it was not started: hdrfix was told to end";

    private static final int LONGEST_LINE = 4096;
    private static final long MOST_OUTPUT = 4L << 20;

    private final Optional<Path> written;
    private Process process;
    private boolean isGoingDown;
    private volatile String stopped;

    private Confined(Optional<Path> written) {
        this.written = written;
    }

    /**
     * Runs a command to its end.
     *
     * @param written a directory on the file system that takes what it writes
     * @param lines takes what it prints, line by line, as far as that is not too much
     * @return its exit status
     * @throws StageException when its first program is not installed
     * @throws StoppedException when it was stopped
     */
    static int run(List<String> command, Optional<Path> written, Consumer<String> lines) throws IOException {
        Confined confined = new Confined(written);
        Thread kill = new Thread(confined::goDown);
        try {
            // Before there is anything to kill: a process that no hook knows would outlive a JVM that is told to end
            // now.
            Runtime.getRuntime().addShutdownHook(kill);
        } catch (IllegalStateException e) {
            throw new StoppedException(GOING_DOWN);
        }
        try {
            return confined.run(command, lines);
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(kill);
            } catch (IllegalStateException e) {
                // The JVM is going down: the hook does its work.
            }
        }
    }

    private int run(List<String> command, Consumer<String> lines) throws IOException {
        begin(command);
        Thread guard = new Thread(this::guard);
        guard.setDaemon(true);
        guard.start();
        try (InputStream output = process.getInputStream()) {
            BoundedLines bounded = new BoundedLines(output, LONGEST_LINE, MOST_OUTPUT);
            for (String line = bounded.next(); line != null; line = bounded.next()) {
                lines.accept(line);
            }
            output.transferTo(java.io.OutputStream.nullOutputStream());
            int status = process.waitFor();
            if (stopped != null) {
                throw new StoppedException(stopped);
            }
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        } finally {
            process.destroyForcibly();
        }
    }

    private synchronized void begin(List<String> command) throws IOException {
        if (isGoingDown) {
            throw new StoppedException(GOING_DOWN);
        }
        process = start(new ProcessBuilder(command).redirectErrorStream(true));
    }

    private synchronized void goDown() {
        isGoingDown = true;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Starts a program of the system, with nothing of this process's environment. */
    static Process start(ProcessBuilder builder) throws IOException {
        List<String> command = builder.command();
        String name = command.get(0);
        command = new java.util.ArrayList<>(command);
        command.set(0, program(name).toString());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", Jail.PATH);
        environment.put("LC_ALL", "C");
        try {
            return builder.command(command).start();
        } catch (IOException e) {
            throw new StageException(name + " cannot be started: " + e.getMessage());
        }
    }

    private static Path program(String name) throws StageException {
        for (String directory : Jail.PATH.split(":")) {
            Path program = Path.of(directory, name);
            if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                return program;
            }
        }
        throw new StageException(name + " is not installed");
    }

    private void guard() {
        try {
            FileStore disk = written.isPresent() ? Files.getFileStore(written.get()) : null;
            long free = disk == null ? 0 : disk.getUnallocatedSpace();
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
            while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() > end) {
                    stop("it was stopped after " + MINUTES + " minutes");
                } else if (disk != null && free - disk.getUnallocatedSpace() > MOST_WRITTEN) {
                    stop("it was stopped when it had written " + (MOST_WRITTEN >> 30) + " GiB");
                } else if (disk != null && disk.getUsableSpace() < LEAST_FREE) {
                    stop("it was stopped when the disk was nearly full");
                }
            }
        } catch (IOException e) {
            stop("it was stopped, because the free space of the disk cannot be read");
        } catch (InterruptedException e) {
            stop("it was stopped");
        }
    }

    private void stop(String reason) {
        stopped = reason;
        process.destroyForcibly();
    }
}
