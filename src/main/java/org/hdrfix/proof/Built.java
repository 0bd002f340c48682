package org.hdrfix.proof;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.hdrfix.elf.KernelModule;

/**
 * What a tree makes of the probe.
 *
 * @param probe the module that was built
 * @param unresolved whether it was built only because modpost was told to let unknown symbols pass
 * @param layout CRC of the prototype of module_layout; nothing where genksyms gave none
 * @param versions the tree's Module.symvers
 * @param configuration what the tree is configured with
 * @param sources versions of the kernel source, as the tree's version.h and its .config have them ("6.1.192"); there a
 *     sublevel above 255 is 255, as LINUX_VERSION_CODE has it
 */
record Built(
        KernelModule probe,
        boolean unresolved,
        OptionalLong layout,
        Map<String, Long> versions,
        Optional<Configuration> configuration,
        List<String> sources) {
    Built {
        sources = List.copyOf(sources);
    }
}
