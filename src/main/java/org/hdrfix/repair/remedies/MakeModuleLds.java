package org.hdrfix.repair.remedies;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.Inspection;

/**
 * Makes scripts/module.lds as kbuild does (the kernel's scripts/Makefile.build, cmd_cpp_lds_S). What kbuild adds for the
 * compiler of the kernel's own machine is left out: scripts and headers ask for the configuration only, and the results
 * of gcc for x86-64, arm64 and arm were identical.
 */
public final class MakeModuleLds implements Remedy {
    private static final String PATH = "scripts/module.lds";
    private static final String COMPILER_VERSION = "include/linux/compiler-version.h";

    @Override
    public Set<String> cures() {
        return Set.of("missing-module-lds");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        return diagnosis.findings().stream()
                .filter(finding -> cures().contains(finding.rule().tag())
                        && finding.obstacle().isEmpty())
                .<RepairStep>map(
                        finding -> new RepairStep.Preprocess(PATH, PATH + ".S", arguments(diagnosis.inspection())))
                .toList();
    }

    private static List<String> arguments(Inspection inspection) {
        String arch = inspection.kernelArchitecture().orElseThrow().kernelArch();
        List<String> arguments = new ArrayList<>(List.of("-E", "-P", "-nostdinc"));
        for (String directory : List.of(
                "arch/" + arch + "/include",
                "arch/" + arch + "/include/generated",
                "include",
                "arch/" + arch + "/include/uapi",
                "arch/" + arch + "/include/generated/uapi",
                "include/uapi",
                "include/generated/uapi")) {
            arguments.add("-I" + directory);
        }
        if (inspection.has().test(COMPILER_VERSION)) {
            arguments.addAll(List.of("-include", COMPILER_VERSION));
        }
        arguments.addAll(List.of("-include", "include/linux/kconfig.h"));
        // Where ARCH is also a macro of the compiler, kbuild takes it away.
        arguments.addAll(List.of("-D__KERNEL__", "-U" + arch, "-D__ASSEMBLY__", "-DLINKER_SCRIPT"));
        return arguments;
    }
}
