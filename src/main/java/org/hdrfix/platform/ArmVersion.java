package org.hdrfix.platform;

import java.util.Optional;
import org.hdrfix.elf.ArmAttributes;

/**
 * The version of the ARM architecture that a program's code is for: Tag_CPU_arch of the build attributes (Addenda to,
 * and Errata in, the ABI for the Arm Architecture, 2.3.5).
 *
 * @param label as ARM writes it ("ARMv6T2")
 * @param number what /proc/cpuinfo calls a processor that runs it (6, 7, 8)
 */
record ArmVersion(String label, int number) {
    // By value of the tag. ARMv6T2 has Thumb-2, which no ARMv6 processor with an MMU has that Linux runs on: it takes
    // an
    // ARMv7. ARMv6K and ARMv6KZ cannot be told from ARMv6 by cpuinfo. Linux calls an ARMv9 "v8l".
    private static final ArmVersion[] BY_TAG = {
        new ArmVersion("ARM before v4", 3),
        new ArmVersion("ARMv4", 4),
        new ArmVersion("ARMv4T", 4),
        new ArmVersion("ARMv5T", 5),
        new ArmVersion("ARMv5TE", 5),
        new ArmVersion("ARMv5TEJ", 5),
        new ArmVersion("ARMv6", 6),
        new ArmVersion("ARMv6KZ", 6),
        new ArmVersion("ARMv6T2", 7),
        new ArmVersion("ARMv6K", 6),
        new ArmVersion("ARMv7", 7),
        new ArmVersion("ARMv6-M", 6),
        new ArmVersion("ARMv6S-M", 6),
        new ArmVersion("ARMv7E-M", 7),
        new ArmVersion("ARMv8-A", 8),
        new ArmVersion("ARMv8-R", 8),
        new ArmVersion("ARMv8-M baseline", 8),
        new ArmVersion("ARMv8-M mainline", 8),
        new ArmVersion("ARMv8.1-A", 8),
        new ArmVersion("ARMv8.2-A", 8),
        new ArmVersion("ARMv8.3-A", 8),
        new ArmVersion("ARMv8.1-M mainline", 8),
        new ArmVersion("ARMv9-A", 8),
    };

    /** What a file says; nothing where it does not say, or says a value that was not given out yet. */
    static Optional<ArmVersion> of(ArmAttributes attributes) {
        int tag = attributes.cpuArch().orElse(-1);
        return tag >= 0 && tag < BY_TAG.length ? Optional.of(BY_TAG[tag]) : Optional.empty();
    }

    boolean runsOn(int processor) {
        return number <= processor;
    }
}
