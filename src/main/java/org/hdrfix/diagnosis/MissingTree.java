package org.hdrfix.diagnosis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hdrfix.platform.DpkgFiles;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.InstalledKernel;

/**
 * An installed kernel whose header tree is gone: its build link leads nowhere, or a package says that the tree should be
 * there. A kernel for which nobody ever installed headers is none.
 */
public record MissingTree(InstalledKernel kernel, Finding finding) {
    /**
     * The kernels of a system that have lost their trees.
     *
     * @param root absolute real path of the system's {@code /}
     * @param trees all that were found in it
     */
    public static List<MissingTree> of(Path root, List<InstalledKernel> kernels, List<HeaderTree> trees) {
        List<MissingTree> missing = new ArrayList<>();
        for (InstalledKernel kernel : kernels) {
            boolean hasTree = trees.stream()
                    .anyMatch(tree -> tree.release().value().equals(kernel.release())
                            || tree.modulesLinks().contains(kernel.release()));
            if (!hasTree && kernel.hasModules()) {
                Optional<String> owner = DpkgFiles.ownerOfHeaders(root, kernel.release());
                boolean dangles =
                        kernel.build().filter(link -> link.leadsTo().isEmpty()).isPresent();
                if (owner.isPresent() || dangles) {
                    missing.add(new MissingTree(kernel, finding(kernel, owner)));
                }
            }
        }
        return List.copyOf(missing);
    }

    private static Finding finding(InstalledKernel kernel, Optional<String> owner) {
        Rule rule = Rule.of("missing-header-tree");
        String what = owner.map(name -> "its header tree is gone, and package " + name + " still has it")
                .orElseGet(() -> "its build link leads nowhere: "
                        + kernel.build().orElseThrow().target());
        String command = owner.map(name -> "sudo apt install --reinstall " + name)
                .orElseGet(() -> "sudo apt install " + packageName(kernel.release()));
        return new Finding(
                rule,
                rule.severity(),
                "/lib/modules/" + kernel.release(),
                what,
                "",
                Optional.of(new Finding.Obstacle(rule, what, Optional.of(command))));
    }

    /**
     * The package that distributions put the headers of a release in. Raspberry Pi OS up to bullseye has one for all
     * flavours of a version; Armbian leaves the version out (linux-headers-current-sunxi64).
     */
    private static String packageName(String release) {
        if (release.matches("[\\d.]+-(v7l?|v8(-16k)?|v6)?\\+") || release.matches("[\\d.]+\\+")) {
            return "raspberrypi-kernel-headers";
        }
        if (release.matches("[\\d.]+-(current|edge|legacy|vendor)-[a-z0-9-]+")) {
            return "linux-headers-" + release.substring(release.indexOf('-') + 1);
        }
        return "linux-headers-" + release;
    }
}
