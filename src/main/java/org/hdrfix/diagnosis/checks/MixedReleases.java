package org.hdrfix.diagnosis.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.tree.HeaderTree;

/** Trees that are put together from those of two kernels, or that stand in for another kernel's. */
public final class MixedReleases implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        HeaderTree tree = evidence.inspection().tree();
        List<Finding> findings = new ArrayList<>();
        String first = null;
        String firstPlace = null;
        for (Map.Entry<String, String> said :
                evidence.inspection().releases().said().entrySet()) {
            if (first == null) {
                first = said.getValue();
                firstPlace = said.getKey();
            } else if (!said.getValue().equals(first)) {
                findings.add(finding(
                        tree,
                        "",
                        firstPlace + " says " + first + ", " + said.getKey()
                                + (said.getKey().endsWith("/") ? " is of " : " says ") + said.getValue()));
            }
        }
        for (String release : tree.modulesLinks()) {
            if (!release.equals(tree.release().value())) {
                findings.add(finding(
                        tree, "/lib/modules/" + release + "/build", "leads to a tree of kernel " + tree.release()));
            }
        }
        return findings;
    }

    private static Finding finding(HeaderTree tree, String subject, String what) {
        Rule rule = Rule.of("mixed-releases");
        return new Finding(
                rule,
                rule.severity(),
                subject,
                what,
                "",
                Optional.of(new Finding.Obstacle(
                        rule, "modules built here would be refused, or crash the kernel", Optional.empty())));
    }
}
