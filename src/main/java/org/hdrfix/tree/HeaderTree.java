package org.hdrfix.tree;

import java.nio.file.Path;
import java.util.List;

/**
 * One unpacked kernel headers directory.
 *
 * @param root absolute real path on this machine
 * @param seenAs its path in the system that is judged ({@code /usr/src/linux-headers-6.1.0})
 * @param release the kernel it is for
 * @param layout how it is laid out
 * @param modulesLinks releases whose {@code /lib/modules/RELEASE/build} leads here
 */
public record HeaderTree(
        Path root, String seenAs, KernelRelease release, TreeLayout layout, List<String> modulesLinks) {
    public HeaderTree {
        modulesLinks = List.copyOf(modulesLinks);
    }
}
