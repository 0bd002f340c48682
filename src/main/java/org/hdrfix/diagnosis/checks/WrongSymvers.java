package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.diagnosis.Severity;
import org.hdrfix.tree.KernelRelease;
import org.hdrfix.tree.SymbolVersions;

/** Module.symvers that is missing, empty or of another era: nothing but the kernel's own package has it. */
public final class WrongSymvers implements Check {
    private static final String FILE = "Module.symvers";

    @Override
    public List<Finding> examine(Evidence evidence) {
        SymbolVersions symvers = evidence.inspection().symbolVersions();
        KernelRelease release = evidence.inspection().tree().release();
        boolean versioned = evidence.inspection().enabled().contains("CONFIG_MODVERSIONS");
        if (!symvers.present()) {
            String note = versioned ? "CONFIG_MODVERSIONS=y: modules without checksums are refused" : "";
            return List.of(finding("missing-symvers", versioned, "not in the tree, or empty", note, release));
        }
        // Up to 5.3 modpost takes a fifth column for part of the fourth; a missing one stops later ones.
        if (symvers.columns() == 0 || (symvers.columns() == 4 && !release.isBefore("5.4"))) {
            String what = symvers.columns() == 0
                    ? "does not begin with a checksum"
                    : symvers.columns() + " columns, and modpost of this kernel reads "
                            + SymbolVersions.columnsOf(release);
            return List.of(finding("malformed-symvers", true, what, "", release));
        }
        return List.of();
    }

    private static Finding finding(String tag, boolean blocks, String what, String note, KernelRelease release) {
        Rule rule = Rule.of(tag);
        Finding.Obstacle obstacle = new Finding.Obstacle(
                rule, "checksums cannot be invented: take the header package of " + release, Optional.empty());
        return new Finding(rule, blocks ? rule.severity() : Severity.WARNING, FILE, what, note, Optional.of(obstacle));
    }
}
