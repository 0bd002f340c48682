package org.hdrfix.diagnosis.checks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;

/** The linker script of modules, which "make modules_prepare" makes of scripts/module.lds.S since 5.10. */
public final class MissingModuleLds implements Check {
    /** Relative to the tree. */
    public static final String SCRIPT = "scripts/module.lds";

    @Override
    public List<Finding> examine(Evidence evidence) {
        Path script = evidence.inspection().tree().root().resolve(SCRIPT);
        boolean hasSource = evidence.inspection().has().test(SCRIPT + ".S");
        boolean isLink = Files.isSymbolicLink(script);
        if (evidence.inspection().liesElsewhere() || !hasSource || (Files.isRegularFile(script) && !isLink)) {
            return List.of();
        }
        Rule rule = Rule.of("missing-module-lds");
        Optional<Finding.Obstacle> obstacle = evidence.compilerObstacle();
        if (evidence.inspection().kernelArchitecture().isEmpty()) {
            obstacle = Optional.of(new Finding.Obstacle(
                    rule, "the configuration does not say what machine the kernel is for", Optional.empty()));
        }
        return List.of(new Finding(
                rule,
                rule.severity(),
                SCRIPT,
                isLink ? "a link, and not preprocessed" : "not in the tree",
                "every module is linked with it",
                obstacle));
    }
}
