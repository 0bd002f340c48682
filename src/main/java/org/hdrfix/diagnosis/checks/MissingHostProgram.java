package org.hdrfix.diagnosis.checks;

import java.util.ArrayList;
import java.util.List;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.JudgedProgram;
import org.hdrfix.diagnosis.Rule;

/** Programs that module builds run and that are not in the tree. */
public final class MissingHostProgram implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        Rule rule = Rule.of("missing-host-program");
        List<Finding> findings = new ArrayList<>();
        for (JudgedProgram judged : evidence.programs()) {
            if (judged.verdict().isEmpty()) {
                findings.add(new Finding(
                        rule,
                        rule.severity(),
                        judged.program().path(),
                        "not in the tree",
                        judged.program().need().map(need -> "needed: " + need).orElse(""),
                        evidence.obstacleTo(judged.program())));
            }
        }
        return findings;
    }
}
