package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.tree.Inspection;

/**
 * Sources of the device tree compiler that define a variable twice, which compilers take as an error since gcc 10. hdrfix
 * builds it all the same (-fcommon); a make of the user's own does not.
 */
public final class DuplicateYylloc implements Check {
    private static final String COMPILER = "scripts/dtc/dtc";
    private static final String DEFINITION = "\nYYLTYPE yylloc;\n";

    /** What make compiles, if it is there: up to 4.16 a copy of the shipped lexer, then what flex makes. */
    private static final List<String> LEXERS =
            List.of("scripts/dtc/dtc-lexer.lex.c_shipped", "scripts/dtc/dtc-lexer.lex.c", "scripts/dtc/dtc-lexer.l");

    private static final int MOST = 1 << 20;

    @Override
    public List<Finding> examine(Evidence evidence) {
        Inspection inspection = evidence.inspection();
        boolean isToBeRebuilt = evidence.programs().stream()
                .anyMatch(judged -> judged.program().path().equals(COMPILER) && judged.isBroken());
        if (!isToBeRebuilt || inspection.liesElsewhere()) {
            return List.of();
        }
        Rule rule = Rule.of("duplicate-yylloc");
        return LEXERS.stream()
                .filter(inspection.has())
                .findFirst()
                .filter(lexer -> inspection.head(lexer, MOST).orElse("").contains(DEFINITION))
                .map(lexer -> new Finding(
                        rule,
                        rule.severity(),
                        lexer,
                        "defines yylloc, as the parser does",
                        "make fails with gcc 10 and later",
                        Optional.empty()))
                .stream()
                .toList();
    }
}
