package org.hdrfix.repair;

import java.io.IOException;
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
import java.util.stream.Stream;
import org.hdrfix.diagnosis.Buildability;
import org.hdrfix.diagnosis.Diagnosis;
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
    private final Path root;
    private final Architecture machine;
    private final List<Way> ways;
    private final Consumer<String> progress;
    private final Consumer<String> log;

    /**
     * Prepares repairs.
     *
     * @param root absolute path of the system's {@code /}
     * @param machine what this machine's own userland is
     * @param ways the ways to build, in the order in which they are tried
     * @param progress takes the path of each program that is built
     * @param log takes what is worth a line in the diagnostic log
     */
    public Repair(Path root, Architecture machine, List<Way> ways, Consumer<String> progress, Consumer<String> log) {
        this.root = root;
        this.machine = machine;
        this.ways = List.copyOf(ways);
        this.progress = progress;
        this.log = log;
    }

    /**
     * Puts back what an earlier repair of a tree left unfinished.
     *
     * @return what was done, in one sentence; nothing where there was nothing to do
     */
    public Optional<String> recover(HeaderTree tree) throws RepairException {
        try {
            return Originals.recover(root, tree);
        } catch (IOException e) {
            throw new RepairException("an earlier repair cannot be put back: " + e);
        }
    }

    /** Carries out a plan. */
    public RepairOutcome apply(RepairPlan plan) throws RepairException {
        HeaderTree tree = plan.before().inspection().tree();
        if (!Files.isWritable(tree.root())) {
            throw new RepairException(tree.seenAs() + " cannot be written to: are you root? Nothing was changed");
        }
        Path directory = null;
        boolean done = false;
        try {
            directory = Originals.next(root, tree);
            RepairOutcome outcome = apply(plan, tree, directory);
            done = true;
            return outcome;
        } catch (IOException e) {
            throw new RepairException(tree.seenAs() + ": " + e + "; nothing was changed");
        } finally {
            cleanUp(directory, done);
        }
    }

    /**
     * Takes back the last repair of a tree.
     *
     * @return whether there was one
     */
    public boolean undo(HeaderTree tree) throws RepairException {
        try {
            Optional<Journal> journal = Originals.last(root, tree);
            if (journal.isEmpty()) {
                return false;
            }
            journal.get().putBack();
            Originals.forget(journal.get());
            return true;
        } catch (IOException e) {
            throw new RepairException(tree.seenAs() + ": undo failed: " + e + "; run it again");
        }
    }

    private RepairOutcome apply(RepairPlan plan, HeaderTree tree, Path directory) throws IOException, RepairException {
        Map<String, Optional<byte[]>> patched = patch(plan, tree);
        Map<String, Path> built = Map.of();
        Map<String, String> failures = new LinkedHashMap<>();
        Path buildLog = directory.getParent().resolve("make.log");
        Transaction transaction = new Transaction(directory, tree.root());
        if (!plan.programs().isEmpty() || !plan.linkerScripts().isEmpty()) {
            try (Stage stage = stage(tree, directory, patched, plan.elfConfig())) {
                Platform platform = plan.before().evidence().platform();
                boolean runsHere = platform.userland().equals(machine);
                Build build = new Build(stage, platform, runsHere, progress);
                built = build.run(tasks(plan, patched), ways, settings(plan), buildLog);
                failures.putAll(build.failures());
                refuseIfNeededFailed(plan, failures, buildLog);
                for (Map.Entry<String, Path> program : built.entrySet()) {
                    transaction.install(program.getKey(), Files.readAllBytes(program.getValue()), true);
                }
                for (RepairStep.Preprocess script : plan.linkerScripts()) {
                    transaction.put(script.path(), linkerScript(stage, script, settings(plan), buildLog));
                }
            }
        }
        patched.forEach((path, content) -> {
            if (plan.files().containsKey(path)) {
                transaction.put(path, content.orElseThrow());
            } else if (content.isPresent()) {
                transaction.install(path, content.get(), false);
            } else {
                transaction.remove(path);
            }
        });
        plan.removals().forEach(transaction::remove);
        plan.links().forEach(link -> transaction.link(link.path(), link.target()));
        Journal journal = transaction.commit();
        Diagnosis after = lookAgain(plan, tree);
        boolean worse = after.findings().stream()
                .anyMatch(finding -> journal.changes().stream()
                        .anyMatch(change -> change.path().equals(finding.subject())));
        if (worse) {
            journal.putBack();
            throw new RepairException(
                    tree.seenAs() + ": a program that was installed does not run; everything was put back");
        }
        return new RepairOutcome(plan, after, directory, failures, built.size());
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
            return Files.isRegularFile(file) && Files.size(file) <= 16L << 20
                    ? Optional.of(Files.readAllBytes(file))
                    : Optional.empty();
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
                jobs());
    }

    /** One compiler for each core, as far as 256 MiB of free memory for each go. */
    private static int jobs() {
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
        return (int) Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), free / 256));
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

    private static void cleanUp(Path directory, boolean done) {
        if (directory == null) {
            return;
        }
        try {
            Scratch.delete(directory.resolve("new"));
            Scratch.delete(directory.resolve("stage"));
            // Originals that a failed putting back left there are never deleted.
            if (!done && (!Files.exists(directory.resolve("journal")) || isEmpty(directory.resolve("bak")))) {
                Scratch.delete(directory);
            }
        } catch (IOException e) {
            // What is left lies outside the tree, and the next run clears it away.
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.findAny().isEmpty();
        }
    }
}
