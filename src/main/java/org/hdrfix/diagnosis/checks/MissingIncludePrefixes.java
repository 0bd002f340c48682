package org.hdrfix.diagnosis.checks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.tree.Inspection;

/**
 * Trees that have the device tree compiler, but not the links through which it finds headers. Trees without the compiler
 * build no device trees either: install-extmod-build leaves out all of scripts/dtc, and nobody misses the links there.
 */
public final class MissingIncludePrefixes implements Check {
    private static final String PREFIXES = "scripts/dtc/include-prefixes";
    private static final String BINDINGS = PREFIXES + "/dt-bindings";

    @Override
    public List<Finding> examine(Evidence evidence) {
        Inspection inspection = evidence.inspection();
        // Up to 4.11 the links lay below arch/ARCH/boot/dts, with the device trees.
        if (inspection.liesElsewhere()
                || inspection.tree().release().isBefore("4.12")
                || !buildsDeviceTrees(inspection)
                || bindingsAreThere(inspection)) {
            return List.of();
        }
        boolean isThere = inspection.has().test(BINDINGS);
        Rule rule = Rule.of("missing-include-prefixes");
        return List.of(new Finding(
                rule,
                rule.severity(),
                BINDINGS,
                isThere ? "a link that leads nowhere" : "not in the tree",
                "for modules that build device trees",
                Optional.empty()));
    }

    private static boolean buildsDeviceTrees(Inspection inspection) {
        return inspection.enabled().contains("CONFIG_OF")
                && inspection.has().test("include/dt-bindings")
                && (inspection.has().test("scripts/dtc/dtc") || inspection.has().test("scripts/dtc/dtc.c"));
    }

    /** A link in the place of the whole directory is somebody's own arrangement. */
    private static boolean bindingsAreThere(Inspection inspection) {
        Path root = inspection.tree().root();
        return Files.isSymbolicLink(root.resolve(PREFIXES)) || Files.isDirectory(root.resolve(BINDINGS));
    }
}
