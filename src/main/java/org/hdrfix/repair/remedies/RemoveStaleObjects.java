package org.hdrfix.repair.remedies;

import java.util.List;
import java.util.Set;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;

/** Removes objects of host programs that no linker of this system takes. */
public final class RemoveStaleObjects implements Remedy {
    @Override
    public Set<String> cures() {
        return Set.of("stale-host-object");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        List<String> paths = diagnosis.findings().stream()
                .filter(finding -> cures().contains(finding.rule().tag()))
                .map(Finding::subject)
                .toList();
        return neededOnly || paths.isEmpty() ? List.of() : List.of(new RepairStep.RemoveObjects(paths));
    }
}
