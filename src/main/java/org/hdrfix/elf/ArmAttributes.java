package org.hdrfix.elf;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the section {@code .ARM.attributes} says (Addenda to, and Errata in, the ABI for the Arm Architecture), file
 * scope of vendor "aeabi" only.
 *
 * @param cpuArch Tag_CPU_arch: 6 is ARMv6, 9 is ARMv6K, 10 is ARMv7, 14 is ARMv8-A ...
 * @param profile Tag_CPU_arch_profile: 'A', 'R', 'M', 'S'
 * @param hardFloat from Tag_ABI_VFP_args: true where floats are passed in VFP registers
 */
public record ArmAttributes(OptionalInt cpuArch, Optional<Character> profile, boolean hardFloat) {}
