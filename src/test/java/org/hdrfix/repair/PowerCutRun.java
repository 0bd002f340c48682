package org.hdrfix.repair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Cuts the power at each write of a repair: makes the disks that it could have left, from a log of all writes to it
 * (Linux, Documentation/admin-guide/device-mapper/log-writes.rst), mounts each, lets the next start of hdrfix recover, and
 * counts the trees that are neither as they were nor repaired. A disk may have any of the writes since its last flush:
 * states are all prefixes, random subsets, and writes that are torn at a sector.
 *
 * <p>Arguments: a directory with {@code made.img} (a disk with the tree as it was), {@code base.img}
 * (the disk before the work) and {@code log}; the file system; the work; the
 * first entry of the work, the first after its process had ended, and the number of all; how many random states; the
 * seed. Exits with 0 where nothing was lost (a naive work: where enough was). A repair leaves {@code half.img}, the disk of
 * a cut that its recovery has the most to do for, so that the power can be cut in the recovery too.
 */
final class PowerCutRun {
    private static final int FLUSH = 1;
    private static final int FUA = 2;
    private static final int DISCARD = 4;
    private static final int SECTOR = 512;

    /** What a mount may take at most. */
    private static final long SECONDS = 60;

    /** A write: where on the disk, where in the log, how long, in bytes; or a flush without any. */
    private record Entry(long place, long at, long length, long flags) {
        boolean flushes() {
            return (flags & (FLUSH | FUA)) != 0;
        }
    }

    /** A disk after a cut: all entries before it but those left out, and of the last so many bytes. */
    private record State(int cut, BitSet leftOut, long lastLength) {
        static State prefix(int cut) {
            return new State(cut, new BitSet(), Long.MAX_VALUE);
        }

        boolean isPrefix() {
            return leftOut.isEmpty() && lastLength == Long.MAX_VALUE;
        }
    }

    /** A part of a disk that is not only zeros. */
    private record Chunk(long place, byte[] content) {}

    /** Where one state at a time is mounted. */
    private record Slot(Path image, Path mount) {
        FaultTree tree() {
            return new FaultTree(mount.resolve("root"));
        }
    }

    private interface Look {
        void look(FaultTree tree) throws Exception;
    }

    private final Path directory;
    private final String fileSystem;
    private final String work;
    private final int first;
    private final int ended;
    private final List<Entry> entries;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final BlockingQueue<Slot> slots = new LinkedBlockingQueue<>();
    private Map<String, String> before;
    private Map<String, String> after;
    private int halfDone;
    private int lastHalfDone = -1;

    private PowerCutRun(Path directory, String fileSystem, String work, int first, int ended, int all)
            throws IOException {
        this.directory = directory;
        this.fileSystem = fileSystem;
        this.work = work;
        this.first = first;
        this.ended = ended;
        this.entries = read(directory.resolve("log"), all);
    }

