package org.hdrfix.repair;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.hdrfix.diagnosis.Buildability;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.JudgedProgram;
import org.hdrfix.file.Opening;
import org.hdrfix.kbuild.Build;
import org.hdrfix.kbuild.BuildSettings;
import org.hdrfix.kbuild.BuildTask;
import org.hdrfix.kbuild.CopyStage;
import org.hdrfix.kbuild.LinkerScript;
import org.hdrfix.kbuild.OverlayStage;
import org.hdrfix.kbuild.Scratch;
import org.hdrfix.kbuild.Stage;
import org.hdrfix.kbuild.StageException;
import org.hdrfix.kbuild.Way;
import org.hdrfix.patch.BundledPatch;
import org.hdrfix.patch.PatchResult;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.Platform;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.tree.ElfConfig;
import org.hdrfix.tree.GeneratedSource;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.HeaderTrees;
import org.hdrfix.tree.HostProgram;
import org.hdrfix.tree.Inspection;
import org.hdrfix.tree.KernelRelease;
import org.hdrfix.tree.KnownProgram;
import org.hdrfix.tree.Recipe;
import org.hdrfix.tree.TreeInspector;

/**
 * Repairs one tree: stage, patch, build, prove, journal, install, look again. Until the journal is written the live tree
 * is only read.
 */
public final class Repair {
    private static final int LARGEST_SOURCE = 16 << 20;

    private final Path root;
    private final Architecture machine;
    private final List<Way> ways;
    private final Consumer<String> progress;
    private final Consumer<String> log;
    private final BuildLimits limits;

    /**
     * Prepares repairs.
     *
     * @param root absolute path of the system's {@code /}
     * @param machine what this machine's own userland is
     * @param ways the ways to build, in the order in which they are tried
     * @param progress takes the path of each program that is built
     * @param log takes what is worth a line in the diagnostic log
     * @param limits what compilers may take
     */
    public Repair(
            Path root,
            Architecture machine,
            List<Way> ways,
            Consumer<String> progress,
            Consumer<String> log,
            BuildLimits limits) {
        this.root = root;
        this.machine = machine;
        this.ways = List.copyOf(ways);
        this.progress = progress;
        this.log = log;
        this.limits = limits;
    }

    /**
     * Carries out a plan.
     *
     * @param lock held since before the tree was looked at
     */
    public RepairOutcome apply(RepairPlan plan, Originals lock) throws RepairException {
        HeaderTree tree = plan.before().inspection().tree();
        Originals.Place place = null;
        try {
            List<String> paths = plan.paths();
            Preflight preflight = new Preflight(tree.root(), paths);
            preflight.refuseUnwritable();
            place = lock.next(tree);
            preflight.run(lock.disk(), root, place.directory(), System.getenv());
            return apply(plan, tree, place, lock, new Inventory(tree.root(), paths));
        } catch (IOException e) {
            lock.refuseWhenInterrupted();
            throw new RepairException(tree.seenAs() + ": " + RepairException.because(e) + "; nothing was changed");
        } catch (IllegalStateException e) {
            // A JVM that is going down kills its build and starts no more.
            lock.refuseWhenInterrupted();
            throw e;
        } finally {
            cleanUp(place, lock.disk());
        }
    }

    /**
     * Takes back the last repair of a tree.
     *
     * @return whether there was one
     */
    public boolean undo(HeaderTree tree, Originals lock) throws RepairException {
        try (DpkgLocks locks = DpkgLocks.take(root, System.getenv(), log)) {
            log.accept("locks of dpkg: " + locks);
            Optional<Originals.Place> place = lock.last(tree);
            if (place.isEmpty()) {
                return false;
            }
            lock.refuseWhenInterrupted();
            takeBack(Journal.read(place.get().directory(), root), place.get(), lock);
            return true;
        } catch (IOException e) {
            throw new RepairException(
                    tree.seenAs() + ": undo failed (" + RepairException.because(e) + "); run it again");
        }
    }

    static void takeBack(Journal journal, Originals.Place place, Originals lock) throws IOException, RepairException {
        journal.reopen(lock.disk());
        journal.putBack(lock.disk());
        journal.forget(lock.disk());
        Originals.discard(place);
    }

