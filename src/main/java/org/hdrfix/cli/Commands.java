package org.hdrfix.cli;

import elf4j.Logger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.MissingTree;
import org.hdrfix.kbuild.Build;
import org.hdrfix.kbuild.Way;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.DpkgFiles;
import org.hdrfix.platform.Platform;
import org.hdrfix.platform.PlatformReader;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.platform.UnknownPlatformException;
import org.hdrfix.proof.Prover;
import org.hdrfix.repair.BuildLimits;
import org.hdrfix.repair.Originals;
import org.hdrfix.repair.Recovery;
import org.hdrfix.repair.Repair;
import org.hdrfix.repair.RepairException;
import org.hdrfix.repair.RepairOutcome;
import org.hdrfix.repair.RepairPlan;
import org.hdrfix.report.Printable;
import org.hdrfix.report.ProofReport;
import org.hdrfix.report.TextReport;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.HeaderTrees;
import org.hdrfix.tree.InstalledKernel;
import org.hdrfix.tree.TreeInspector;
import org.hdrfix.tree.TrustGate;
import picocli.CommandLine.ParseResult;

/** check, repair, prove, undo and recover: finds the trees, runs the pipeline on each, and turns what came out into a report and a status. */
final class Commands {
    /** Which status wins when trees differ: 3 before 4 before 1 before 0. */
    private static final List<Integer> WORST_FIRST = List.of(3, 4, 1, 0);

    private final ParseResult arguments;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean verbose;
    private final boolean quiet;
    private int status;
    private final Set<String> told = new HashSet<>();
    private Architecture machine;
    private Toolchain toolchain;
    private Settings settings = Settings.of("");

    Commands(ParseResult arguments, PrintStream out, PrintStream err) {
        this.arguments = arguments;
        this.out = out;
        this.err = err;
        this.verbose = arguments.matchedOptionValue("-v", false);
        this.quiet = arguments.matchedOptionValue("-q", false);
    }

    int run() {
        Path root = root();
        if (arguments.commandSpec().name().equals("recover")) {
            return recover(root);
        }
        List<InstalledKernel> kernels = InstalledKernel.find(root);
        List<HeaderTree> all = HeaderTrees.find(root, kernels);
        if (recoverIfAllowed(root, all)) {
            kernels = InstalledKernel.find(root);
            all = HeaderTrees.find(root, kernels);
        }
        List<HeaderTree> trees = trees(root, all);
        List<MissingTree> missing =
                arguments.hasMatchedPositional(0) ? List.of() : MissingTree.of(root, kernels, trees);
        if (trees.isEmpty() && missing.isEmpty()) {
            if (!quiet && status == 0) {
                out.println("No header trees in " + root.resolve("usr/src") + " or behind "
                        + root.resolve("lib/modules") + "/*/build.");
            }
            return status;
        }
        if (arguments.commandSpec().name().equals("undo")) {
            // What is put back needs no judgement.
            undo(root, all, trees);
            return status;
        }
        Platform platform;
        try {
            platform = PlatformReader.read(root, option("--platform"));
        } catch (UnknownPlatformException e) {
            err.println("hdrfix: " + Printable.of(e.getMessage()));
            return 3;
        }
        TextReport report = new TextReport(out, Colour.wanted(option("--color")), verbose, sameSystem(root));
        log("system: " + platform.userland().name() + " (from " + platform.basis() + ")");
        if (arguments.commandSpec().name().equals("repair")) {
            repair(root, platform, all, minded(root, trees), report);
            return status;
        }
        if (arguments.commandSpec().name().equals("prove")) {
            ProveCommand prove = prover(root);
            trees.stream()
                    .filter(this::isTrusted)
                    .forEach(tree -> worsen(prove.prove(diagnose(root, tree, platform), option("--reference"))));
            return status;
        }
        check(root, platform, trees, missing, report);
        return arguments.matchedOptionValue("--exit-zero", false) ? 0 : status;
    }

