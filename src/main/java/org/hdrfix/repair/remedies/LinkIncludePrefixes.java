package org.hdrfix.repair.remedies;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.Inspection;

/** Links the directories in which device trees look for what they include, as the kernel's own sources have them. */
public final class LinkIncludePrefixes implements Remedy {
    private static final String PREFIXES = "scripts/dtc/include-prefixes/";

    @Override
    public Set<String> cures() {
        return Set.of("missing-include-prefixes");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        boolean found = diagnosis.findings().stream()
                .anyMatch(finding -> cures().contains(finding.rule().tag()));
        if (neededOnly || !found) {
            return List.of();
        }
        return Stream.concat(
                        Stream.of(new RepairStep.PutLink(PREFIXES + "dt-bindings", "../../../include/dt-bindings")),
                        sources(diagnosis.inspection()))
                .<RepairStep>map(link -> link)
                .toList();
    }

    /** Only packages of the full source have device trees to link to. */
    private static Stream<RepairStep.PutLink> sources(Inspection inspection) {
        return inspection.kernelArchitecture().stream()
                .map(architecture -> architecture.kernelArch())
                .filter(arch -> inspection.has().test("arch/" + arch + "/boot/dts")
                        && !inspection.has().test(PREFIXES + arch))
                .map(arch -> new RepairStep.PutLink(PREFIXES + arch, "../../../arch/" + arch + "/boot/dts"));
    }
}
