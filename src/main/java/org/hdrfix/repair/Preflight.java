package org.hdrfix.repair;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What has to be right before a repair is worth its build: each thing that is not is one sentence, and nothing is changed. */
final class Preflight {
    private static final long LEAST_SPACE = 8L << 20;
    /** More than any host program without debug information. */
    private static final long UNKNOWN_PROGRAM = 256L << 10;

    private static final Duration LATE_CLOCK = Duration.ofMinutes(1);
    private static final int MOST_ENTRIES = 10_000;
    private static final Set<String> BUILDERS = Set.of(
            "make", "gmake", "ninja", "dkms", "gcc", "cc1", "modpost", "fixdep", "genksyms", "recordmcount", "conf");

    private final Path tree;
    private final Collection<String> paths;

    /**
     * Prepares the looks at one tree.
     *
     * @param tree absolute real path of the tree
     * @param paths what the repair may change, relative to the tree, or absolute outside it
     */
    Preflight(Path tree, Collection<String> paths) {
        this.tree = tree;
        this.paths = paths;
    }

    /** Whether the directories of all that changes can be written to. */
    void refuseUnwritable() throws IOException, RepairException {
        for (Path directory : directories()) {
            FileStore store = Files.getFileStore(directory);
            if (store.isReadOnly()) {
                throw new RepairException(directory + " is on a file system that is mounted read-only (" + store.name()
                        + "); nothing was changed");
            }
            if (!Files.isWritable(directory)) {
                throw new RepairException(directory + " cannot be written to: are you root? Nothing was changed");
            }
            if (directory.startsWith(tree) && !Mounts.areOne(directory, tree)) {
                throw new RepairException(
                        directory + " is on another file system than " + tree + "; nothing was changed");
            }
        }
    }

    /** Whether there is room for three times what is built, and for the files themselves. */
    void refuseFullDisk(Disk disk, Path directory) throws IOException, RepairException {
        long wanted = 0;
        for (String path : paths) {
            wanted += Fingerprint.look(tree.resolve(path))
                    .map(facts -> (Long) facts.get("size"))
                    .orElse(UNKNOWN_PROGRAM);
        }
        long least = Math.max(LEAST_SPACE, 3 * wanted);
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < least) {
            throw new RepairException("a repair needs " + (least >> 10) + " KiB of free space for " + directory
                    + ", and there are " + (free >> 10) + " KiB; nothing was changed");
        }
        Path room = directory.resolve("room");
        try {
            // No call of Java tells free inodes, and btrfs has none to tell: to make the files is what tells.
            disk.createDirectory(room, "rwx------");
            for (int i = 0; i < 2 * paths.size() + 8; i++) {
                disk.write(room.resolve(String.valueOf(i)), new ByteArrayInputStream(new byte[0]));
            }
        } catch (IOException e) {
            throw new RepairException("there is no room for a repair's files (" + RepairException.because(e)
                    + "): is the file system out of inodes (df -i)? Nothing was changed");
        } finally {
            org.hdrfix.kbuild.Scratch.delete(room);
        }
    }

    /** Whether the clock is behind the files beside what changes: make would build the programs again at each run. */
    void refuseLateClock(Instant now) throws IOException, RepairException {
        for (Path directory : directories()) {
            if (directory.startsWith(tree)) {
                Optional<Path> later = laterThan(directory, now.plus(LATE_CLOCK));
                if (later.isPresent()) {
                    throw new RepairException("the clock says "
                            + now.toString().substring(0, 10) + ", and " + later.get()
                            + " is newer: make would build the programs again each time. Nothing was changed."
                            + " Set the clock: sudo timedatectl set-ntp true");
                }
            }
        }
    }

    private Optional<Path> laterThan(Path directory, Instant time) throws IOException {
        int seen = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                boolean stays = !paths.contains(tree.relativize(file).toString());
                if (stays
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                                .toInstant()
                                .isAfter(time)) {
                    return Optional.of(file);
                }
                if (++seen > MOST_ENTRIES) {
                    break;
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Whether somebody else builds in the tree.
     *
     * @param proc where proc(5) is
     */
    void refuseOtherBuild(Path proc) throws RepairException {
        Set<Long> ours = new HashSet<>();
        for (Optional<ProcessHandle> at = Optional.of(ProcessHandle.current());
                at.isPresent();
                at = at.get().parent()) {
            ours.add(at.get().pid());
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                String name = name(process);
                if (BUILDERS.contains(name) && isInTree(process) && !ours.contains(number(process))) {
                    throw new RepairException("a build is at work in " + tree + " (" + name + ", process "
                            + process.getFileName() + "); nothing was changed. Run this again when it is done");
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            // Without /proc nobody can be seen; the locks are what really keeps two apart.
        }
    }

    private static long number(Path process) {
        try {
            return Long.parseLong(process.getFileName().toString());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static String name(Path process) {
        try (BufferedReader comm = Files.newBufferedReader(process.resolve("comm"), StandardCharsets.ISO_8859_1)) {
            String name = comm.readLine();
            return name == null ? "" : name;
        } catch (IOException e) {
            // It has ended.
            return "";
        }
    }

    private boolean isInTree(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).startsWith(tree);
        } catch (IOException e) {
            return false;
        }
    }

    /** The directories that are there of all that changes. */
    private Set<Path> directories() throws IOException {
        Set<Path> directories = new LinkedHashSet<>(List.of(tree));
        for (String path : paths) {
            Path at = tree.resolve(path).getParent();
            while (Fingerprint.look(at).isEmpty()) {
                at = at.getParent();
            }
            directories.add(at);
        }
        return directories;
    }

    /** All of it, in the order in which a person would want to know. */
    void run(Disk disk, Path root, Path directory, Map<String, String> environment)
            throws IOException, RepairException {
        refuseOtherBuild(Path.of("/proc"));
        refuseLateClock(Instant.now());
        refuseFullDisk(disk, directory);
        DpkgLocks.take(root, environment, line -> {}).close();
    }
}
