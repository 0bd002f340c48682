package org.hdrfix.diagnosis;

import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.platform.Architecture;
import org.hdrfix.tree.ElfConfig;
import org.hdrfix.tree.Inspection;
import org.hdrfix.tree.TreeObject;

/**
 * With which {@code elfconfig.h} modpost has to be compiled for this system. The one in the tree was written on the machine
 * that built the headers: its HOST_ELFDATA is that machine's, and a modpost compiled with the wrong one reads every number
 * of an object backwards.
 */
public final class ModpostSettings {
    private static final String KERNEL_OBJECT = "scripts/mod/empty.o";

    private ModpostSettings() {}

    /** The one to compile with, where it is not what the tree has; nothing where the tree's will do. */
    public static Optional<ElfConfig> correction(Evidence evidence) {
        Inspection inspection = evidence.inspection();
        Optional<ElfConfig> shipped = ElfConfig.of(inspection.tree());
        if (shipped.isEmpty() && !isKnown(inspection)) {
            return Optional.empty();
        }
        Architecture userland = evidence.platform().userland();
        ElfConfig right = withKernel(shipped.orElse(new ElfConfig(Map.of())), inspection)
                .withHost(userland.elfClass(), userland.order());
        return shipped.isPresent() && right.agreesWith(shipped.get()) ? Optional.empty() : Optional.of(right);
    }

    /** Whether the tree says what its kernel's objects are, so that the file can be written where it is missing. */
    static boolean isKnown(Inspection inspection) {
        return inspection.kernelArchitecture().isPresent()
                || kernelObject(inspection).isPresent();
    }

    private static ElfConfig withKernel(ElfConfig config, Inspection inspection) {
        // The configuration first: who runs make in a tree with the wrong ARCH gets an object of the wrong machine.
        return inspection
                .kernelArchitecture()
                .map(kernel -> config.withKernel(kernel.elfClass(), order(kernel, inspection)))
                .or(() -> kernelObject(inspection).map(object -> config.withKernel(object.elfClass(), object.order())))
                .orElse(config);
    }

    /** ARM's and MIPS's kernels come in both orders; the catalogue has no name for ARM's big one, which Debian never had. */
    private static ByteOrder order(Architecture kernel, Inspection inspection) {
        return inspection.enabled().contains("CONFIG_CPU_BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : kernel.order();
    }

    private static Optional<ElfFile> kernelObject(Inspection inspection) {
        return inspection.objects().stream()
                .filter(object -> object.path().equals(KERNEL_OBJECT) && object.kind() == TreeObject.Kind.KERNEL)
                .map(TreeObject::elf)
                .findFirst();
    }
}
