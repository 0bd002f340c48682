package org.hdrfix.diagnosis.checks;

import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.tree.Inspection;

/** The linker script that every module is linked with since 5.10, where it is missing or was never preprocessed. */
public final class MissingModuleLds implements Check {
    private static final String PATH = "scripts/module.lds";
    private static final String SOURCE = PATH + ".S";
    private static final String LINKING = "scripts/Makefile.modfinal";

    /** 64 KiB: the makefile has three, the script one. */
    private static final int MOST = 1 << 16;

    @Override
    public List<Finding> examine(Evidence evidence) {
        Inspection inspection = evidence.inspection();
        if (inspection.liesElsewhere() || !isLinkedWith(inspection)) {
            return List.of();
        }
        Optional<String> fault = fault(inspection);
        if (fault.isEmpty()) {
            return List.of();
        }
        Rule rule = Rule.of("missing-module-lds");
        return List.of(
                new Finding(rule, rule.severity(), PATH, fault.get(), "needed by every module", obstacle(evidence)));
    }

    /** Debian's makefile looks below arch/ too, where its packages have the script. */
    private static boolean isLinkedWith(Inspection inspection) {
        String linking = inspection.head(LINKING, MOST).orElse("");
        boolean hasOwn = inspection
                .kernelArchitecture()
                .filter(kernel -> inspection.has().test("arch/" + kernel.kernelArch() + "/module.lds"))
                .isPresent();
        return linking.contains(PATH) && !(hasOwn && linking.contains("arch/$(SRCARCH)/module.lds"));
    }

    private static Optional<String> fault(Inspection inspection) {
        if (!inspection.has().test(PATH)) {
            return Optional.of("not in the tree");
        }
        if (Files.isSymbolicLink(inspection.tree().root().resolve(PATH))) {
            return Optional.of("a link, and not what is made of " + SOURCE);
        }
        String text = inspection.head(PATH, MOST).orElse("");
        if (text.isBlank()) {
            return Optional.of("empty");
        }
        boolean isSource = text.lines().anyMatch(line -> line.startsWith("#"));
        return isSource ? Optional.of("not preprocessed: ld cannot read it") : Optional.empty();
    }

    private static Optional<Finding.Obstacle> obstacle(Evidence evidence) {
        Inspection inspection = evidence.inspection();
        for (String file : List.of(SOURCE, "include/linux/kconfig.h")) {
            if (!inspection.has().test(file)) {
                return Optional.of(new Finding.Obstacle(
                        Rule.of("no-source"),
                        PATH + " cannot be made: " + file + " is not in the tree",
                        Optional.empty()));
            }
        }
        if (inspection.kernelArchitecture().isEmpty()) {
            return Optional.of(new Finding.Obstacle(
                    Rule.of("no-source"), PATH + " cannot be made: the tree has no configuration", Optional.empty()));
        }
        return evidence.noCompiler();
    }
}
