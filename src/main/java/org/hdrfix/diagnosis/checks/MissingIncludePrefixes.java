package org.hdrfix.diagnosis.checks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;

/** The links through which device tree sources find dt-bindings, since 4.12. */
public final class MissingIncludePrefixes implements Check {
    /** Relative to the tree. */
    public static final String DIRECTORY = "scripts/dtc/include-prefixes";

    @Override
    public List<Finding> examine(Evidence evidence) {
        Path tree = evidence.inspection().tree().root();
        boolean hasCompiler = Files.isRegularFile(tree.resolve("scripts/dtc/dtc.c"));
        boolean hasBindings = Files.isDirectory(tree.resolve("include/dt-bindings"));
        boolean linked = Files.isDirectory(tree.resolve(DIRECTORY + "/dt-bindings"));
        if (evidence.inspection().liesElsewhere()
                || evidence.inspection().tree().release().isBefore("4.12")
                || !hasCompiler
                || !hasBindings
                || linked) {
            return List.of();
        }
        Rule rule = Rule.of("missing-include-prefixes");
        return List.of(new Finding(
                rule,
                rule.severity(),
                DIRECTORY + "/dt-bindings",
                "leads to no directory",
                "only for modules that build device trees",
                Optional.empty()));
    }
}
