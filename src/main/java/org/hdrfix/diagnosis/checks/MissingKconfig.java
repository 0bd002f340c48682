package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;

/** Trees with something to rebuild in which the obvious command, make scripts, would delete the configuration. */
public final class MissingKconfig implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        Predicate<String> has = evidence.inspection().has();
        boolean isToBeRebuilt = evidence.programs().stream().anyMatch(judged -> !judged.runs());
        boolean configures = has.test("Kconfig") && has.test("scripts/kconfig/Makefile");
        if (evidence.inspection().liesElsewhere() || !isToBeRebuilt || !has.test("Makefile") || configures) {
            return List.of();
        }
        Rule rule = Rule.of("missing-kconfig");
        return List.of(new Finding(
                rule, rule.severity(), "", "do not run \"make scripts\" or \"oldconfig\" here", "", Optional.empty()));
    }
}
