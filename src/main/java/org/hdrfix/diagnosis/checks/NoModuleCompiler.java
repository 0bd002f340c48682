package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.platform.Architecture;

/**
 * Trees whose kernel is of another machine than the userland: a 64-bit kernel under a 32-bit system, or a board's tree on
 * a PC. The host programs are the userland's; the modules need a compiler for the kernel.
 */
public final class NoModuleCompiler implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        Architecture userland = evidence.platform().userland();
        Optional<Architecture> kernel =
                evidence.inspection().kernelArchitecture().filter(other -> !isServed(other, userland));
        if (kernel.isEmpty()) {
            return List.of();
        }
        Rule rule = Rule.of("no-module-compiler");
        String triplet = kernel.get().triplet();
        return List.of(new Finding(
                rule,
                rule.severity(),
                "make ARCH=" + kernel.get().kernelArch() + " CROSS_COMPILE=" + triplet + "- -C "
                        + evidence.inspection().tree().seenAs() + " M=$PWD modules",
                "modules need a compiler for " + kernel.get().label() + ": gcc-" + triplet.replace('_', '-'),
                bootAdvice(evidence),
                Optional.empty()));
    }

    /** Whether the userland's own compiler makes this kernel's code: the same kbuild ARCH in another width (gcc -m64). */
    private static boolean isServed(Architecture kernel, Architecture userland) {
        return kernel.kernelArch().equals(userland.kernelArch())
                && kernel.order().equals(userland.order());
    }

    private static String bootAdvice(Evidence evidence) {
        boolean isPi = evidence.platform()
                .model()
                .filter(model -> model.startsWith("Raspberry Pi"))
                .isPresent();
        return isPi && evidence.platform().userland().kernelArch().equals("arm")
                ? "or boot the 32-bit kernel: arm_64bit=0 in config.txt"
                : "";
    }
}
