package org.hdrfix.repair.remedies;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.patch.BundledPatches;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.KernelRelease;

/** Applies the bundled patches that cure what was found and that fit the tree. */
public final class ApplyPatches implements Remedy {
    @Override
    public Set<String> cures() {
        return BundledPatches.all().stream()
                .flatMap(patch -> patch.cures().stream())
                .collect(Collectors.toSet());
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        Set<String> tags = diagnosis.findings().stream()
                .map(finding -> finding.rule().tag())
                .collect(Collectors.toSet());
        // Every patch so far is for programs that module builds do not run.
        if (neededOnly || tags.stream().noneMatch(tag -> tag.startsWith("missing-"))) {
            return List.of();
        }
        KernelRelease release = diagnosis.inspection().tree().release();
        return BundledPatches.all().stream()
                .filter(patch -> patch.cures().stream().anyMatch(tags::contains)
                        && patch.fits(diagnosis.inspection().has(), release.major(), release.minor()))
                .<RepairStep>map(RepairStep.ApplyPatch::new)
                .toList();
    }
}
