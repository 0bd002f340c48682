package org.hdrfix.diagnosis.checks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.diagnosis.Severity;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.InstalledKernel;

/** The links of /lib/modules that should lead to a tree and lead nowhere, or to the directory above it. */
public final class DanglingBuildLink implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        HeaderTree tree = evidence.inspection().tree();
        List<Finding> findings = new ArrayList<>();
        tree.kernel().filter(InstalledKernel::hasModules).ifPresent(kernel -> {
            fault("build", kernel.build(), tree)
                    .ifPresent(what -> findings.add(finding(kernel, "build", Severity.ERROR, what)));
            // A missing source link hurts nobody: packages of headers rarely bring one.
            kernel.source()
                    .flatMap(source -> fault("source", Optional.of(source), tree))
                    .ifPresent(what -> findings.add(finding(kernel, "source", Severity.WARNING, what)));
        });
        return findings;
    }

    private static Finding finding(InstalledKernel kernel, String name, Severity severity, String what) {
        return new Finding(
                Rule.of("dangling-build-link"),
                severity,
                "/lib/modules/" + kernel.release() + "/" + name,
                what,
                "",
                Optional.empty());
    }

    private static Optional<String> fault(String name, Optional<InstalledKernel.Link> link, HeaderTree tree) {
        if (link.isEmpty()) {
            return Optional.of("there is no link to this tree");
        }
        Optional<Path> leadsTo = link.get().leadsTo();
        if (leadsTo.isEmpty()) {
            return Optional.of("the link leads nowhere: " + link.get().target());
        }
        boolean tooHigh = name.equals("build")
                && !leadsTo.get().equals(tree.root())
                && tree.root().startsWith(leadsTo.get());
        return tooHigh ? Optional.of("the link leads to the directory above the tree") : Optional.empty();
    }
}
