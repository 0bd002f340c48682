package org.hdrfix.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Severity;
import org.hdrfix.hook.HookFiles;
import org.hdrfix.hook.HookRecord;
import org.hdrfix.kbuild.Build;
import org.hdrfix.platform.Architecture;
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
import org.hdrfix.tree.TreeInspector;
import picocli.CommandLine.ParseResult;

/**
 * {@code hdrfix hook}: the hooks that call hdrfix while packages are installed, and what they call.
 *
 * <p>{@code hook run} ends with 0 whatever happens, because a package would fail by another status. Its standard output has
 * one line for each tree in which no module can be built: how that ended. The script that runs it gives the lines to the
 * person and to the journal, and has DKMS build where {@link HookRecord#modulesAreDue} says so: the JVM is gone by then.
 */
final class HookCommand {
    /** The hook after which DKMS's own hook comes; after the others nothing builds modules by itself. */
    private static final String BEFORE_DKMS = "kernel";

    private final ParseResult arguments;
    private final PrintStream out;
    private final PrintStream err;

    HookCommand(ParseResult arguments, PrintStream out, PrintStream err) {
        this.arguments = arguments;
        this.out = out;
        this.err = err;
    }

    int run() {
        Path root = Commands.root(option("--root"));
        return switch (arguments.commandSpec().name()) {
            case "status" -> status(root);
            case "install" -> install(root);
            case "remove" -> remove(root);
            case "run" -> judge(root);
            default -> throw new UsageException("hook: what? status, install or remove");
        };
    }

    // ---------------------------------------------------------------- run

    private int judge(Path root) {
        Optional<String> word = option("--auto");
        Settings settings = Settings.read(root);
        Settings.Auto auto = word.isEmpty()
                ? settings.auto()
                : Settings.Auto.named(word.get())
                        .orElseThrow(
                                () -> new UsageException("--auto " + word.get() + ": it is repair, report or off"));
        if (auto == Settings.Auto.OFF) {
            return 0;
        }
        settings.complaints().forEach(complaint -> err.println("hdrfix: " + Printable.of(complaint)));
        String event = option("--event").orElse("run");
        HookRecord hooks = new HookRecord(root);
        List<String> outcomes = new ArrayList<>();
        try {
            outcomes.addAll(new Run(root, settings, hooks, event).outcomes(auto));
        } catch (UnknownPlatformException e) {
            outcomes.add(e.getMessage());
        } catch (RuntimeException | Error e) {
            outcomes.add("internal error: " + e);
        }
        List<String> lines = outcomes.stream().map(Printable::of).toList();
        hooks.ended(event, lines);
        lines.forEach(out::println);
        return 0;
    }

    /** One run of a hook. */
    private final class Run {
        private final Path root;
        private final Settings settings;
        private final HookRecord hooks;
        private final String event;
        private final Platform platform;
        private final Architecture machine;
        private final Toolchain toolchain;
        private final List<HeaderTree> all;

        Run(Path root, Settings settings, HookRecord hooks, String event) {
            this.root = root;
            this.settings = settings;
            this.hooks = hooks;
            this.event = event;
            platform = PlatformReader.read(root, Optional.empty());
            machine = PlatformReader.read(Path.of("/"), Optional.empty()).userland();
            toolchain = Toolchain.find(platform.userland(), machine);
            all = HeaderTrees.find(root);
        }

        /** A line for each tree in which no module can be built. */
        List<String> outcomes(Settings.Auto auto) {
            List<Diagnosis> broken = new ArrayList<>();
            // A name that is no tree's is no matter for a hook: what the kernel's package calls it need not be here.
            for (HeaderTree tree : Commands.chosen(arguments, root, all, name -> {})) {
                if (!settings.leavesAlone(tree)) {
                    Diagnosis diagnosis = diagnose(tree);
                    if (hasErrors(diagnosis)) {
                        broken.add(diagnosis);
                    }
                }
            }
            if (broken.isEmpty() || auto == Settings.Auto.REPORT) {
                return broken.stream().map(this::reported).toList();
            }
            try (Originals lock = Originals.lock(root)) {
                Recovery recovery = new Recovery(root, all, line -> {});
                recovery.run(lock);
                List<String> outcomes = new ArrayList<>(recovery.done());
                outcomes.addAll(recovery.failures());
                Repair repair = new Repair(
                        root,
                        machine,
                        Build.allWays(),
                        program -> {},
                        line -> {},
                        new BuildLimits(settings.jobs(), settings.memory()));
                broken.stream()
                        .filter(diagnosis ->
                                !recovery.isUnsafe(diagnosis.inspection().tree().root()))
                        .map(diagnosis -> repaired(repair, diagnosis, lock))
                        .forEach(outcomes::add);
                return outcomes;
            } catch (RepairException e) {
                return broken.stream()
                        .map(diagnosis -> name(diagnosis) + ": not repaired: " + e.getMessage())
                        .toList();
            }
        }

