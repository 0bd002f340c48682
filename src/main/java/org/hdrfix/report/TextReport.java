package org.hdrfix.report;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.fusesource.jansi.Ansi;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.MissingTree;
import org.hdrfix.diagnosis.Severity;
import org.hdrfix.patch.BundledPatch;
import org.hdrfix.platform.Platform;
import org.hdrfix.repair.Originals;
import org.hdrfix.repair.RepairOutcome;
import org.hdrfix.repair.RepairPlan;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.ElfConfig;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.HostProgram;

/** The report for people: 80 columns, ASCII, a status word in column 1; colour only on top of words. */
public final class TextReport {
    private static final int COLUMNS = 80;
    /** How many subjects of one finding are listed unless everything was asked for. */
    private static final int SHORT_LIST = 12;

    private final PrintStream out;
    private final Shades shades;
    private final boolean verbose;
    private final String options;

    /**
     * Makes a report.
     *
     * @param verbose whether everything is listed
     * @param options what to add to a command line that the reader may copy ("--root DIR"), with a leading space, or empty
     */
    public TextReport(PrintStream out, boolean colour, boolean verbose, String options) {
        this.out = out;
        this.shades = new Shades(colour);
        this.verbose = verbose;
        this.options = options;
    }

    /** The line that says which system is judged. */
    public void system(Platform platform) {
        StringBuilder line = new StringBuilder();
        platform.model().ifPresent(model -> line.append(Printable.of(model)).append(", "));
        platform.distribution()
                .ifPresent(name -> line.append(Printable.of(name)).append(' '));
        line.append(platform.userland().name());
        platform.runningRelease()
                .ifPresent(release -> line.append(", running kernel ").append(Printable.of(release)));
        out.println(line);
        out.println();
    }

    /**
     * What was found in one tree.
     *
     * @param running whether the tree is the running kernel's
     * @param owner the package that has it, where one is known
     */
    public void tree(Diagnosis diagnosis, boolean running, Optional<String> owner) {
        HeaderTree tree = diagnosis.inspection().tree();
        Diagnosis.Status status = diagnosis.status();
        String release = Printable.of(tree.release().value());
        out.println(word(status) + pad(release, 14) + " " + headline(diagnosis) + (running ? " (running kernel)" : ""));
        if (diagnosis.isUncertain()) {
            diagnosis.inspection().obstacle().ifPresent(reason -> out.println("  unread   " + Printable.of(reason)));
            diagnosis.crashes().forEach(reason -> out.println("  unread   " + Printable.of(reason)));
        }
        if (status != Diagnosis.Status.OK || verbose) {
            out.println("  tree     " + Printable.of(tree.seenAs()));
            owner.ifPresent(name -> out.println("  package  " + Printable.of(name)));
            if (verbose) {
                out.println("  layout   " + tree.layout().title());
            }
        }
        Set<String> blockers = blockers(diagnosis).keySet();
        groups(diagnosis).forEach(findings -> group(findings, blockers));
        if (status != Diagnosis.Status.OK) {
            symptom(diagnosis).ifPresent(symptom -> out.println("  symptom  \"" + symptom + "\""));
            fixes(diagnosis, release);
        }
        out.println();
    }

    /** An installed kernel that has lost its header tree. */
    public void missing(MissingTree missing, boolean running) {
        Finding finding = missing.finding();
        out.println(shades.on("MISSING", Ansi.Color.RED) + "  "
                + pad(Printable.of(missing.kernel().release()), 14) + " no header tree"
                + (running ? " (running kernel)" : ""));
        head(finding);
        finding.rule().symptom().ifPresent(symptom -> out.println("  symptom  \"" + symptom + "\""));
        finding.obstacle()
                .flatMap(Finding.Obstacle::command)
                .ifPresent(command -> out.println("  fix      " + Printable.of(command)));
        out.println();
    }

    /**
     * The last line of a check.
     *
     * @param missing how many installed kernels have lost their trees
     */
    public void summary(List<Diagnosis> diagnoses, int missing) {
        Map<Diagnosis.Status, Integer> counts = new LinkedHashMap<>();
        for (Diagnosis.Status status : List.of(
                Diagnosis.Status.BLOCKED, Diagnosis.Status.BROKEN, Diagnosis.Status.PARTIAL, Diagnosis.Status.OK)) {
            int count =
                    (int) diagnoses.stream().filter(d -> d.status() == status).count();
            if (count > 0) {
                counts.put(status, count);
            }
        }
        List<String> parts = new ArrayList<>();
        counts.forEach((status, count) -> parts.add(count + " "
                + (status == Diagnosis.Status.OK ? "OK" : status.name().toLowerCase(java.util.Locale.ROOT))));
        if (missing > 0) {
            parts.add(missing + " missing");
        }
        out.println(new Count(diagnoses.size(), "header tree") + " checked: " + String.join(", ", parts) + ".");
    }

