package org.hdrfix.repair.remedies;

import java.util.List;
import java.util.Set;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.checks.MissingModuleLds;
import org.hdrfix.platform.Architecture;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;

/**
 * Makes scripts/module.lds of its source, with the tree's own headers and configuration, as kbuild's cpp_lds_S does. Only
 * the preprocessor runs, so that any machine's compiler gives the same text.
 */
public final class PreprocessModuleLds implements Remedy {
    @Override
    public Set<String> cures() {
        return Set.of("missing-module-lds");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        boolean curable = diagnosis.findings().stream()
                .anyMatch(finding -> cures().contains(finding.rule().tag())
                        && finding.obstacle().isEmpty());
        return diagnosis.inspection().kernelArchitecture().stream()
                .filter(architecture -> curable)
                .map(Architecture::kernelArch)
                .<RepairStep>map(arch -> new RepairStep.Preprocess(
                        MissingModuleLds.SCRIPT,
                        List.of(
                                "-nostdinc",
                                "-Iarch/" + arch + "/include",
                                "-Iarch/" + arch + "/include/generated",
                                "-Iinclude",
                                "-Iarch/" + arch + "/include/uapi",
                                "-Iarch/" + arch + "/include/generated/uapi",
                                "-Iinclude/uapi",
                                "-Iinclude/generated/uapi",
                                "-include",
                                "include/linux/kconfig.h",
                                "-D__KERNEL__",
                                // The text has the architecture's name in it, which some compilers define as 1.
                                "-U" + arch,
                                // 6.15 renamed the one to the other.
                                "-D__ASSEMBLY__",
                                "-D__ASSEMBLER__",
                                "-DLINKER_SCRIPT",
                                "-xassembler-with-cpp",
                                MissingModuleLds.SCRIPT + ".S"),
                        "SECTIONS"))
                .toList();
    }
}
