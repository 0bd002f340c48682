package org.hdrfix.repair;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.hdrfix.kbuild.Scratch;

/**
 * Fills a small file system and repairs on it, with a little more space left each time, and counts the trees that are
 * neither as they were nor repaired.
 *
 * <p>Arguments: an empty directory at the top of the file system; {@code repair}, {@code undo} or a naive work; {@code blocks} or
 * {@code inodes}; how many levels; by how many KiB or inodes they differ. Exits with 0 where nothing was lost (a naive
 * work: where something was) and both outcomes were seen.
 */
final class FullDiskRun {
    private static final int SEED = 7;

    private final Path directory;
    private final String work;
    private final boolean inodes;

    private FullDiskRun(Path directory, String work, boolean inodes) {
        this.directory = directory;
        this.work = work;
        this.inodes = inodes;
    }

    public static void main(String[] arguments) throws Exception {
        FullDiskRun run =
                new FullDiskRun(Path.of(arguments[0]).toRealPath(), arguments[1], arguments[2].equals("inodes"));
        System.exit(run.run(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4])) ? 0 : 1);
    }

    private boolean run(int levels, int step) throws Exception {
        Map<String, String> after = fresh(0).after(work);
        Map<String, Integer> counts = new TreeMap<>();
        for (int level = 0; level < levels; level++) {
            FaultTree tree = fresh(level);
            if (work.equals("undo")) {
                tree.repair(new Disk());
            }
            fill(level * step);
            attempt(tree);
            boolean atOnce = isBefore(tree) || isAfter(tree, after);
            if (!work.startsWith("naive") && !atOnce) {
                // The disk is as full as it was.
                tree.recover(new Disk());
            }
            String outcome = isBefore(tree) ? "as it was" : isAfter(tree, after) ? "repaired" : "neither";
            counts.merge(outcome + (atOnce || outcome.equals("neither") ? "" : " by the next start"), 1, Integer::sum);
            Scratch.delete(tree.root);
            Scratch.delete(directory.resolve("fill"));
        }
        System.out.println("full disk, " + work + ", " + levels + " levels of " + step + (inodes ? " inodes" : " KiB")
                + ": " + counts);
        boolean both = counts.containsKey("as it was") && counts.containsKey("repaired");
        boolean lost = counts.containsKey("neither");
        return work.startsWith("naive") ? lost : !lost && (both || work.equals("undo"));
    }

    private FaultTree fresh(int level) throws IOException {
        return new FaultTree(Files.createDirectory(directory.resolve("root." + level))).make(SEED);
    }

    private void attempt(FaultTree tree) {
        try {
            tree.work(work, new Disk());
        } catch (IOException | RepairException e) {
            // What has become of the tree is what counts.
        }
    }

    private static boolean isBefore(FaultTree tree) throws IOException {
        return tree.differenceToBefore().isEmpty();
    }

    private static boolean isAfter(FaultTree tree, Map<String, String> after) throws IOException {
        return tree.differenceToAfter(after).isEmpty();
    }

    /** Leaves so many KiB or inodes free. */
    private void fill(int left) throws IOException {
        Path fill = Files.createDirectory(directory.resolve("fill"));
        if (inodes) {
            int count = 0;
            while (creates(fill.resolve(String.valueOf(count)))) {
                count++;
            }
            for (int i = 0; i < left && i < count; i++) {
                Files.delete(fill.resolve(String.valueOf(i)));
            }
            return;
        }
        Path file = fill.resolve("blocks");
        long size = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] block = new byte[4096];
            java.util.Arrays.fill(block, (byte) 'f');
            while (size < 1L << 30) {
                out.write(block);
                size += block.length;
            }
            throw new IllegalStateException("this file system is not a small one");
        } catch (IOException e) {
            size = Files.size(file);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(Math.max(0, (size & -4096) - 1024L * left));
            channel.force(true);
        }
    }

    private static boolean creates(Path file) {
        try {
            Files.createFile(file);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