    public static void main(String[] arguments) throws Exception {
        PowerCutRun run = new PowerCutRun(
                Path.of(arguments[0]).toRealPath(),
                arguments[1],
                arguments[2],
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]),
                Integer.parseInt(arguments[5]));
        System.exit(run.run(Integer.parseInt(arguments[6]), Long.parseLong(arguments[7])) ? 0 : 1);
    }

    private static List<Entry> read(Path log, int all) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(log)) {
            long at = SECTOR;
            for (int i = 0; i < all; i++) {
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

    private boolean run(int random, long seed) throws Exception {
        makeSlots(chunks(directory.resolve("made.img")));
        List<State> states = states(random, seed);
        List<Chunk> base = chunks(directory.resolve("base.img"));
        ExecutorService pool = Executors.newFixedThreadPool(slots.size());
        List<Future<?>> judged = new ArrayList<>();
        for (State state : states) {
            judged.add(pool.submit(() -> {
                judge(base, state);
                return null;
            }));
        }
        try {
            for (Future<?> one : judged) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
        if (work.equals("repair") && lastHalfDone > 0) {
            write(directory.resolve("half.img"), base, written(State.prefix(lastHalfDone)));
        }
        return report(states.size(), random, seed);
    }

    /** As many as can be mounted at once: before Linux 6.7 btrfs mounted one of two disks that are alike. */
    private void makeSlots(List<Chunk> made) throws Exception {
        Slot second = slot(1);
        slots.add(slot(0));
        mounted(made, List.of(), tree -> {
            before = tree.fingerprint();
            slots.add(second);
            try {
                mounted(made, List.of(), same -> after = same.after(work));
            } catch (NotMounted e) {
                slots.remove(second);
                after = tree.after(work);
            }
        });
        counts.clear();
        // A mount waits most of its time.
        int wanted = 2 * Runtime.getRuntime().availableProcessors();
        for (int i = 2; i < wanted && slots.contains(second); i++) {
            slots.add(slot(i));
        }
    }

    private Slot slot(int number) throws IOException {
        return new Slot(
                directory.resolve("state." + number), Files.createDirectory(directory.resolve("mount." + number)));
    }

    private boolean report(int states, int random, long seed) {
        int lost = counts.getOrDefault("neither", 0) + counts.getOrDefault("gone though it was done", 0);
        System.out.println("power cut on " + fileSystem + ", " + work + ", seed " + seed + ": "
                + (entries.size() - first) + " writes and flushes, " + states + " states (" + (states - random)
                + " prefixes, " + random + " random), " + halfDone + " half done before the next start, " + lost
                + " lost; " + counts);
        if (work.startsWith("naive")) {
            // On the two that never write over what is there fsync(2) is missed less.
            return lost * (fileSystem.equals("ext4") ? 5 : 10) >= states;
        }
        boolean both = counts.containsKey("as it was") && counts.containsKey("repaired");
        return lost == 0 && halfDone > 0 && (both || work.equals("recover"));
    }

    private List<State> states(int random, long seed) {
        List<State> states = new ArrayList<>();
        for (int cut = first; cut <= entries.size(); cut++) {
            states.add(State.prefix(cut));
        }
        Random choice = new Random(seed);
        for (int i = 0; i < random; i++) {
            states.add(subset(first + choice.nextInt(entries.size() - first + 1), choice, i % 3 == 0));
        }
        return states;
    }

    /** All up to the last flush before the cut, and of what came since only some; of the last a part, where it is torn. */
    private State subset(int cut, Random choice, boolean torn) {
        int flushed = cut;
        while (flushed > first && !entries.get(flushed - 1).flushes()) {
            flushed--;
        }
        BitSet leftOut = new BitSet();
        for (int i = flushed; i < cut; i++) {
            leftOut.set(i, choice.nextBoolean());
        }
        long sectors = cut > flushed ? entries.get(cut - 1).length() / SECTOR : 0;
        boolean tears = torn && sectors > 1 && !leftOut.get(cut - 1);
        return new State(cut, leftOut, tears ? SECTOR * (1L + choice.nextInt((int) sectors - 1)) : Long.MAX_VALUE);
    }

    /** What a state has written to the base. */
    private List<Chunk> written(State state) throws IOException {
        List<Chunk> written = new ArrayList<>();
        try (FileChannel log = FileChannel.open(directory.resolve("log"))) {
            for (int i = first; i < state.cut(); i++) {
                Entry entry = entries.get(i);
                boolean isLast = i == state.cut() - 1;
                int length = (int) Math.min(entry.length(), isLast ? state.lastLength() : Long.MAX_VALUE);
                if (!state.leftOut().get(i) && length > 0) {
                    ByteBuffer content = ByteBuffer.allocate(length);
                    // What was discarded may be anything; zeros are what most disks give.
                    while ((entry.flags() & DISCARD) == 0 && content.hasRemaining()) {
                        log.read(content, entry.at() + content.position());
                    }
                    written.add(new Chunk(entry.place(), content.array()));
                }
            }
        }
        return written;
    }

    private static List<Chunk> chunks(Path image) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(image)) {
            for (long place = 0; place < channel.size(); place += 1 << 16) {
                ByteBuffer content = ByteBuffer.allocate((int) Math.min(1 << 16, channel.size() - place));
                while (content.hasRemaining()) {
                    channel.read(content, place + content.position());
                }
                boolean isEnd = place + content.capacity() == channel.size();
                if (isEnd || !content.flip().equals(ByteBuffer.allocate(content.capacity()))) {
                    chunks.add(new Chunk(place, content.array()));
                }
            }
        }
        return chunks;
    }

    private static void write(Path image, List<Chunk> base, List<Chunk> written) throws IOException {
        Files.deleteIfExists(image);
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (List<Chunk> chunks : List.of(base, written)) {
                for (Chunk chunk : chunks) {
                    ByteBuffer content = ByteBuffer.wrap(chunk.content());
                    while (content.hasRemaining()) {
                        channel.write(content, chunk.place() + content.position());
                    }
                }
            }
        }
    }

    private void judge(List<Chunk> base, State state) throws Exception {
        try {
            mounted(base, written(state), tree -> {
                tree.before = before;
                boolean half = look(tree).equals("neither");
                count(state, half, outcome(tree));
            });
        } catch (NotMounted e) {
            count("(not to be mounted)");
            count(state, false, "neither");
        }
    }

    private static final class NotMounted extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private void mounted(List<Chunk> base, List<Chunk> written, Look look) throws Exception {
        Slot slot = slots.take();
        try {
            write(slot.image(), base, written);
            mount(slot);
            try {
                look.look(slot.tree());
            } finally {
                unmount(slot);
            }
        } finally {
            slots.put(slot);
        }
    }

    /** For a moment a process that another worker starts has this one's open files, until it executes its program. */
    private static void unmount(Slot slot) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (status(List.of("umount", slot.mount().toString())) != 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(slot.mount() + " cannot be unmounted");
            }
            Thread.sleep(10);
        }
    }

    private void mount(Slot slot) throws Exception {
        // xfs knows its disks by what is on them too, but can be told not to mind.
        String options = fileSystem.equals("xfs") ? "loop,nouuid" : "loop";
        List<String> mount = List.of(
                "mount",
                "-t",
                fileSystem,
                "-o",
                options,
                slot.image().toString(),
                slot.mount().toString());
        if (status(mount) == 0) {
            return;
        }
        // A torn superblock, which booting would mend as well.
        String image = slot.image().toString();
        status(
                switch (fileSystem) {
                    case "xfs" -> List.of("xfs_repair", "-L", image);
                    case "btrfs" -> List.of("btrfs", "rescue", "super-recover", "-y", image);
                    default -> List.of("e2fsck", "-fy", image);
                });
        count("(after mending)");
        if (status(mount) != 0) {
            throw new NotMounted();
        }
    }

    /** What the next start makes of it. */
    private String outcome(FaultTree tree) {
        if (!work.equals("naive-in-place")) {
            try {
                tree.recover(new Disk());
            } catch (IOException | RepairException | RuntimeException e) {
                return "neither";
            }
        }
        return look(tree);
    }

    private String look(FaultTree tree) {
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

    private synchronized void count(State state, boolean wasHalfDone, String outcome) {
        boolean wasDone = state.isPrefix() && state.cut() >= ended && !work.startsWith("naive");
        boolean forgotten = wasDone && outcome.equals(work.equals("repair") ? "as it was" : "repaired");
        count(forgotten ? "gone though it was done" : outcome);
        if (wasHalfDone) {
            halfDone++;
            lastHalfDone = state.isPrefix() ? Math.max(lastHalfDone, state.cut()) : lastHalfDone;
        }
    }

    private synchronized void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    private static int status(List<String> words) throws Exception {
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", words) + " did not end within " + SECONDS + " s");
        }
        return process.exitValue();
    }
}
