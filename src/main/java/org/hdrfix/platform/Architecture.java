package org.hdrfix.platform;

import java.nio.ByteOrder;
import java.util.List;
import org.hdrfix.elf.ElfClass;
import org.hdrfix.elf.ElfFile;

/**
 * One thing that programs are built for, told apart from its neighbours: a stanza of the catalogue
 * {@code architectures}.
 *
 * @param name dpkg's name ("arm64", "armhf"), see dpkg-architecture(1)
 * @param label what a person calls it ("x86-64", "ARM hard-float"); dpkg's name where there is nothing better
 * @param kernelArch kbuild's ARCH of the kernel it runs under ("arm64", "arm", "x86")
 * @param kernelConfigs options of .config that say a kernel is built for this machine ("CONFIG_ARM64")
 * @param triplet GNU triplet of Debian's cross compiler ("aarch64-linux-gnu")
 * @param elfClass class of its programs
 * @param order byte order of its programs
 * @param machine {@code e_machine}
 * @param flagsMask which bits of {@code e_flags} tell it from a neighbour; 0 when none do
 * @param flagsValue what these bits must be
 * @param loaders absolute paths of the loaders its programs name in PT_INTERP, glibc's first, then musl's
 * @param alsoRuns names of other architectures that its kernels usually run when their loader is installed
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
        List<String> alsoRuns) {
    public Architecture {
        kernelConfigs = List.copyOf(kernelConfigs);
        loaders = List.copyOf(loaders);
        alsoRuns = List.copyOf(alsoRuns);
    }

    /** Whether a file is built for this architecture, neighbours told apart as well as the file allows. */
    public boolean matches(ElfFile file) {
        throw new UnsupportedOperationException();
    }
}
