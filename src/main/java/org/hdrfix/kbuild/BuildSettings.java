package org.hdrfix.kbuild;

import java.util.List;
import java.util.Optional;

/**
 * What all ways to build have in common.
 *
 * @param compiler absolute path of the compiler that makes programs for the judged system
 * @param standard the C dialect that kbuild itself compiles host programs of this kernel with ("gnu11")
 * @param kernelArch kbuild's ARCH of the tree, where its configuration says
 * @param crossPrefix CROSS_COMPILE for the kernel's own machine, empty where it is this machine's
 * @param jobs how many compilers run at once
 * @param refused programs of the tree that were judged not to run here, relative to it: no makefile gets to start them
 */
public record BuildSettings(
        String compiler,
        String standard,
        Optional<String> kernelArch,
        String crossPrefix,
        int jobs,
        List<String> refused) {
    public BuildSettings {
        refused = List.copyOf(refused);
    }
}