    private void check(
            Path root, Platform platform, List<HeaderTree> trees, List<MissingTree> missing, TextReport report) {
        Toolchain toolchain = toolchain(platform);
        if (!quiet) {
            report.system(platform);
        }
        List<Diagnosis> diagnoses = trees.parallelStream()
                .map(tree -> Diagnosis.of(TreeInspector.inspect(root, tree), platform, toolchain))
                .toList();
        for (Diagnosis diagnosis : diagnoses) {
            if (!quiet || diagnosis.status() != Diagnosis.Status.OK) {
                HeaderTree tree = diagnosis.inspection().tree();
                Optional<String> owner = diagnosis.status() == Diagnosis.Status.OK && !verbose
                        ? Optional.empty()
                        : DpkgFiles.owner(root, tree.seenAs());
                report.tree(diagnosis, isRunning(tree, platform), owner);
            }
            worsen(statusOf(diagnosis));
        }
        for (MissingTree tree : missing) {
            report.missing(
                    tree,
                    platform.runningRelease()
                            .filter(tree.kernel().release()::equals)
                            .isPresent());
            worsen(4);
        }
        if (!quiet) {
            report.summary(diagnoses, missing.size());
        }
    }

    private void repair(Path root, Platform platform, List<HeaderTree> all, List<HeaderTree> trees, TextReport report) {
        boolean apply = arguments.matchedOptionValue("--apply", false);
        boolean neededOnly = arguments.matchedOptionValue("--needed-only", false);
        List<Way> ways = ways();
        if (!apply) {
            boolean any = false;
            for (HeaderTree tree : trees) {
                try {
                    RepairPlan plan = RepairPlan.of(diagnose(root, tree, platform), neededOnly);
                    report.plan(plan, root);
                    any |= !plan.steps().isEmpty();
                    worsen(statusOf(plan.before()));
                } catch (RepairException e) {
                    fail(tree.release() + ": " + e.getMessage());
                }
            }
            out.println(any ? "Nothing changed. Run again with --apply to do it." : "Nothing changed.");
            return;
        }
        try (Originals lock = Originals.lock(root)) {
            Recovery recovery = recover(root, all, lock);
            Repair repair = new Repair(root, machine(), ways, this::progress, this::log, limits());
            for (HeaderTree tree : trees) {
                if (!lock.isInterrupted() && !recovery.isUnsafe(tree.root())) {
                    apply(repair, root, tree, platform, neededOnly, report, lock);
                }
            }
        } catch (RepairException e) {
            fail(e.getMessage());
        }
    }

    /** The trees that the settings do not keep from being repaired; a tree that was named always is. */
    private List<HeaderTree> minded(Path root, List<HeaderTree> trees) {
        settings = Settings.read(root);
        settings.complaints().forEach(complaint -> err.println("hdrfix: " + Printable.of(complaint)));
        if (arguments.hasMatchedPositional(0)) {
            return trees;
        }
        List<HeaderTree> minded = new ArrayList<>();
        for (HeaderTree tree : trees) {
            if (!settings.leavesAlone(tree)) {
                minded.add(tree);
            } else if (!quiet) {
                out.println(Printable.of(tree.release().value()) + "  left alone (/etc/hdrfix.conf)");
            }
        }
        return minded;
    }

    private BuildLimits limits() {
        return new BuildLimits(
                number("--jobs", settings.jobs(), 1), number("--memory", settings.memory(), BuildLimits.ONE_COMPILER));
    }

    private OptionalInt number(String name, OptionalInt setting, int least) {
        Optional<String> said = option(name);
        if (said.isEmpty()) {
            return setting;
        }
        OptionalInt number = Settings.number(said.get(), least);
        if (number.isEmpty()) {
            throw new UsageException(name + " " + said.get() + ": it is a number, at least " + least);
        }
        return number;
    }

    private void apply(
            Repair repair,
            Path root,
            HeaderTree tree,
            Platform platform,
            boolean neededOnly,
            TextReport report,
            Originals lock) {
        if (!isTrusted(tree)) {
            return;
        }
        try {
            RepairPlan plan = RepairPlan.of(diagnose(root, tree, platform), neededOnly);
            if (plan.steps().isEmpty()) {
                report.plan(plan, root);
                worsen(statusOf(plan.before()) == 1 ? 0 : statusOf(plan.before()));
                return;
            }
            RepairOutcome outcome = repair.apply(plan, lock);
            report.outcome(outcome);
            // What module builds do not need and could not be built, or was not asked for, is reported and is no
            // failure.
            worsen(outcome.after().status() == Diagnosis.Status.PARTIAL ? 0 : statusOf(outcome.after()));
            if (!lock.isInterrupted()) {
                worsen(prover(root).afterRepair(outcome.after()));
            }
        } catch (RepairException e) {
            fail(tree.release() + ": " + e.getMessage());
        }
    }

