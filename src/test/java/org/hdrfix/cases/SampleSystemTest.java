package org.hdrfix.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.kbuild.Build;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.Platform;
import org.hdrfix.platform.PlatformReader;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.repair.BuildLimits;
import org.hdrfix.repair.Originals;
import org.hdrfix.repair.Repair;
import org.hdrfix.repair.RepairOutcome;
import org.hdrfix.repair.RepairPlan;
import org.hdrfix.report.TextReport;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.HeaderTrees;
import org.hdrfix.tree.TreeInspector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The laws of repair and undo, with the real compiler, on a copy of the sample. */
class SampleSystemTest {
    @TempDir
    Path temp;

    @Test
    void theSampleHoldsWhatItsGeneratorMakes() throws Exception {
        for (Map.Entry<String, byte[]> file : SampleSystem.files().entrySet()) {
            Path place = SampleSystem.SAMPLE.resolve(file.getKey());
            assertArrayEquals(file.getValue(), Files.readAllBytes(place), file.getKey());
            assertEquals(!file.getKey().endsWith(".o"), Files.isExecutable(place), file.getKey());
        }
    }

    /** Git keeps no times: with a recorded command line the report would depend on which file a checkout wrote first. */
    @Test
    void theBrokenTreeReadsTheSameWhateverTimesACheckoutGives() {
        for (String path : SampleSystem.files().keySet()) {
            Path file = SampleSystem.SAMPLE.resolve(path);
            Path command = file.resolveSibling("." + file.getFileName() + ".cmd");
            assertTrue(path.endsWith(".o") || path.contains("6.1.21") || !Files.exists(command), path);
        }
    }

    @Test
    void repairingTwiceEqualsRepairingOnceAndUndoGivesEverythingBack() throws Exception {
        Architecture machine = SampleSystem.machineWithCompiler();
        Toolchain toolchain = Toolchain.find(machine, machine);
        CaseRoot.copy(SampleSystem.SAMPLE, temp);
        Path root = temp.toRealPath();
        Path sources = root.resolve("usr/src");
        Map<String, String> before = CaseRoot.fingerprint(sources);
        Platform platform = PlatformReader.read(root, Optional.of(machine.name()));
        HeaderTree tree = HeaderTrees.find(root).stream()
                .filter(found -> found.release().value().equals("6.6.31-v8+"))
                .findFirst()
                .orElseThrow();
        Repair repair = new Repair(root, machine, Build.allWays(), program -> {}, line -> {}, BuildLimits.NONE);

        RepairPlan plan = RepairPlan.of(Diagnosis.of(TreeInspector.inspect(root, tree), platform, toolchain), false);
        RepairOutcome outcome;
        try (Originals lock = Originals.lock(root)) {
            outcome = repair.apply(plan, lock);
        }

        assertEquals(Diagnosis.Status.OK, outcome.after().status());
        assertEquals(5, outcome.installed());
        assertEquals(Map.of(), outcome.notBuilt());
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        new TextReport(new PrintStream(said), false, false, "").plan(plan, root);
        assertTrue(outcome.originals().startsWith(Originals.of(root, tree)));
        assertTrue(said.toString().contains("originals in " + Originals.of(root, tree) + "/\n"), said.toString());
        Diagnosis again = Diagnosis.of(TreeInspector.inspect(root, tree), platform, toolchain);
        assertEquals(List.of(), RepairPlan.of(again, false).steps());
        Map<String, String> after = CaseRoot.fingerprint(sources);
        for (String kept :
                List.of(".config", "Module.symvers", "include/generated/autoconf.h", "scripts/mod/modpost.c")) {
            String path = "linux-headers-6.6.31-v8+/" + kept;
            assertEquals(before.get(path), after.get(path), path);
        }

        try (Originals lock = Originals.lock(root)) {
            assertTrue(repair.undo(tree, lock));
            assertEquals(before, CaseRoot.fingerprint(sources));
            assertEquals(false, repair.undo(tree, lock));
        }
    }
}
