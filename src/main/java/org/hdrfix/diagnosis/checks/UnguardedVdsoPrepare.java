package org.hdrfix.diagnosis.checks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.tree.Inspection;

/**
 * A rule of arm64's makefile up to 4.19 that asks for a goal which builds of external modules do not have. {@code make
 * M=DIR} alone never comes to it, every goal that needs {@code prepare} does: {@code make M=DIR FILE.ko}.
 */
public final class UnguardedVdsoPrepare implements Check {
    private static final String MAKEFILE = "arch/arm64/Makefile";
    private static final String RULE = "vdso_prepare: prepare0";
    private static final int MOST = 1 << 18;

    @Override
    public List<Finding> examine(Evidence evidence) {
        Inspection inspection = evidence.inspection();
        boolean isArm64 = inspection
                .kernelArchitecture()
                .filter(kernel -> kernel.kernelArch().equals("arm64"))
                .isPresent();
        Optional<List<String>> lines = isArm64
                ? inspection.head(MAKEFILE, MOST).map(text -> text.lines().toList())
                : Optional.empty();
        if (lines.isEmpty() || !isUnguarded(lines.get())) {
            return List.of();
        }
        Rule rule = Rule.of("unguarded-vdso-prepare");
        return List.of(new Finding(
                rule,
                rule.severity(),
                MAKEFILE,
                "asks for prepare0, which module builds lack",
                "make M=DIR FILE.ko fails",
                obstacle(lines.get(), rule)));
    }

    private static boolean isUnguarded(List<String> lines) {
        Deque<String> conditions = new ArrayDeque<>();
        for (String line : lines) {
            String text = line.strip();
            if (text.startsWith("ifeq")
                    || text.startsWith("ifneq")
                    || text.startsWith("ifdef")
                    || text.startsWith("ifndef")) {
                conditions.push(text);
            } else if (text.startsWith("endif")) {
                conditions.poll();
            } else if (line.startsWith(RULE)) {
                return conditions.stream().noneMatch(condition -> condition.contains("KBUILD_EXTMOD"));
            }
        }
        return false;
    }

    /** The bundled patch knows the rule as kernel.org has it: between "prepare: vdso_prepare" and an empty line, one command. */
    private static Optional<Finding.Obstacle> obstacle(List<String> lines, Rule rule) {
        int at = lines.indexOf(RULE);
        boolean isKnown = at > 0
                && lines.get(at - 1).equals("prepare: vdso_prepare")
                && at + 2 < lines.size()
                && lines.get(at + 1).startsWith("\t")
                && lines.get(at + 2).isEmpty();
        return isKnown
                ? Optional.empty()
                : Optional.of(new Finding.Obstacle(
                        rule,
                        "by hand: put ifeq ($(KBUILD_EXTMOD),) above the rule and endif below it",
                        Optional.empty()));
    }
}