    private RepairOutcome apply(
            RepairPlan plan, HeaderTree tree, Originals.Place place, Originals lock, Inventory inventory)
            throws IOException, RepairException {
        Map<String, Optional<byte[]>> patched = patch(plan, tree);
        Map<String, Path> built = Map.of();
        Map<String, String> failures = new LinkedHashMap<>();
        Path buildLog = place.home().resolveSibling("make.log");
        Transaction transaction = new Transaction(lock.disk(), place.directory(), root, tree.root());
        if (!plan.programs().isEmpty() || !plan.linkerScripts().isEmpty()) {
            try (Stage stage = stage(tree, place.home(), patched, plan.elfConfig())) {
                Platform platform = plan.before().evidence().platform();
                boolean runsHere = platform.userland().equals(machine);
                Build build = new Build(stage, platform, runsHere, progress);
                built = build.run(tasks(plan, patched), ways, settings(plan), buildLog);
                failures.putAll(build.failures());
                lock.refuseWhenInterrupted();
                refuseIfNeededFailed(plan, failures, buildLog);
                for (Map.Entry<String, Path> program : built.entrySet()) {
                    transaction.install(program.getKey(), program.getValue());
                }
                for (RepairStep.Preprocess script : plan.linkerScripts()) {
                    transaction.put(script.path(), linkerScript(stage, script, settings(plan), buildLog));
                }
            }
        }
        for (Map.Entry<String, Optional<byte[]>> change : patched.entrySet()) {
            String path = change.getKey();
            if (plan.files().containsKey(path)) {
                transaction.put(path, change.getValue().orElseThrow());
            } else if (change.getValue().isPresent()) {
                transaction.install(path, change.getValue().get());
            } else {
                transaction.remove(path);
            }
        }
        plan.removals().forEach(transaction::remove);
        plan.links().forEach(link -> transaction.link(link.path(), link.target()));
        lock.refuseWhenInterrupted();
        try (DpkgLocks locks = DpkgLocks.take(root, System.getenv(), log)) {
            log.accept("locks of dpkg: " + locks);
            Journal journal = transaction.commit(inventory);
            Diagnosis after = lookAgain(plan, tree);
            if (isWorse(after, journal)) {
                takeBack(journal, place, lock);
                throw new RepairException(
                        tree.seenAs() + ": a program that was installed does not run; everything was put back");
            }
            return new RepairOutcome(plan, after, place.directory(), failures, built.size());
        }
    }

    private static boolean isWorse(Diagnosis after, Journal journal) {
        return after.findings().stream()
                .anyMatch(finding -> journal.changes().stream()
                        .anyMatch(change -> change.path().equals(finding.subject())));
    }

    private static byte[] linkerScript(Stage stage, RepairStep.Preprocess script, BuildSettings settings, Path log)
            throws IOException, RepairException {
        return LinkerScript.make(stage, settings.compiler(), script.source(), script.arguments(), log)
                .orElseThrow(() -> new RepairException(script.path() + " could not be made from " + script.source()
                        + "; nothing was changed. The log is " + log));
    }

    private Map<String, Optional<byte[]>> patch(RepairPlan plan, HeaderTree tree) throws RepairException {
        Map<String, Optional<byte[]>> changes = new LinkedHashMap<>();
        plan.files().forEach((path, content) -> changes.put(path, Optional.of(content)));
        for (BundledPatch patch : plan.patches()) {
            PatchResult result = patch.patch().apply(path -> content(tree.root().resolve(path)));
            if (result instanceof PatchResult.Applied applied) {
                changes.putAll(applied.changes());
            } else if (result instanceof PatchResult.Conflict conflict) {
                throw new RepairException("the patch " + patch.name() + " does not fit " + conflict.file() + " at line "
                        + conflict.line() + " (" + conflict.reason() + "); nothing was changed");
            }
        }
        return changes;
    }

