package org.hdrfix.diagnosis;

import java.util.ArrayList;
import java.util.List;
import org.hdrfix.platform.Platform;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.tree.Inspection;

/**
 * All findings of one tree on one platform.
 *
 * @param evidence what they were drawn from
 * @param findings in the order of the checks
 * @param crashes one sentence for each check that failed with a defect of its own; the others stand
 */
public record Diagnosis(Evidence evidence, List<Finding> findings, List<String> crashes) {
    public Diagnosis {
        findings = List.copyOf(findings);
        crashes = List.copyOf(crashes);
    }

    /** Examines a tree with every check. */
    public static Diagnosis of(Inspection inspection, Platform platform, Toolchain toolchain) {
        Evidence evidence = Evidence.of(inspection, platform, toolchain);
        List<Finding> findings = new ArrayList<>();
        List<String> crashes = new ArrayList<>();
        for (Check check : Checks.ALL) {
            try {
                findings.addAll(check.examine(evidence));
            } catch (RuntimeException e) {
                crashes.add("the check " + check.getClass().getSimpleName() + " failed: " + e);
            }
        }
        return new Diagnosis(evidence, findings, crashes);
    }

    public Inspection inspection() {
        return evidence.inspection();
    }

    /** The status word of the report. */
    public Status status() {
        boolean errors = has(Severity.ERROR);
        if (errors) {
            boolean blocked = findings.stream()
                    .anyMatch(finding -> finding.severity() == Severity.ERROR
                            && finding.obstacle().isPresent());
            return blocked ? Status.BLOCKED : Status.BROKEN;
        }
        return has(Severity.WARNING) ? Status.PARTIAL : Status.OK;
    }

    /** Whether a repair would change something here. */
    public boolean isRepairable() {
        return findings.stream()
                .anyMatch(finding -> finding.severity() != Severity.NOTE
                        && finding.obstacle().isEmpty());
    }

    /** Whether part of the tree could not be judged. */
    public boolean isUncertain() {
        return inspection().obstacle().isPresent() || !crashes.isEmpty();
    }

    private boolean has(Severity severity) {
        return findings.stream().anyMatch(finding -> finding.severity() == severity);
    }

    /** How a tree is, in one word. */
    public enum Status {
        /** Nothing is wrong. */
        OK,
        /** Modules build; something that they do not need is wrong. */
        PARTIAL,
        /** Modules do not build, and hdrfix can repair it here. */
        BROKEN,
        /** Modules do not build, and something is missing for a repair. */
        BLOCKED
    }
}