    /**
     * What a repair would do.
     *
     * @param root absolute real path of the system's {@code /}
     */
    public void plan(RepairPlan plan, Path root) {
        String release =
                Printable.of(plan.before().inspection().tree().release().value());
        if (plan.steps().isEmpty()) {
            plan.before()
                    .inspection()
                    .obstacle()
                    .ifPresent(reason -> out.println("  unread   " + Printable.of(reason)));
            out.println(release + "  nothing to do" + (plan.untreated().isEmpty() ? "" : " that can be done here"));
        } else {
            String margin = " ".repeat(release.length() + 2);
            String lead = release + "  ";
            List<HostProgram> programs = plan.programs();
            if (!programs.isEmpty()) {
                out.println(lead + "would rebuild " + new Count(programs.size(), "host program") + " for "
                        + plan.before().evidence().platform().userland().name() + " with "
                        + plan.before().evidence().toolchain().compiler().orElseThrow());
                wrap(programs.stream().map(HostProgram::path).toList(), margin + "  ");
                lead = margin;
            }
            if (plan.elfConfig().isPresent()) {
                out.println(lead + "would compile modpost with (" + ElfConfig.PATH + " stays as it is)");
                wrap(plan.elfConfig().get().text().lines().toList(), margin + "  ");
                lead = margin;
            }
            for (BundledPatch patch : plan.patches()) {
                out.println(lead + "would apply the patch " + patch.name());
                lead = margin;
            }
            if (!plan.removals().isEmpty()) {
                out.println(lead + "would remove " + new Count(plan.removals().size(), "stale object"));
                lead = margin;
            }
            for (RepairStep step : plan.otherSteps()) {
                out.println(lead + "would " + Printable.of(step.describe()));
                lead = margin;
            }
            out.println(margin + "would keep the originals in "
                    + Printable.of(Originals.of(root, plan.before().inspection().tree())
                            .toString()) + "/");
        }
        untreated(plan);
    }

    /** How a repair ended. */
    public void outcome(RepairOutcome outcome) {
        String release = Printable.of(
                outcome.plan().before().inspection().tree().release().value());
        Diagnosis.Status status = outcome.after().status();
        String margin = " ".repeat(release.length() + 2);
        out.println(release + "  repaired: " + String.join(", ", deeds(outcome)));
        out.println(
                margin + "originals kept in " + Printable.of(outcome.originals().toString()));
        out.println(margin + "to take it back: sudo hdrfix undo" + options + " " + release);
        outcome.notBuilt().forEach((path, reason) -> out.println(margin + Printable.of(path) + " " + reason));
        untreated(outcome.plan());
        if (status != Diagnosis.Status.OK) {
            out.println(margin + "now " + status + ": " + headline(outcome.after()));
        }
    }

    private static List<String> deeds(RepairOutcome outcome) {
        RepairPlan plan = outcome.plan();
        List<String> deeds = new ArrayList<>();
        if (!plan.programs().isEmpty()) {
            deeds.add(new Count(outcome.installed(), "host program") + " rebuilt and proven");
        }
        if (!plan.patches().isEmpty()) {
            deeds.add(new Count(plan.patches().size(), "patch") + " applied");
        }
        if (!plan.removals().isEmpty()) {
            deeds.add(new Count(plan.removals().size(), "stale object") + " removed");
        }
        if (!plan.otherSteps().isEmpty()) {
            deeds.add(new Count(plan.otherSteps().size(), "file") + " put in place");
        }
        return deeds;
    }

    /** What stays as it is; what has one reason in common is one paragraph. */
    private void untreated(RepairPlan plan) {
        Map<Finding.Obstacle, List<String>> subjects = new LinkedHashMap<>();
        plan.untreated()
                .forEach(finding -> subjects.computeIfAbsent(
                                finding.obstacle().orElseThrow(), obstacle -> new ArrayList<>())
                        .add(finding.subject()));
        subjects.forEach((obstacle, paths) -> {
            String reason = Printable.of(obstacle.reason());
            if (paths.size() == 1) {
                out.println("  left     " + Printable.of(paths.get(0)) + ": " + reason);
            } else {
                out.println("  left     " + reason);
                wrap(paths, " ".repeat(13));
            }
            obstacle.command().ifPresent(command -> out.println("           " + Printable.of(command)));
        });
    }

    private static String headline(Diagnosis diagnosis) {
        long there = diagnosis.evidence().programs().size();
        long running =
                diagnosis.evidence().programs().stream().filter(p -> p.runs()).count();
        if (running == there) {
            return there == 0
                    ? "no host programs that have to run here"
                    : running + " of " + there + " host programs run here";
        }
        long emulated = diagnosis.evidence().programs().stream()
                .filter(p -> p.verdict().flatMap(v -> v.emulator()).isPresent())
                .count();
        return there - running + " of " + there + " host programs "
                + (emulated == there - running ? "run only by emulation" : "cannot run here");
    }

