package org.hdrfix.repair.remedies;

import java.util.List;
import java.util.Set;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.HeaderTree;

/** Lets the links of /lib/modules lead to the one tree that is there for their kernel. */
public final class RelinkModules implements Remedy {
    @Override
    public Set<String> cures() {
        return Set.of("dangling-build-link");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        HeaderTree tree = diagnosis.inspection().tree();
        return diagnosis.findings().stream()
                .filter(finding -> cures().contains(finding.rule().tag()))
                .map(Finding::subject)
                .map(link -> link.substring(link.lastIndexOf('/') + 1))
                .<RepairStep>map(name -> new RepairStep.PutLink(
                        tree.kernel().orElseThrow().directory().resolve(name).toString(), tree.seenAs()))
                .toList();
    }
}