        private Diagnosis diagnose(HeaderTree tree) {
            return Diagnosis.of(TreeInspector.inspect(root, tree), platform, toolchain);
        }

        private String reported(Diagnosis diagnosis) {
            String command = diagnosis.isRepairable() ? "sudo hdrfix repair --apply " : "hdrfix check ";
            return name(diagnosis) + ": " + what(diagnosis) + "; " + command + name(diagnosis);
        }

        private String repaired(Repair repair, Diagnosis diagnosis, Originals lock) {
            HeaderTree tree = diagnosis.inspection().tree();
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            PrintStream log = new PrintStream(text, true, StandardCharsets.US_ASCII);
            String outcome;
            try {
                outcome = repaired(repair, tree, lock, log);
            } catch (RepairException e) {
                outcome = "not repaired: " + e.getMessage();
            } catch (RuntimeException | Error e) {
                outcome = "not repaired: internal error: " + e;
            }
            log.println(Printable.of(outcome));
            hooks.log(tree.release(), event, text.toString(StandardCharsets.US_ASCII));
            return tree.release() + ": " + outcome;
        }

        private String repaired(Repair repair, HeaderTree tree, Originals lock, PrintStream log)
                throws RepairException {
            Optional<String> refusal = Commands.refusal(tree);
            if (refusal.isPresent()) {
                return "not repaired: the tree is not trusted: " + refusal.get()
                        + "; root works in it with hdrfix repair --apply --trust " + tree.release();
            }
            RepairPlan plan = RepairPlan.of(diagnose(tree), false);
            TextReport report = new TextReport(log, false, false, "");
            if (plan.steps().isEmpty()) {
                report.plan(plan, root);
                return hasErrors(plan.before())
                        ? what(plan.before()) + "; hdrfix check " + tree.release()
                        : "nothing to repair any more";
            }
            err.println(
                    "hdrfix: " + Printable.of(tree.release().value()) + ": " + what(plan.before()) + ": repairing it");
            RepairOutcome outcome = repair.apply(plan, lock);
            report.outcome(outcome);
            ProveCommand proof = new ProveCommand(
                    new Prover(root, machine, line -> {}), new ProofReport(log, false, false), false, "");
            if (proof.afterRepair(outcome.after()) != 0) {
                return "repaired, and modules that are built in it must not be loaded: hdrfix prove " + tree.release();
            }
            if (hasErrors(outcome.after())) {
                return "repaired in part: " + what(outcome.after()) + "; hdrfix check " + tree.release();
            }
            if (!event.equals(BEFORE_DKMS)) {
                hooks.modulesAreDue(tree.release());
            }
            return "repaired; to take it back: hdrfix undo " + tree.release();
        }
    }

    private static boolean hasErrors(Diagnosis diagnosis) {
        return diagnosis.status() == Diagnosis.Status.BROKEN || diagnosis.status() == Diagnosis.Status.BLOCKED;
    }

    private static String name(Diagnosis diagnosis) {
        return diagnosis.inspection().tree().release().value();
    }

