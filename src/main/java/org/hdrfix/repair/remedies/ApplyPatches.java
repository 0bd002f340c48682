package org.hdrfix.repair.remedies;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.patch.BundledPatch;
import org.hdrfix.patch.BundledPatches;
import org.hdrfix.patch.PatchResult;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.Inspection;
import org.hdrfix.tree.KernelRelease;

/** Applies the bundled patches that cure what was found and that fit the tree: of several for one fault, the one that does. */
public final class ApplyPatches implements Remedy {
    /** 16 MiB: no source of a header tree comes near it. */
    private static final int LARGEST_SOURCE = 16 << 20;

    @Override
    public Set<String> cures() {
        // Not asked of the patches themselves: most trees need none, and then none is read.
        return Set.of("missing-byteshift", "unguarded-vdso-prepare", "duplicate-yylloc");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        Set<String> tags = diagnosis.findings().stream()
                .filter(finding -> finding.obstacle().isEmpty())
                .map(finding -> finding.rule().tag())
                .filter(cures()::contains)
                .collect(Collectors.toSet());
        if (tags.isEmpty()) {
            return List.of();
        }
        return BundledPatches.all().stream()
                .filter(patch -> patch.cures().stream().anyMatch(tags::contains)
                        && (patch.forModuleBuilds() || !neededOnly)
                        && fits(patch, diagnosis.inspection()))
                .<RepairStep>map(RepairStep.ApplyPatch::new)
                .toList();
    }

    private static boolean fits(BundledPatch patch, Inspection inspection) {
        KernelRelease release = inspection.tree().release();
        return patch.fits(inspection.has(), release.major(), release.minor())
                && patch.patch()
                                .apply(path -> inspection
                                        .head(path, LARGEST_SOURCE)
                                        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1)))
                        instanceof PatchResult.Applied;
    }
}