    /** Findings that share rule, severity and values are one paragraph. */
    private static List<List<Finding>> groups(Diagnosis diagnosis) {
        Map<String, List<Finding>> groups = new LinkedHashMap<>();
        for (Severity severity : Severity.values()) {
            for (Finding finding : diagnosis.findings()) {
                if (finding.severity() == severity) {
                    String key = severity + " " + finding.rule().tag() + " " + finding.what();
                    groups.computeIfAbsent(key, k -> new ArrayList<>()).add(finding);
                }
            }
        }
        return List.copyOf(groups.values());
    }

    /**
     * One paragraph.
     *
     * @param blockers the reasons that stand below, once for all
     */
    private void group(List<Finding> findings, Set<String> blockers) {
        Finding first = findings.get(0);
        head(first);
        if (first.subject().isEmpty()) {
            // It is about the whole tree: there is nothing to list.
            return;
        }
        boolean brief = !verbose && first.severity() == Severity.NOTE && findings.size() > 1;
        int most = verbose ? findings.size() : brief ? 0 : first.note().isEmpty() ? 3 : SHORT_LIST;
        int width = findings.stream().mapToInt(f -> f.subject().length()).max().orElse(0);
        for (Finding finding : findings.subList(0, Math.min(most, findings.size()))) {
            String note = finding.obstacle()
                    .map(Finding.Obstacle::reason)
                    .filter(reason -> !blockers.contains(reason))
                    .map(reason -> finding.note() + "; " + reason)
                    .orElse(finding.note());
            out.println((" ".repeat(13) + pad(Printable.of(finding.subject()), Math.min(width, 40)) + "  "
                            + Printable.of(note))
                    .stripTrailing());
        }
        if (findings.size() > most) {
            out.println(" ".repeat(13)
                    + (most == 0 ? "" : "and ")
                    + new Count(findings.size() - most, most == 0 ? "program" : "more file")
                    + (verbose ? "" : " (-v lists them)"));
        }
    }

    private void head(Finding finding) {
        String head = "  " + pad(finding.severity().word(), 8) + " " + Printable.of(finding.what());
        out.println(head
                + " "
                        .repeat(Math.max(
                                2,
                                COLUMNS - head.length() - finding.rule().tag().length()))
                + shades.on(finding.rule().tag(), Shades.of(finding.severity())));
    }

    private static Optional<String> symptom(Diagnosis diagnosis) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .flatMap(finding -> finding.rule().symptom().stream())
                .findFirst();
    }

    /** What stands in the way of needed repairs: the rule's tag by the reason. */
    private static Map<String, String> blockers(Diagnosis diagnosis) {
        Map<String, String> blockers = new LinkedHashMap<>();
        for (Finding finding : diagnosis.findings()) {
            if (finding.severity() == Severity.ERROR) {
                finding.obstacle()
                        .ifPresent(obstacle ->
                                blockers.put(obstacle.reason(), obstacle.rule().tag()));
            }
        }
        return blockers;
    }

    private void fixes(Diagnosis diagnosis, String release) {
        TreeSet<String> commands = new TreeSet<>();
        for (Finding finding : diagnosis.findings()) {
            finding.obstacle().flatMap(Finding.Obstacle::command).ifPresent(commands::add);
        }
        Map<String, String> blockers = blockers(diagnosis);
        blockers.forEach((reason, tag) -> {
            String head = "  blocker  " + Printable.of(reason);
            out.println(head + " ".repeat(Math.max(2, COLUMNS - head.length() - tag.length())) + tag);
        });
        List<String> lines = new ArrayList<>(commands);
        boolean afterwards = blockers.containsValue("no-compiler");
        if (diagnosis.isRepairable() || afterwards) {
            lines.add("sudo hdrfix repair --apply" + options + " " + release);
        }
        for (int i = 0; i < lines.size(); i++) {
            out.println((i == 0 ? "  fix      " : "           ") + lines.get(i));
        }
    }

    private void wrap(List<String> words, String margin) {
        StringBuilder line = new StringBuilder(margin);
        for (String word : words) {
            if (line.length() > margin.length() && line.length() + word.length() + 2 > COLUMNS) {
                out.println(line.toString().stripTrailing());
                line = new StringBuilder(margin);
            }
            line.append(Printable.of(word)).append("  ");
        }
        out.println(line.toString().stripTrailing());
    }

    private String word(Diagnosis.Status status) {
        Ansi.Color shade = switch (status) {
            case OK -> Ansi.Color.GREEN;
            case PARTIAL -> Ansi.Color.YELLOW;
            case BROKEN, BLOCKED -> Ansi.Color.RED;
        };
        return shades.on(status.name(), shade) + " ".repeat(9 - status.name().length());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
