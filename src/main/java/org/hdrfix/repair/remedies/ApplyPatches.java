package org.hdrfix.repair.remedies;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.patch.BundledPatch;
import org.hdrfix.patch.BundledPatches;
import org.hdrfix.patch.PatchResult;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairException;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.Inspection;

/** Applies the bundled patches that cure what was found and that fit the tree: of several for one fault, the one that does. */
public final class ApplyPatches implements Remedy {
    @Override
    public Set<String> cures() {
        // Not asked of the patches themselves: most trees need none, and then none is read.
        return Set.of("missing-byteshift", "unguarded-vdso-prepare", "duplicate-yylloc");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) throws RepairException {
        Set<String> tags = diagnosis.findings().stream()
                .filter(finding -> finding.obstacle().isEmpty())
                .map(finding -> finding.rule().tag())
                .filter(cures()::contains)
                .collect(Collectors.toSet());
        if (tags.isEmpty()) {
            return List.of();
        }
        List<RepairStep> steps = new ArrayList<>();
        for (BundledPatch patch : BundledPatches.all()) {
            RepairStep.ApplyPatch step = new RepairStep.ApplyPatch(patch);
            if (patch.cures().stream().anyMatch(tags::contains)
                    && (patch.forModuleBuilds() || !neededOnly)
                    && fits(step, diagnosis.inspection())) {
                steps.add(step);
            }
        }
        return steps;
    }

    private static boolean fits(RepairStep.ApplyPatch step, Inspection inspection) throws RepairException {
        HeaderTree tree = inspection.tree();
        try {
            return step.patch()
                            .fits(
                                    inspection.has(),
                                    tree.release().major(),
                                    tree.release().minor())
                    && step.on(inspection) instanceof PatchResult.Applied;
        } catch (IOException e) {
            throw new RepairException(tree.seenAs() + ": " + e.getMessage() + "; nothing was changed");
        }
    }
}