    private void undo(Path root, List<HeaderTree> all, List<HeaderTree> trees) {
        try (Originals lock = Originals.lock(root)) {
            Recovery recovery = recover(root, all, lock);
            Repair repair = new Repair(root, machine(), Build.allWays(), this::progress, this::log, BuildLimits.NONE);
            int undone = 0;
            for (HeaderTree tree : trees) {
                if (lock.isInterrupted() || recovery.isUnsafe(tree.root())) {
                    continue;
                }
                try {
                    if (!isTrusted(tree)) {
                        continue;
                    }
                    if (repair.undo(tree, lock)) {
                        undone++;
                        out.println(tree.release() + "  put back as it was before the repair, and compared");
                    } else if (arguments.hasMatchedPositional(0)) {
                        out.println(tree.release() + "  no repair to take back");
                    }
                } catch (RepairException e) {
                    fail(tree.release() + ": " + e.getMessage());
                }
            }
            if (undone == 0 && status == 0 && !arguments.hasMatchedPositional(0)) {
                out.println("No repair to take back.");
            }
        } catch (RepairException e) {
            fail(e.getMessage());
        }
    }

    /** Whether the command takes the lock in any case, and says by itself that it cannot. */
    private boolean takesLock() {
        return arguments.commandSpec().name().equals("undo") || arguments.matchedOptionValue("--apply", false);
    }

    /** The command recover: what boots run before dkms starts. */
    private int recover(Path root) {
        Recovery recovery = new Recovery(root, HeaderTrees.find(root), this::log);
        if (recovery.mayBeNeeded()) {
            try (Originals lock = Originals.lock(root)) {
                recovery.run(lock);
            } catch (RepairException e) {
                fail(e.getMessage());
            }
        }
        tell(recovery);
        if (!quiet && status == 0 && recovery.done().isEmpty()) {
            out.println("No repair was cut short.");
        }
        return status;
    }

    private Recovery recover(Path root, List<HeaderTree> all, Originals lock) {
        Recovery recovery = new Recovery(root, all, this::log);
        recovery.run(lock);
        tell(recovery);
        return recovery;
    }

    /**
     * Before anything else: a tree that is half done would be judged for what it is not. Who may not write is told.
     *
     * @return whether anything was put back
     */
    private boolean recoverIfAllowed(Path root, List<HeaderTree> all) {
        Recovery recovery = new Recovery(root, all, this::log);
        if (recovery.isNeeded()) {
            try (Originals lock = Originals.lock(root)) {
                recovery.run(lock);
            } catch (RepairException e) {
                if (!takesLock() && recovery.hasHalfDoneTrees()) {
                    fail("a repair was cut short, or is under way, and its tree may be half done: " + e.getMessage());
                }
            }
        }
        tell(recovery);
        return !recovery.done().isEmpty();
    }

    /** What the look before the lock has said is not said again under it. */
    private void tell(Recovery recovery) {
        recovery.done().forEach(line -> out.println(Printable.of(line)));
        recovery.failures().stream().filter(told::add).forEach(this::fail);
    }

    /** Whether this user may work in a tree: only root has more to lose than the tree. */
    private boolean isTrusted(HeaderTree tree) {
        if (arguments.matchedOptionValue("--trust", false)) {
            return true;
        }
        Optional<String> refusal = refusal(tree);
        refusal.ifPresent(reason -> fail(tree.release() + ": " + tree.seenAs() + " is not trusted: " + reason
                + "; nothing was changed. Root works in it with --trust"));
        return refusal.isEmpty();
    }

    /** Why root had better not work in a tree; of another user nothing is refused. */
    static Optional<String> refusal(HeaderTree tree) {
        return Build.isRoot() ? TrustGate.refusal(tree.root()) : Optional.empty();
    }

    private Diagnosis diagnose(Path root, HeaderTree tree, Platform platform) {
        return Diagnosis.of(TreeInspector.inspect(root, tree), platform, toolchain(platform));
    }

    private static int statusOf(Diagnosis diagnosis) {
        if (diagnosis.isUncertain()) {
            return 3;
        }
        return switch (diagnosis.status()) {
            case OK -> 0;
            case PARTIAL -> diagnosis.isRepairable() ? 1 : 0;
            case BROKEN -> 1;
            case BLOCKED -> 4;
        };
    }

