package org.hdrfix.diagnosis.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.Architectures;
import org.hdrfix.tree.TreeObject;

/** Objects of host programs that no linker of this system takes. */
public final class StaleHostObject implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        Rule rule = Rule.of("stale-host-object");
        Architecture userland = evidence.platform().userland();
        List<Finding> findings = new ArrayList<>();
        if (evidence.inspection().liesElsewhere()) {
            return findings;
        }
        for (TreeObject object : evidence.inspection().objects()) {
            if (object.kind() == TreeObject.Kind.HOST && !links(object.elf(), userland)) {
                findings.add(new Finding(
                        rule,
                        rule.severity(),
                        object.path(),
                        "objects for " + Architectures.describe(object.elf()) + " left behind",
                        "",
                        Optional.empty()));
            }
        }
        return findings;
    }

    /** By machine, class and order only: whether floats are hard or soft stands in linked files, not in objects. */
    private static boolean links(ElfFile elf, Architecture userland) {
        return elf.machine() == userland.machine()
                && elf.elfClass() == userland.elfClass()
                && elf.order().equals(userland.order());
    }
}
