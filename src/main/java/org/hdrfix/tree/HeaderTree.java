package org.hdrfix.tree;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One unpacked kernel headers directory.
 *
 * @param root absolute real path on this machine
 * @param seenAs its path in the system that is judged ({@code /usr/src/linux-headers-6.1.0})
 * @param release the kernel it is for
 * @param layout how it is laid out
 * @param kernel the installed kernel of that release, where it is the only tree for it
 * @param modulesLinks releases whose {@code /lib/modules/RELEASE/build} leads here
 */
public record HeaderTree(
        Path root,
        String seenAs,
        KernelRelease release,
        TreeLayout layout,
        Optional<InstalledKernel> kernel,
        List<String> modulesLinks) {
    public HeaderTree {
        modulesLinks = List.copyOf(modulesLinks);
    }

    HeaderTree of(InstalledKernel installed) {
        return new HeaderTree(root, seenAs, release, layout, Optional.of(installed), modulesLinks);
    }
}
