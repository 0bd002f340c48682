package org.hdrfix.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.MissingTree;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.kbuild.Build;
import org.hdrfix.platform.Platform;
import org.hdrfix.platform.PlatformReader;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.repair.BuildLimits;
import org.hdrfix.repair.Originals;
import org.hdrfix.repair.Remedies;
import org.hdrfix.repair.Repair;
import org.hdrfix.repair.RepairException;
import org.hdrfix.repair.RepairPlan;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.HeaderTrees;
import org.hdrfix.tree.InstalledKernel;
import org.hdrfix.tree.TreeInspector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks {@code testdata/trees/RULE/CASE}: a root directory, the findings ("RELEASE SEVERITY TAG SUBJECT") and the steps of
 * the plan; where there is a file {@code layout}, the layouts too. A new case needs no Java. A case whose name begins with {@code silent-} must have no finding.
 */
class CaseTest {
    private static final Path TREES = Path.of("testdata/trees");

    /** A compiler that is there, and no library's headers: what the test's own machine has plays no part. */
    private static final Toolchain COMPILER =
            new Toolchain(Optional.of(Path.of("/usr/bin/gcc-12")), Optional.empty(), List.of(), List.of());

    @TempDir
    Path root;

    static List<Path> cases() throws IOException {
        try (Stream<Path> folders = Files.walk(TREES, 2)) {
            return folders.filter(folder -> Files.exists(folder.resolve("findings")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void findsAndPlansWhatTheCaseSaysAndChangesNothing(Path folder) throws IOException, RepairException {
        CaseRoot.layOut(folder, root);
        Map<String, String> before = CaseRoot.fingerprint(root);

        Platform platform = PlatformReader.read(root.toRealPath(), Optional.empty());
        List<String> findings = new ArrayList<>();
        List<String> steps = new ArrayList<>();
        List<String> layouts = new ArrayList<>();
        List<InstalledKernel> kernels = InstalledKernel.find(root.toRealPath());
        List<HeaderTree> trees = HeaderTrees.find(root.toRealPath(), kernels);
        for (HeaderTree tree : trees) {
            Diagnosis diagnosis = Diagnosis.of(TreeInspector.inspect(root.toRealPath(), tree), platform, COMPILER);
            assertEquals(List.of(), diagnosis.crashes());
            assertTrue(
                    diagnosis.inspection().obstacle().isEmpty(),
                    () -> diagnosis.inspection().obstacle().get());
            diagnosis
                    .findings()
                    .forEach(finding -> findings.add(
                            (tree.release() + " " + finding.severity().word() + " "
                                            + finding.rule().tag() + " " + finding.subject())
                                    .stripTrailing()));
            layouts.add(tree.layout().name());
            RepairPlan.of(diagnosis, false).steps().stream()
                    .map(RepairStep::describe)
                    .map(step -> step.replace(root.toString(), ""))
                    .forEach(steps::add);
        }
        for (MissingTree missing : MissingTree.of(root.toRealPath(), kernels, trees)) {
            Finding finding = missing.finding();
            findings.add(missing.kernel().release() + " " + finding.severity().word() + " "
                    + finding.rule().tag() + " "
                    + finding.obstacle().orElseThrow().command().orElseThrow());
        }

        assertEquals(Files.readString(folder.resolve("findings")), lines(findings));
        assertEquals(Files.readString(folder.resolve("plan")), lines(steps));
        if (Files.exists(folder.resolve("layout"))) {
            assertEquals(Files.readString(folder.resolve("layout")), lines(layouts));
        }
        assertEquals(before, CaseRoot.fingerprint(root));
    }

    @Test
    void everyRuleHasACaseThatMustStaySilent() throws IOException {
        List<Path> silent = new ArrayList<>();
        Set<Path> shouting = new TreeSet<>();
        for (Path folder : cases()) {
            if (folder.getFileName().toString().startsWith("silent-")) {
                assertEquals(0, Files.size(folder.resolve("findings")), folder.toString());
                silent.add(folder);
            } else {
                shouting.add(folder.getParent());
            }
        }
        silent.forEach(folder -> shouting.remove(folder.getParent()));
        assertEquals(Set.of(), shouting);
        assertTrue(silent.size() * 3 >= cases().size(), silent.size() + " of " + cases().size());
    }

    @Test
    void everyRuleHasACaseThatShowsIt() throws IOException {
        Set<String> shown = new TreeSet<>();
        for (Path folder : cases()) {
            shown.add(folder.getParent().getFileName().toString());
        }
        Set<String> missing = Rule.all().stream()
                .map(Rule::tag)
                .filter(tag -> !shown.contains(tag))
                .collect(Collectors.toSet());
        // What the machine lacks cannot lie in a tree: saysWhatToInstallWhereThereIsNoCompiler shows that one.
        assertEquals(Set.of("no-compiler"), missing);
    }

    @Test
    void everyRemedyCuresRulesThatThereAre() {
        Set<String> tags = Rule.all().stream().map(Rule::tag).collect(Collectors.toSet());
        Remedies.ALL.forEach(remedy ->
                assertTrue(tags.containsAll(remedy.cures()), remedy.cures().toString()));
    }

    @Test
    void refusesToPatchAFileOfWhichItWouldReadAPart() throws Exception {
        CaseRoot.layOut(TREES.resolve("unguarded-vdso-prepare/arm64-before-4.20"), root);
        Path real = root.toRealPath();
        HeaderTree tree = HeaderTrees.find(real).get(0);
        Platform platform = PlatformReader.read(real, Optional.empty());
        Diagnosis diagnosis = Diagnosis.of(TreeInspector.inspect(real, tree), platform, COMPILER);
        RepairPlan plan = RepairPlan.of(diagnosis, false);
        assertEquals(1, plan.patches().size());

        Files.writeString(
                tree.root().resolve("arch/arm64/Makefile"), "#".repeat(16 << 20) + "\n", StandardOpenOption.APPEND);
        Map<String, String> before = CaseRoot.fingerprint(tree.root());
        String sentence = tree.seenAs() + ": arch/arm64/Makefile is larger than 16 MiB; nothing was changed";
        RepairException planned = assertThrows(RepairException.class, () -> RepairPlan.of(diagnosis, false));
        assertEquals(sentence, planned.getMessage());
        Repair repair =
                new Repair(real, platform.userland(), Build.allWays(), path -> {}, line -> {}, BuildLimits.NONE);
        try (Originals lock = Originals.lock(real)) {
            RepairException applied = assertThrows(RepairException.class, () -> repair.apply(plan, lock));
            assertEquals(sentence, applied.getMessage());
        }
        assertEquals(before, CaseRoot.fingerprint(tree.root()));
    }

    @Test
    void saysWhatToInstallWhereThereIsNoCompiler() throws IOException, RepairException {
        CaseRoot.layOut(TREES.resolve("foreign-host-program/x86-programs-on-a-pi"), root);
        Path real = root.toRealPath();
        Toolchain none = new Toolchain(Optional.empty(), Optional.empty(), List.of(), List.of("gcc", "libc6-dev"));
        Diagnosis diagnosis = Diagnosis.of(
                TreeInspector.inspect(real, HeaderTrees.find(real).get(0)),
                PlatformReader.read(real, Optional.empty()),
                none);

        assertEquals(Diagnosis.Status.BLOCKED, diagnosis.status());
        assertEquals(
                Optional.of("sudo apt install gcc libc6-dev"),
                diagnosis.findings().get(0).obstacle().orElseThrow().command());
        assertEquals(List.of(), RepairPlan.of(diagnosis, false).steps());
    }

    @Test
    void namesThePackageThatHasTheProgramsOfTheJudgedSystem() throws IOException {
        assertEquals(
                Optional.of("sudo apt install linux-kbuild-6.1:arm64"),
                firstCommand("scripts-elsewhere/linux-kbuild-of-another-machine"));
        assertEquals(
                Optional.of("sudo apt install linux-kbuild-6.1:arm64"),
                firstCommand("scripts-elsewhere/linux-kbuild-is-not-installed"));
        assertEquals(
                Optional.of("sudo apt install linux-kbuild-6.6.31+rpt:armhf"),
                firstCommand("scripts-elsewhere/linux-kbuild-of-raspberry-pi-os"));
    }

    /** It is no line to type: the only make that it would belong to must not be run in most trees. */
    @Test
    void tellsOfSelinuxHeadersByTheirOwnRule() throws IOException {
        Finding finding = firstFinding("missing-selinux-headers/genheaders-is-foreign");

        assertEquals(
                "missing-selinux-headers",
                finding.obstacle().orElseThrow().rule().tag());
        assertEquals(Optional.empty(), finding.obstacle().get().command());
    }

    @Test
    void tellsWhichGeneratorOfSourcesIsNotInstalled() throws IOException {
        CaseRoot.layOut(TREES.resolve("missing-generator/genksyms-without-its-parser"), root);
        Path real = root.toRealPath();
        Finding finding = Diagnosis.of(
                        TreeInspector.inspect(real, HeaderTrees.find(real).get(0)),
                        PlatformReader.read(real, Optional.empty()),
                        COMPILER)
                .findings()
                .stream()
                .filter(found -> found.subject().equals("scripts/genksyms/genksyms"))
                .findFirst()
                .orElseThrow();

        assertEquals(
                "missing-generator", finding.obstacle().orElseThrow().rule().tag());
        assertEquals(
                Optional.of("sudo apt install bison flex"),
                finding.obstacle().get().command());
    }

    private Optional<String> firstCommand(String name) throws IOException {
        return firstFinding(name).obstacle().orElseThrow().command();
    }

    private Finding firstFinding(String name) throws IOException {
        Path real = Files.createDirectories(root.resolve(name)).toRealPath();
        CaseRoot.layOut(TREES.resolve(name), real);
        return Diagnosis.of(
                        TreeInspector.inspect(real, HeaderTrees.find(real).get(0)),
                        PlatformReader.read(real, Optional.empty()),
                        COMPILER)
                .findings()
                .get(0);
    }

    private static String lines(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }
}
