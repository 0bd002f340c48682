package org.hdrfix.diagnosis.checks;

import java.util.ArrayList;
import java.util.List;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.JudgedProgram;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.diagnosis.Severity;
import org.hdrfix.platform.Verdict;

/** Programs that are there and do not run: one rule for each reason that the platform gives. */
public final class BrokenHostProgram implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        List<Finding> findings = new ArrayList<>();
        for (JudgedProgram judged : evidence.programs()) {
            if (judged.isBroken()) {
                findings.add(finding(judged, judged.verdict().orElseThrow(), evidence));
            }
        }
        return findings;
    }

    private static Finding finding(JudgedProgram judged, Verdict verdict, Evidence evidence) {
        boolean emulated = verdict.emulator().isPresent();
        Rule rule = Rule.of(emulated ? "emulated-host-program" : tag(verdict));
        boolean blocks = judged.program().isNeeded() && !emulated;
        return new Finding(
                rule,
                blocks ? rule.severity() : Severity.WARNING,
                judged.program().path(),
                what(verdict, evidence),
                note(judged),
                evidence.obstacleTo(judged.program()));
    }

    private static String tag(Verdict verdict) {
        return switch (verdict.kind()) {
            case FOREIGN_MACHINE -> "foreign-host-program";
            case MISSING_INTERPRETER -> "missing-interpreter";
            case FOREIGN_INTERPRETER -> "foreign-interpreter";
            case NEWER_GLIBC -> "needs-newer-glibc";
            case NEWER_CPU -> "needs-newer-cpu";
            case MISALIGNED_SEGMENTS -> "misaligned-segments";
            case MALFORMED -> "malformed-host-program";
            case NOT_EXECUTABLE -> "program-not-executable";
            case RUNS -> throw new IllegalArgumentException("a program that runs has no finding");
        };
    }

    private static String what(Verdict verdict, Evidence evidence) {
        String line = switch (verdict.kind()) {
            case FOREIGN_MACHINE ->
                "built for " + verdict.wants() + ", this system is "
                        + evidence.platform().userland().name() + ofAnotherKernel(verdict, evidence);
            case MISSING_INTERPRETER -> "its loader " + verdict.wants() + " is not on this system";
            case FOREIGN_INTERPRETER -> "its loader " + verdict.wants() + " is not one for its machine";
            case NEWER_GLIBC -> "needs " + verdict.wants() + ", this system has " + verdict.has();
            case NEWER_CPU -> "built for " + verdict.wants() + ", this processor is " + verdict.has();
            case MISALIGNED_SEGMENTS -> "linked for pages of " + verdict.wants() + ", this kernel has " + verdict.has();
            case MALFORMED -> "damaged: " + verdict.wants();
            case NOT_EXECUTABLE -> "nobody may execute it: its x bit was lost";
            case RUNS -> "";
        };
        return line
                + verdict.emulator().map(name -> "; runs only through " + name).orElse("");
    }

    /** On a 64-bit kernel with 32-bit userland the programs must be the userland's, not the kernel's. */
    private static String ofAnotherKernel(Verdict verdict, Evidence evidence) {
        return evidence.inspection()
                .kernelArchitecture()
                .filter(kernel -> kernel.label().equals(verdict.wants()))
                .map(kernel -> " (its kernel is " + kernel.name() + ")")
                .orElse("");
    }

    private static String note(JudgedProgram judged) {
        return judged.program()
                .need()
                .map(need -> need.startsWith("CONFIG_") ? "needed: " + need : "needed by " + need)
                .orElseGet(() -> judged.program()
                        .known()
                        .flatMap(known -> known.use())
                        .map(use -> "not for module builds: " + use)
                        .orElse("not needed by module builds"));
    }
}
