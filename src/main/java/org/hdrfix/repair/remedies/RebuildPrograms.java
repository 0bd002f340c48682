package org.hdrfix.repair.remedies;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.ModpostSettings;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;

/** Rebuilds every program that does not run here and that can be built here. */
public final class RebuildPrograms implements Remedy {
    private static final String MODPOST = "scripts/mod/modpost";

    @Override
    public Set<String> cures() {
        return Set.of(
                "foreign-host-program",
                "missing-interpreter",
                "needs-newer-glibc",
                "foreign-interpreter",
                "needs-newer-cpu",
                "misaligned-segments",
                "malformed-host-program",
                "program-not-executable",
                "emulated-host-program",
                "missing-host-program");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        Set<String> wrong = diagnosis.findings().stream()
                .filter(finding -> cures().contains(finding.rule().tag())
                        && finding.obstacle().isEmpty())
                .map(Finding::subject)
                .collect(Collectors.toSet());
        List<RepairStep> steps = new ArrayList<>();
        diagnosis.inspection().programs().stream()
                .filter(program -> wrong.contains(program.path()) && (program.isNeeded() || !neededOnly))
                .forEach(program -> steps.add(new RepairStep.RebuildProgram(program)));
        if (wrong.contains(MODPOST)) {
            ModpostSettings.correction(diagnosis.evidence())
                    .ifPresent(config -> steps.add(new RepairStep.SetElfConfig(config)));
        }
        return steps;
    }
}
