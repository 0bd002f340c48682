package org.hdrfix.platform;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.elf.ArmAttributes;
import org.hdrfix.elf.ElfClass;
import org.hdrfix.elf.ElfFile;

/**
 * One thing that programs are built for, told apart from its neighbours: a stanza of the catalogue
 * {@code architectures}.
 *
 * @param name dpkg's name ("arm64", "armhf"), see dpkg-architecture(1)
 * @param label what a person calls it ("x86-64", "32-bit x86"); dpkg's name where there is nothing better
 * @param kernelArch kbuild's ARCH of the kernel it runs under ("arm64", "arm", "x86")
 * @param kernelConfigs options of .config that are all set in a kernel built for this machine ("CONFIG_ARM64")
 * @param triplet GNU triplet of Debian's cross compiler ("aarch64-linux-gnu")
 * @param elfClass class of its programs
 * @param order byte order of its programs
 * @param machine {@code e_machine}
 * @param flagsMask which bits of {@code e_flags} tell it from a neighbour; 0 when none do
 * @param flagsValue what these bits must be
 * @param loaders absolute paths of the loaders its programs name in PT_INTERP, glibc's first, then musl's
 * @param alsoRuns names of other architectures that its kernels usually run when their loader is installed
 * @param narrowConfig the option of .config without which a kernel of this machine runs no 32-bit programs
 * @param wideOnlyCpus processors of this machine that run no 32-bit programs, as /proc/cpuinfo names them: implementer
 *     and part ("0x46/0x001")
 */
public record Architecture(
        String name,
        String label,
        String kernelArch,
        List<String> kernelConfigs,
        String triplet,
        ElfClass elfClass,
        ByteOrder order,
        int machine,
        int flagsMask,
        int flagsValue,
        List<String> loaders,
        List<String> alsoRuns,
        Optional<String> narrowConfig,
        Set<String> wideOnlyCpus) {
    // arch/arm/include/asm/elf.h; the float bits have this meaning only in linked files of version 5 of the EABI.
    private static final int EF_ARM_EABIMASK = 0xff000000;
    private static final int EF_ARM_ABI_FLOAT_HARD = 0x400;
    private static final int EF_ARM_ABI_FLOAT = 0x600;

    public Architecture {
        kernelConfigs = List.copyOf(kernelConfigs);
        loaders = List.copyOf(loaders);
        alsoRuns = List.copyOf(alsoRuns);
        wideOnlyCpus = Set.copyOf(wideOnlyCpus);
    }

    /** Whether a file is built for this architecture, neighbours told apart as well as the file allows. */
    public boolean matches(ElfFile file) {
        if (!sharesMachine(file)) {
            return false;
        }
        return machine == ElfFile.EM_ARM ? matchesArm(file) : (file.flags() & flagsMask) == flagsValue;
    }

    /**
     * Whether class, byte order and machine are those of a file. Kernels look at little else, so that a program of an
     * architecture that differs in flags only (armel on armhf) is started, and its loader decides.
     */
    boolean sharesMachine(ElfFile file) {
        return elfClass == file.elfClass() && order == file.order() && machine == file.machine();
    }

    /**
     * Whether this architecture's kernel starts a file, whatever its loader makes of it: 32-bit ARM has one kernel for
     * all versions of the EABI (arch/arm64/include/asm/elf.h, compat_elf_check_arch()), and none now for what is older.
     */
    boolean starts(ElfFile file) {
        boolean arm = machine == ElfFile.EM_ARM && sharesMachine(file) && (file.flags() & EF_ARM_EABIMASK) != 0;
        return arm || matches(file);
    }

    boolean sharesMachine(Architecture other) {
        return elfClass == other.elfClass && order == other.order && machine == other.machine;
    }

    /** Debian's name of its library directory ("i386-linux-gnu"), which differs from the triplet for i386 alone. */
    public String multiarch() {
        return triplet.startsWith("i686-") ? "i386-" + triplet.substring("i686-".length()) : triplet;
    }

    /** A file that says nothing of how it passes floats fits armhf and armel alike. */
    private boolean matchesArm(ElfFile file) {
        if ((file.flags() & EF_ARM_EABIMASK) != (flagsValue & EF_ARM_EABIMASK)) {
            return false;
        }
        boolean hard = (flagsValue & EF_ARM_ABI_FLOAT_HARD) != 0;
        return hardFloat(file).map(fileIsHard -> fileIsHard == hard).orElse(true);
    }

    private static Optional<Boolean> hardFloat(ElfFile file) {
        int bits = file.flags() & EF_ARM_ABI_FLOAT;
        // Both bits at once mean nothing; in an object they are left over from older ABIs.
        if (!file.isObject() && bits != 0 && bits != EF_ARM_ABI_FLOAT) {
            return Optional.of(bits == EF_ARM_ABI_FLOAT_HARD);
        }
        // AAPCS: an absent Tag_ABI_VFP_args is the base standard, floats in core registers.
        Optional<Boolean> tag = file.arm().map(ArmAttributes::hardFloat);
        return tag.isPresent() ? tag : file.interpreter().flatMap(Architecture::hardFloatLoader);
    }

    private static Optional<Boolean> hardFloatLoader(String interpreter) {
        return switch (interpreter.substring(interpreter.lastIndexOf('/') + 1)) {
            case "ld-linux-armhf.so.3", "ld-musl-armhf.so.1" -> Optional.of(true);
            case "ld-linux.so.3", "ld-musl-arm.so.1" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
