package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.tree.CompilerOption;

/**
 * Kernels that were built by a compiler whose options the one here does not know. Another version alone is no fault: only
 * options that the configuration is known to switch on are.
 */
public final class CompilerMismatch implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        List<CompilerOption> used = CompilerOption.all().stream()
                .filter(option -> evidence.inspection().enabled().contains(option.option()))
                .toList();
        if (used.isEmpty()) {
            return List.of();
        }
        OptionalInt gcc = moduleToolchain(evidence).gccVersion();
        if (gcc.isEmpty()) {
            return List.of();
        }
        return used.stream()
                .filter(option ->
                        option.gcc().isEmpty() || gcc.getAsInt() < option.gcc().getAsInt())
                // What clang built needs clang, whatever gcc would know of the rest.
                .limit(1)
                .map(option -> finding(option, gcc.getAsInt()))
                .toList();
    }

    private static Toolchain moduleToolchain(Evidence evidence) {
        Architecture userland = evidence.platform().userland();
        return evidence.inspection()
                .kernelArchitecture()
                .filter(kernel -> !kernel.kernelArch().equals(userland.kernelArch()))
                .map(kernel -> Toolchain.find(kernel, userland))
                .orElse(evidence.toolchain());
    }

    private static Finding finding(CompilerOption option, int gcc) {
        Rule rule = Rule.of("compiler-mismatch");
        boolean clang = option.gcc().isEmpty();
        String needed = clang ? "clang" : "gcc-" + option.gcc().getAsInt();
        return new Finding(
                rule,
                rule.severity(),
                "",
                "built by " + (clang ? "clang" : "gcc " + option.gcc().getAsInt() + " or later") + ", gcc here is "
                        + gcc + " and lacks " + option.flag(),
                "",
                Optional.of(new Finding.Obstacle(
                        rule,
                        "build modules with " + (clang ? "LLVM=1" : "CC=" + needed) + " on the make line",
                        Optional.of("sudo apt install " + needed))));
    }
}