    private static Optional<byte[]> content(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            try (InputStream in = Opening.stream(file)) {
                byte[] content = in.readNBytes(LARGEST_SOURCE + 1);
                return content.length <= LARGEST_SOURCE ? Optional.of(content) : Optional.empty();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Stage stage(
            HeaderTree tree, Path directory, Map<String, Optional<byte[]>> patched, Optional<ElfConfig> elfConfig)
            throws IOException {
        Map<String, byte[]> added = new LinkedHashMap<>();
        patched.forEach((path, content) -> content.ifPresent(bytes -> added.put(path, bytes)));
        elfConfig.ifPresent(config -> added.put(ElfConfig.PATH, config.text().getBytes(StandardCharsets.US_ASCII)));
        Stage stage;
        try {
            stage = new OverlayStage(tree.root(), directory.resolve("stage"));
            stage.put(added);
            if (stage.run(":", false, line -> log.accept("stage: " + line)) != 0) {
                throw new StageException("nothing can be started in it");
            }
        } catch (StageException e) {
            log.accept("no overlay stage (" + e.getMessage() + "): the tree is copied instead");
            stage = new CopyStage(tree.root());
            stage.put(added);
        }
        log.accept("building in " + stage.description());
        return stage;
    }

    private static List<BuildTask> tasks(RepairPlan plan, Map<String, Optional<byte[]>> patched) {
        Predicate<String> has = path ->
                patched.containsKey(path) || plan.before().inspection().has().test(path);
        List<BuildTask> tasks = new ArrayList<>();
        Toolchain toolchain = plan.before().evidence().toolchain();
        for (HostProgram program : plan.programs()) {
            tasks.add(program.known()
                    .map(known -> task(known, has, toolchain))
                    .orElseGet(() ->
                            new BuildTask(program.path(), List.of(), List.of(), Optional.empty(), Optional.empty())));
        }
        return tasks;
    }

    private static BuildTask task(KnownProgram known, Predicate<String> has, Toolchain toolchain) {
        List<Recipe> recipes = Buildability.recipes(known, has, toolchain).toList();
        List<GeneratedSource> generated = recipes.stream()
                .flatMap(recipe -> recipe.files().stream())
                .distinct()
                .filter(file -> !has.test(file))
                .flatMap(file -> Buildability.generated(known, file, has, toolchain.generators()).stream())
                .toList();
        Set<String> paths = generated.stream().map(GeneratedSource::path).collect(Collectors.toSet());
        return new BuildTask(
                known.path(),
                recipes.stream()
                        .map(recipe -> recipe.arguments(
                                has, path -> paths.contains(path) ? BuildTask.GENERATED + "/" + path : path))
                        .toList(),
                generated,
                known.makeDirectory(),
                known.proof());
    }

    private BuildSettings settings(RepairPlan plan) {
        Inspection inspection = plan.before().inspection();
        KernelRelease release = inspection.tree().release();
        Optional<Architecture> kernel = inspection.kernelArchitecture();
        return new BuildSettings(
                plan.before().evidence().toolchain().compiler().orElseThrow().toString(),
                // kbuild's own HOSTCFLAGS: -std=gnu89 up to 5.17, -std=gnu11 since.
                release.major() > 0 && release.isBefore("5.18") ? "gnu89" : "gnu11",
                kernel.map(Architecture::kernelArch),
                kernel.filter(architecture -> !architecture.equals(machine))
                        .map(architecture -> architecture.triplet() + "-")
                        .orElse(""),
                jobs(),
                plan.before().evidence().programs().stream()
                        .filter(JudgedProgram::isBroken)
                        .map(judged -> judged.program().path())
                        .toList());
    }

    /** One compiler for each core, as far as free memory and the limits go. */
    private int jobs() {
        long free = Long.MAX_VALUE;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    free = Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
        } catch (IOException | NumberFormatException e) {
            free = 256;
        }
        return limits.compilers(Runtime.getRuntime().availableProcessors(), free);
    }

    private static void refuseIfNeededFailed(RepairPlan plan, Map<String, String> failures, Path log)
            throws RepairException {
        for (HostProgram program : plan.programs()) {
            String failure = failures.get(program.path());
            boolean onlyProgram = plan.programs().size() == failures.size();
            if (failure != null && (program.isNeeded() || onlyProgram)) {
                throw new RepairException(program.path() + " " + failure + "; nothing was changed. The log is " + log);
            }
        }
    }

    private Diagnosis lookAgain(RepairPlan plan, HeaderTree tree) {
        // Links of /lib/modules are facts of the tree: it is found anew where they were changed.
        HeaderTree now = plan.links().isEmpty()
                ? tree
                : HeaderTrees.find(root).stream()
                        .filter(found -> found.root().equals(tree.root()))
                        .findFirst()
                        .orElse(tree);
        return Diagnosis.of(
                TreeInspector.inspect(root, now),
                plan.before().evidence().platform(),
                plan.before().evidence().toolchain());
    }

    /** Originals that a journal needs are kept, whatever happened. */
    static void cleanUp(Originals.Place place, Disk disk) {
        if (place == null) {
            return;
        }
        try {
            Scratch.delete(place.home().resolve("stage"));
            if (Journal.isDone(place.directory())) {
                Scratch.delete(place.directory().resolve("new"));
                disk.deleteIfThere(place.directory().resolve(Journal.BALLAST));
            } else if (!Journal.isUnfinished(place.directory())) {
                Originals.discard(place);
            }
        } catch (IOException e) {
            // What is left lies outside the tree, and the next run clears it away.
        }
    }
}
