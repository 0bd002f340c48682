package org.hdrfix.diagnosis.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.JudgedProgram;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.tree.KnownProgram;

/** Headers that a program to rebuild includes, and that packages leave out. */
public final class MissingByteshift implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        Rule rule = Rule.of("missing-byteshift");
        List<Finding> findings = new ArrayList<>();
        for (JudgedProgram judged : evidence.programs()) {
            Optional<KnownProgram> known = judged.program().known();
            if (!judged.isBroken()
                    || known.isEmpty()
                    || evidence.obstacleTo(judged.program()).isPresent()) {
                continue;
            }
            for (String header : known.get().patchedHeaders()) {
                if (!evidence.inspection().has().test(header)) {
                    findings.add(new Finding(
                            rule,
                            rule.severity(),
                            header,
                            "not in the tree",
                            "included by " + judged.program().path() + ".c",
                            Optional.empty()));
                }
            }
        }
        return findings;
    }
}
