package org.hdrfix.proof;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.elf.KernelModule;
import org.hdrfix.tree.KernelRelease;

/**
 * What is known of the kernel that is to load a module.
 *
 * @param release the kernel's own, from the vermagic of its modules
 * @param modules some of its modules, by the name they are shown with
 * @param configuration what it was configured with
 * @param configurationPlace where that was read, or where it was looked for
 * @param signatures whether it refuses a module without a signature
 */
record Kernel(
        KernelRelease release,
        Map<String, KernelModule> modules,
        Optional<Configuration> configuration,
        String configurationPlace,
        SignaturePolicy signatures) {
    /** Its modules, in the order in which they were found. */
    List<KernelModule> all() {
        return List.copyOf(modules.values());
    }
}
