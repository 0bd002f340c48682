package org.hdrfix.repair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Cuts the power at each write of a repair: makes the disks that it could have left, from a log of all writes to it
 * (Linux, Documentation/admin-guide/device-mapper/log-writes.rst), mounts each, lets the next start of hdrfix recover, and
 * counts the trees that are neither as they were nor repaired. A disk may have any of the writes since its last flush:
 * states are all prefixes, random subsets, and writes that are torn at a sector.
 *
 * <p>Arguments: a directory with {@code made.img} (a disk with the tree as it was), {@code base.img}
 * (the disk before the work), {@code log} and {@code mount}; the work; the
 * first entry of the work, the first after its process had ended, and the number of all; how many random states; the
 * seed. Exits with 0 where nothing was lost (a naive work: where enough was).
 */
final class PowerCutRun {
    private static final int FLUSH = 1;
    private static final int FUA = 2;
    private static final int DISCARD = 4;
    private static final int SECTOR = 512;
    private static final int SEED = 7;

    /** A write: where on the disk, where in the log, how long, in bytes; or a flush without any. */
    private record Entry(long place, long at, long length, long flags) {
        boolean flushes() {
            return (flags & (FLUSH | FUA)) != 0;
        }
    }

    private final Path directory;
    private final String work;
    private final FaultTree tree;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<Entry> entries;

    private PowerCutRun(Path directory, String work, long all) throws IOException {
        this.directory = directory;
        this.work = work;
        this.tree = new FaultTree(directory.resolve("mount/root"));
        this.entries = read(directory.resolve("log"), all);
    }

    public static void main(String[] arguments) throws Exception {
        PowerCutRun run =
                new PowerCutRun(Path.of(arguments[0]).toRealPath(), arguments[1], Long.parseLong(arguments[4]));
        System.exit(
                run.run(
                                Integer.parseInt(arguments[2]),
                                Integer.parseInt(arguments[3]),
                                Integer.parseInt(arguments[5]),
                                Long.parseLong(arguments[6]))
                        ? 0
                        : 1);
    }

    private static List<Entry> read(Path log, long all) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(log)) {
            long at = SECTOR;
            for (long i = 0; i < all; i++) {
                ByteBuffer head = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
                channel.read(head, at);
                head.flip();
                long sector = head.getLong();
                long sectors = head.getLong();
                long flags = head.getLong();
                at += SECTOR;
                entries.add(new Entry(sector * SECTOR, at, sectors * SECTOR, flags));
                if ((flags & DISCARD) == 0) {
                    at += sectors * SECTOR;
                }
            }
        }
        return entries;
    }

    private boolean run(int first, int ended, int random, long seed) throws Exception {
        Map<String, String> after = expectedAfter();
        int states = 0;
        // The disk holds all before the cut.
        Path disk = directory.resolve("disk.img");
        Files.copy(directory.resolve("base.img"), disk, StandardCopyOption.REPLACE_EXISTING);
        mounted(directory.resolve("made.img"), () -> tree.before = tree.fingerprint());
        for (int cut = first; cut <= entries.size(); cut++) {
            judge(disk, after, cut >= ended);
            states++;
            if (cut < entries.size()) {
                apply(disk, entries.get(cut), Long.MAX_VALUE);
            }
        }
        Random choice = new Random(seed);
        for (int i = 0; i < random; i++) {
            int cut = first + choice.nextInt(entries.size() - first + 1);
            subset(disk, first, cut, choice, i % 3 == 0);
            judge(disk, after, false);
            states++;
        }
        int lost = counts.getOrDefault("neither", 0) + counts.getOrDefault("gone though it was done", 0);
        System.out.println("power cut, " + work + ", seed " + seed + ": " + (entries.size() - first)
                + " writes and flushes, " + states + " states, " + lost + " lost; " + counts);
        boolean both = counts.containsKey("as it was") && counts.containsKey("repaired");
        return work.startsWith("naive") ? lost * 5 >= states : lost == 0 && both;
    }

    private Map<String, String> expectedAfter() throws IOException, RepairException {
        FaultTree model = new FaultTree(Files.createTempDirectory(directory, "model")).make(SEED);
        return model.after(work);
    }

    /** All up to the last flush before the cut, and of what came since only some; of one a part, where it is torn. */
    private void subset(Path disk, int first, int cut, Random choice, boolean torn) throws IOException {
        Files.copy(directory.resolve("base.img"), disk, StandardCopyOption.REPLACE_EXISTING);
        int flushed = cut;
        while (flushed > first && !entries.get(flushed - 1).flushes()) {
            flushed--;
        }
        for (int i = first; i < flushed; i++) {
            apply(disk, entries.get(i), Long.MAX_VALUE);
        }
        for (int i = flushed; i < cut; i++) {
            if (choice.nextBoolean()) {
                long sectors = entries.get(i).length() / SECTOR;
                long length = torn && i == cut - 1 && sectors > 1
                        ? SECTOR * (1 + choice.nextInt((int) sectors - 1))
                        : Long.MAX_VALUE;
                apply(disk, entries.get(i), length);
            }
        }
    }

    private void apply(Path disk, Entry entry, long most) throws IOException {
        if ((entry.flags() & DISCARD) != 0 || entry.length() == 0) {
            return;
        }
        try (FileChannel from = FileChannel.open(directory.resolve("log"));
                FileChannel to = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            long length = Math.min(entry.length(), most);
            long done = 0;
            from.position(entry.at());
            while (done < length) {
                done += to.transferFrom(from, entry.place() + done, length - done);
            }
        }
    }

    private void judge(Path disk, Map<String, String> after, boolean wasDone) throws Exception {
        mounted(disk, () -> count(outcome(after), wasDone));
    }

    private interface Look {
        void look() throws IOException;
    }

    /** The mount writes too: on a copy. */
    private void mounted(Path disk, Look look) throws Exception {
        Path copy = directory.resolve("state.img");
        Files.copy(disk, copy, StandardCopyOption.REPLACE_EXISTING);
        String mount = directory.resolve("mount").toString();
        try {
            command("mount", "-t", "ext4", "-o", "loop", copy.toString(), mount);
        } catch (IllegalStateException e) {
            // A torn superblock, which booting would mend as well.
            new ProcessBuilder("e2fsck", "-fy", copy.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            counts.merge("(after e2fsck)", 1, Integer::sum);
            command("mount", "-t", "ext4", "-o", "loop", copy.toString(), mount);
        }
        try {
            look.look();
        } finally {
            command("umount", mount);
        }
    }

    private String outcome(Map<String, String> after) throws IOException {
        if (!work.startsWith("naive-in") && !work.startsWith("naive-del")) {
            try {
                tree.recover(new Disk());
            } catch (IOException | RepairException | RuntimeException e) {
                return "neither";
            }
        }
        try {
            if (tree.differenceToBefore().isEmpty()) {
                return "as it was";
            }
            return tree.differenceToAfter(after).isEmpty() ? "repaired" : "neither";
        } catch (IOException | RuntimeException e) {
            // Not even to be read.
            return "neither";
        }
    }

    private void count(String outcome, boolean wasDone) {
        boolean forgotten =
                wasDone && !work.startsWith("naive") && outcome.equals(work.equals("undo") ? "repaired" : "as it was");
        counts.merge(forgotten ? "gone though it was done" : outcome, 1, Integer::sum);
    }

    private static void command(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            String said = new String(process.getInputStream().readNBytes(500), StandardCharsets.UTF_8);
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", words) + " failed: " + said);
        }
    }
}