    private void worsen(int other) {
        status = WORST_FIRST.indexOf(other) < WORST_FIRST.indexOf(status) ? other : status;
    }

    private void fail(String message) {
        err.println("hdrfix: " + Printable.of(message));
        worsen(3);
    }

    private List<HeaderTree> trees(Path root, List<HeaderTree> all) {
        return chosen(arguments, root, all, name -> fail(name + ": no header tree of that path or release"));
    }

    /**
     * The trees that the arguments name, each once; all where they name none.
     *
     * @param unknown is told of a name that is no tree's
     */
    static List<HeaderTree> chosen(ParseResult arguments, Path root, List<HeaderTree> all, Consumer<String> unknown) {
        List<String> names = arguments.matchedPositionalValue(0, List.<String>of());
        if (names.isEmpty()) {
            return all;
        }
        Map<Path, HeaderTree> chosen = new LinkedHashMap<>();
        for (String name : names) {
            List<HeaderTree> matches = named(name, root, all);
            if (matches.isEmpty()) {
                unknown.accept(name);
            }
            matches.forEach(tree -> chosen.put(tree.root(), tree));
        }
        return new ArrayList<>(chosen.values());
    }

    /** The trees of that release or at that path. */
    private static List<HeaderTree> named(String name, Path root, List<HeaderTree> all) {
        List<HeaderTree> matches = all.stream()
                .filter(tree -> tree.release().value().equals(name)
                        || tree.modulesLinks().contains(name))
                .toList();
        if (!matches.isEmpty()) {
            return matches;
        }
        try {
            return HeaderTrees.at(root, Path.of(name).toAbsolutePath())
                    .or(() -> HeaderTrees.at(root, root.resolve(name.replaceFirst("^/+", ""))))
                    .map(found -> all.stream()
                            .filter(tree -> tree.root().equals(found.root()))
                            .findFirst()
                            .orElse(found))
                    .stream()
                    .toList();
        } catch (InvalidPathException e) {
            return List.of();
        }
    }

    private Path root() {
        return root(option("--root"));
    }

    /** The system that --root names. */
    static Path root(Optional<String> option) {
        String name = option.orElse("/");
        try {
            Path root = Path.of(name).toRealPath();
            if (!Files.isDirectory(root)) {
                throw new UsageException("--root " + name + ": not a directory");
            }
            return root;
        } catch (IOException | InvalidPathException e) {
            throw new UsageException("--root " + name + ": no such directory");
        }
    }

    private List<Way> ways() {
        Optional<String> name = option("--way");
        if (name.isEmpty()) {
            return Build.allWays();
        }
        try {
            return List.of(Way.valueOf(name.get().toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--way " + name.get() + ": it is direct, kbuild or make");
        }
    }

    /** What this machine's own userland is; read once a run. */
    private Architecture machine() {
        if (machine == null) {
            machine = PlatformReader.read(Path.of("/"), Optional.empty()).userland();
        }
        return machine;
    }

    /** The compiler for the judged system, looked for once a run. */
    private Toolchain toolchain(Platform platform) {
        if (toolchain == null) {
            toolchain = Toolchain.find(platform.userland(), machine());
        }
        return toolchain;
    }

    private ProveCommand prover(Path root) {
        return new ProveCommand(
                new Prover(root, machine(), this::log),
                new ProofReport(out, Colour.wanted(option("--color")), verbose),
                quiet,
                sameSystem(root));
    }

    private static boolean isRunning(HeaderTree tree, Platform platform) {
        return platform.runningRelease()
                .filter(release -> tree.release().value().equals(release)
                        || tree.modulesLinks().contains(release))
                .isPresent();
    }

    private String sameSystem(Path root) {
        return (root.equals(Path.of("/")) ? "" : " --root " + root)
                + option("--platform").map(name -> " --platform " + name).orElse("");
    }

    private Optional<String> option(String name) {
        return Optional.ofNullable(arguments.matchedOptionValue(name, (String) null));
    }

    private void progress(String program) {
        if (!quiet) {
            err.println("  built " + Printable.of(program));
        }
    }

    private void log(String message) {
        if (verbose) {
            Log.line().accept(message);
        }
    }

    /** Apart, so that the logging facade is loaded only when something is logged. */
    private static final class Log {
        static Consumer<String> line() {
            System.setProperty(DiagnosticLog.SWITCH, "yes");
            return message -> Logger.instance().log(message);
        }
    }
}
