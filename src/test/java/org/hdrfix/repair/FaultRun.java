package org.hdrfix.repair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hdrfix.kbuild.Scratch;

/**
 * Lets strace(1) end a process, or fail a call of it, at each system call that its work makes, and counts after how many
 * the next start finds or makes a tree that is neither as it was nor repaired.
 *
 * <p>Arguments: an empty directory, the work ({@link FaultMain}), the fault (kill, TERM, INT, or the name of an
 * error), and of how
 * many calls one is tried. Exits with 0 where nothing was lost (a naive work: where enough was).
 */
final class FaultRun {
    private static final Set<String> CHANGING = Set.of(
            "open",
            "openat",
            "creat",
            "write",
            "pwrite64",
            "writev",
            "ftruncate",
            "fsync",
            "fdatasync",
            "link",
            "linkat",
            "symlink",
            "symlinkat",
            "rename",
            "renameat",
            "renameat2",
            "unlink",
            "unlinkat",
            "rmdir",
            "mkdir",
            "mkdirat",
            "chmod",
            "fchmod",
            "fchmodat",
            "chown",
            "lchown",
            "fchown",
            "fchownat",
            "utimensat",
            "futimesat",
            "utimes",
            "sendfile",
            "copy_file_range",
            "fcntl",
            "close");
    private static final Set<String> LOOKING = Set.of(
            "read",
            "pread64",
            "stat",
            "lstat",
            "fstat",
            "newfstatat",
            "statx",
            "access",
            "faccessat",
            "faccessat2",
            "readlink",
            "readlinkat",
            "getdents64",
            "lseek");

    /** What may happen at a call that only looks too; a stat(2) never finds the disk full. */
    private static final Set<String> ANYWHERE = Set.of("kill", "TERM", "INT", "EIO");

    private static final int SEED = 7;
    private static final long SECONDS = 120;

    /** A system call of the work: the n-th of its name that its thread makes, 1-based. */
    private record Call(String name, int number) {}

    private final Path directory;
    private final String work;
    private final String fault;
    private final Map<String, String> after;
    private final AtomicInteger made = new AtomicInteger();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> lost = new ArrayList<>();

    private FaultRun(Path directory, String work, String fault) throws IOException, RepairException {
        this.directory = directory;
        this.work = work;
        this.fault = fault;
        this.after = fresh().after(work);
    }

    public static void main(String[] arguments) throws Exception {
        FaultRun run = new FaultRun(Path.of(arguments[0]).toRealPath(), arguments[1], arguments[2]);
        boolean all = Boolean.getBoolean("fault.all");
        System.exit(run.run(Integer.parseInt(arguments[3]), all) ? 0 : 1);
    }

    private FaultTree fresh() throws IOException {
        return new FaultTree(Files.createDirectory(directory.resolve("root." + made.incrementAndGet()))).make(SEED);
    }

    /** A tree as the work finds it: broken; repaired for an undo; half repaired for a recovery. */
    private FaultTree prepared() throws IOException, RepairException {
        FaultTree tree = fresh();
        if (work.equals("undo")) {
            tree.repair(new Disk());
        } else if (work.equals("recover")) {
            try {
                // In the midst of the renames: as much to do for the recovery as there can be.
                tree.repair(new FaultyDisk(FaultyDisk.Fault.KILLED, 100));
            } catch (FaultyDisk.Killed e) {
                // As it should be.
            }
        }
        return tree;
    }

    private boolean run(int oneOf, boolean all) throws Exception {
        List<Call> calls = calls(all);
        ExecutorService workers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        List<Future<?>> done = new ArrayList<>();
        for (int i = Math.floorMod(fault.hashCode(), oneOf); i < calls.size(); i += oneOf) {
            Call call = calls.get(i);
            done.add(workers.submit(() -> {
                tryAt(call);
                return null;
            }));
        }
        for (Future<?> one : done) {
            one.get();
        }
        workers.shutdown();
        int tried = done.size();
        int reached = tried - counts.getOrDefault("not reached", 0);
        System.out.println(fault + " in " + work + ", seed " + SEED + ": " + calls.size() + " calls, " + tried
                + " tried, " + reached + " reached, " + lost.size() + " lost; then " + counts);
        lost.stream().limit(work.startsWith("naive") ? 0 : 3).forEach(System.out::println);
        // A naive work must be seen to lose something, or the test sees nothing.
        return reached * 10 >= tried * 9
                && tried > 5
                && (work.startsWith("naive") ? lost.size() * 5 >= reached : lost.isEmpty());
    }

