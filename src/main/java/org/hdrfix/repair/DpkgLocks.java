package org.hdrfix.repair;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The locks of dpkg's database, held while files of packages change: fcntl(2), so dpkg and apt wait for hdrfix as they
 * wait for each other. A JVM loses such a lock when it closes any other handle of that file, so nothing else of hdrfix
 * opens them. Where dpkg itself has started hdrfix (a maintainer script, a hook) it holds them, and waits for it.
 */
final class DpkgLocks implements AutoCloseable {
    private static final List<String> STARTED_BY_DPKG =
            List.of("DPKG_MAINTSCRIPT_NAME", "DPKG_RUNNING_VERSION", "DPKG_HOOK_ACTION");

    private final List<FileChannel> held = new ArrayList<>();

    private DpkgLocks() {}

    /**
     * Takes both locks, where the system has dpkg.
     *
     * @param root absolute path of the system's {@code /}
     * @param environment that of hdrfix
     * @param log is told where they cannot be had for another reason than that somebody holds them
     * @throws RepairException where apt or dpkg is at work
     */
    static DpkgLocks take(Path root, Map<String, String> environment, Consumer<String> log) throws RepairException {
        DpkgLocks locks = new DpkgLocks();
        if (STARTED_BY_DPKG.stream().anyMatch(environment::containsKey)) {
            log.accept("started by dpkg, which holds its locks");
            return locks;
        }
        // In dpkg's own order.
        for (String name : List.of("lock-frontend", "lock")) {
            Path file = root.resolve("var/lib/dpkg").resolve(name);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                locks.take(file, log);
            }
        }
        return locks;
    }

    private void take(Path file, Consumer<String> log) throws RepairException {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            held.add(channel);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                close();
                throw atWork(file);
            }
        } catch (OverlappingFileLockException e) {
            close();
            throw atWork(file);
        } catch (IOException e) {
            boolean mayNot = e instanceof AccessDeniedException
                    || e instanceof FileSystemException of && "Read-only file system".equals(of.getReason());
            if (!mayNot) {
                close();
                throw new RepairException(
                        file + " cannot be locked (" + RepairException.because(e) + "); nothing was changed");
            }
            log.accept("no lock of dpkg: " + RepairException.because(e));
        }
    }

    private static RepairException atWork(Path file) {
        return new RepairException(
                "apt or dpkg is at work (it holds " + file + "); nothing was changed. Run this again when it is done");
    }

    @Override
    public void close() {
        for (FileChannel channel : held) {
            try {
                channel.close();
            } catch (IOException e) {
                // The lock ends with the process at the latest.
            }
        }
        held.clear();
    }
}