    /** The gravest finding, in a few words; what stands in the way of a repair where something does. */
    private static String what(Diagnosis diagnosis) {
        Optional<String> unread = diagnosis.inspection().obstacle();
        List<Finding> errors = diagnosis.findings().stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
        if (errors.isEmpty()) {
            return unread.orElse("could not be judged");
        }
        Finding first = errors.stream()
                .filter(finding -> finding.obstacle().isPresent())
                .findFirst()
                .orElse(errors.get(0));
        return (first.subject().isEmpty() ? "" : first.subject() + " ")
                + first.what()
                + first.obstacle()
                        .map(obstacle -> ", " + obstacle.reason()
                                + obstacle.command().map(line -> ": " + line).orElse(""))
                        .orElse("");
    }

    // ---------------------------------------------------------------- status, install, remove

    private int status(Path root) {
        try {
            HookFiles files = new HookFiles(root);
            for (HookFiles.Hook hook : files.hooks()) {
                out.println(line(hook.path(), hook.state().words()));
            }
        } catch (IOException e) {
            err.println("hdrfix: " + Printable.of(e.toString()));
            return 3;
        }
        Settings settings = Settings.read(root);
        settings.complaints().forEach(complaint -> err.println("hdrfix: " + Printable.of(complaint)));
        out.println(line("/etc/hdrfix.conf", "auto = " + settings.auto().name().toLowerCase(java.util.Locale.ROOT)));
        HookRecord hooks = new HookRecord(root);
        Optional<HookRecord.Last> healthy = hooks.healthy();
        Optional<HookRecord.Last> last = hooks.last();
        healthy.ifPresent(run -> out.println(line("every tree was healthy", whenOf(run))));
        last.ifPresent(run -> {
            out.println(line("a tree was in doubt", whenOf(run)));
            run.outcomes().forEach(outcome -> out.println("  " + Printable.of(outcome)));
        });
        if (healthy.isEmpty() && last.isEmpty()) {
            out.println("No hook has run yet.");
        }
        return 0;
    }

    private static String line(String left, String right) {
        return left + " ".repeat(Math.max(2, 42 - left.length())) + right;
    }

    private static String whenOf(HookRecord.Last run) {
        return Printable.of(run.when()) + " (" + Printable.of(run.event()) + ")";
    }

    private int install(Path root) {
        HookFiles files = new HookFiles(root);
        if (files.arePackaged()) {
            err.println("hdrfix: the package hdrfix has its own hooks in place; nothing was changed");
            return 3;
        }
        try {
            Path command = command();
            untrusted(command).ifPresent(path -> {
                throw new UsageException("hook install: " + path + " can be written to by others than root, and the"
                        + " hooks run " + command + " as root");
            });
            files.install(command);
            out.println("Hooks are in place; they run " + Printable.of(command.toString()) + ".");
            out.println("For headers that come without a kernel DKMS is started by the package's dpkg trigger only.");
            return 0;
        } catch (IOException e) {
            err.println("hdrfix: " + Printable.of(e.toString()) + ": are you root?");
            return 3;
        }
    }

    private int remove(Path root) {
        HookFiles files = new HookFiles(root);
        if (files.arePackaged()) {
            err.println("hdrfix: the hooks belong to the package hdrfix: sudo apt purge hdrfix; nothing was changed");
            return 3;
        }
        try {
            List<String> left = files.remove();
            left.forEach(path -> out.println("Left, because it was changed: " + path));
            out.println("Hooks are removed.");
            return 0;
        } catch (IOException e) {
            err.println("hdrfix: " + Printable.of(e.toString()) + ": are you root?");
            return 3;
        }
    }

    /** The launcher beside the jar that runs. */
    private static Path command() throws IOException {
        Path code = Path.of(HookCommand.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toRealPath();
        Path launcher = code.resolveSibling("hdrfix");
        if (!Files.isRegularFile(code) || !Files.isRegularFile(launcher) || !Files.isExecutable(launcher)) {
            throw new UsageException("hook install: there is no command hdrfix beside " + code);
        }
        return launcher;
    }

    /** What lies above a file, or itself, and is not root's alone. */
    private static Optional<Path> untrusted(Path file) throws IOException {
        for (Path path = file; path != null; path = path.getParent()) {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
            boolean isRoots = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS) == 0;
            if (!isRoots
                    || mode.contains(PosixFilePermission.GROUP_WRITE)
                    || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    private Optional<String> option(String name) {
        return Optional.ofNullable(arguments.matchedOptionValue(name, (String) null));
    }
}