    private static String names(Set<String> calls) {
        return String.join(",", calls.stream().map(name -> "?" + name).sorted().toList());
    }

    /** The calls of the work, from a run in which nothing fails. */
    private List<Call> calls(boolean all) throws Exception {
        FaultTree tree = prepared();
        Path log = directory.resolve("trace");
        int status = start(tree, List.of("-e", "trace=" + names(CHANGING) + "," + names(LOOKING)), log);
        if (status != 0) {
            throw new IllegalStateException("without a fault the work ends with " + status);
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        String thread = lines.stream()
                .filter(line -> line.contains(FaultMain.BEGINS))
                .map(line -> line.split(" +", 2)[0])
                .findFirst()
                .orElseThrow();
        Map<String, Integer> numbers = new HashMap<>();
        List<Call> calls = new ArrayList<>();
        boolean begun = false;
        for (String line : lines) {
            String[] parts = line.split(" +", 2);
            int bracket = parts[1].indexOf('(');
            if (!parts[0].equals(thread) || parts[1].startsWith("<...") || bracket < 1) {
                continue;
            }
            String name = parts[1].substring(0, bracket);
            Call call = new Call(name, numbers.merge(name, 1, Integer::sum));
            if (parts[1].contains(FaultMain.ENDS)) {
                break;
            }
            if (begun && (all && ANYWHERE.contains(fault) || CHANGING.contains(name))) {
                calls.add(call);
            }
            begun |= parts[1].contains(FaultMain.BEGINS);
        }
        Scratch.delete(tree.root);
        return calls;
    }

    private void tryAt(Call call) throws Exception {
        FaultTree tree = prepared();
        Path log = directory.resolve("trace." + tree.root.getFileName());
        String how = isSignal() ? "signal=" + fault : fault.equals("kill") ? "signal=KILL" : "error=" + fault;
        int status = start(
                tree,
                List.of(
                        "-e",
                        "trace=" + call.name(),
                        "-e",
                        "inject=" + call.name() + ":" + how + ":when=" + call.number()),
                log);
        String trace = Files.readString(log, StandardCharsets.ISO_8859_1);
        String mark = isSignal() ? "--- SIG" + fault : fault.equals("kill") ? "killed by SIGKILL" : "(INJECTED)";
        if (!trace.contains(mark) || !Files.exists(tree.root.resolve(FaultMain.BEGUN))) {
            count("not reached");
        } else {
            judge(tree, call, status);
        }
        Scratch.delete(tree.root);
        Files.delete(log);
    }

    /** A signal that asks: the tree has to be whole when the process has ended, without a next start. */
    private boolean isSignal() {
        return fault.equals("TERM") || fault.equals("INT");
    }

    private void judge(FaultTree tree, Call call, int status) throws IOException {
        boolean wasHalfDone = !isBefore(tree) && !isAfter(tree);
        if (!work.startsWith("naive") && !isSignal()) {
            try {
                tree.recover(new Disk());
            } catch (RepairException e) {
                lose(call + ", status " + status + ": " + e.getMessage());
                return;
            }
        }
        if (isBefore(tree)) {
            count(wasHalfDone ? "put back by the next start" : "as it was");
        } else if (isAfter(tree)) {
            boolean saysNot = status != 0 && work.equals("repair") && !fault.equals("kill") && !isSignal();
            count(saysNot ? "repaired, though it says not, " + call : "repaired");
        } else {
            lose(call + ", status " + status + ": " + tree.differenceToBefore());
        }
    }

    private boolean isBefore(FaultTree tree) {
        try {
            return tree.differenceToBefore().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isAfter(FaultTree tree) throws IOException {
        return tree.differenceToAfter(after).isEmpty();
    }

    private synchronized void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    private synchronized void lose(String what) {
        lost.add(what);
        counts.merge("neither", 1, Integer::sum);
    }

    private int start(FaultTree tree, List<String> tracing, Path log) throws Exception {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-q", "-o", log.toString()));
        command.addAll(tracing);
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                FaultMain.class.getName(),
                work,
                tree.root.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(work + " did not end within " + SECONDS + " s");
        }
        return process.exitValue();
    }
}
