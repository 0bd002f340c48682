package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.platform.InsideRoot;

/**
 * A dirname(1) that makes "make scripts/mod/" build the wrong directory (uutils/coreutils#8924): {@code dirname
 * scripts/mod/.} gives scripts. Ubuntu 25.10 and later have it, as a link to /usr/lib/cargo/bin/coreutils/dirname.
 */
public final class UutilsDirname implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        boolean lacksModpost = evidence.programs().stream()
                .anyMatch(judged -> judged.program().path().equals("scripts/mod/modpost")
                        && judged.verdict().isEmpty());
        if (!lacksModpost || evidence.inspection().liesElsewhere() || !isUutils(evidence)) {
            return List.of();
        }
        Rule rule = Rule.of("uutils-dirname");
        return List.of(new Finding(
                rule, rule.severity(), "", "\"make scripts/mod/\" loses modpost on this system", "", Optional.empty()));
    }

    private static boolean isUutils(Evidence evidence) {
        return InsideRoot.resolve(evidence.platform().root(), "/usr/bin/dirname")
                .filter(program -> program.toString().contains("/lib/cargo/bin/"))
                .isPresent();
    }
}
