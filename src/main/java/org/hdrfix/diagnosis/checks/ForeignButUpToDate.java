package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;

/** Broken programs that make would keep: "make scripts" prints nothing, and nothing changes. */
public final class ForeignButUpToDate implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        Rule rule = Rule.of("foreign-but-up-to-date");
        return evidence.programs().stream()
                .filter(judged -> judged.isBroken() && judged.program().keptByMake())
                .map(judged -> new Finding(
                        rule,
                        rule.severity(),
                        judged.program().path(),
                        "make takes these for up to date and keeps them",
                        "",
                        Optional.empty()))
                .toList();
    }
}
