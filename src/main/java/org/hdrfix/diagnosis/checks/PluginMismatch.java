package org.hdrfix.diagnosis.checks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.elf.ElfReader;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.Architectures;

/** Plugins of gcc that were built for another machine: the compiler stops at the first module. */
public final class PluginMismatch implements Check {
    private static final String DIRECTORY = "scripts/gcc-plugins/";

    @Override
    public List<Finding> examine(Evidence evidence) {
        List<Finding> findings = new ArrayList<>();
        if (!evidence.inspection().enabled().contains("CONFIG_GCC_PLUGINS")) {
            return findings;
        }
        for (String path : evidence.inspection().plugins()) {
            if (path.startsWith(DIRECTORY)) {
                foreign(path, evidence).ifPresent(elf -> findings.add(finding(path, elf, evidence)));
            }
        }
        return findings;
    }

    private static Optional<ElfFile> foreign(String path, Evidence evidence) {
        Architecture userland = evidence.platform().userland();
        try {
            return ElfReader.read(evidence.inspection().tree().root().resolve(path)) instanceof ElfFile elf
                            && !userland.matches(elf)
                    ? Optional.of(elf)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Finding finding(String path, ElfFile elf, Evidence evidence) {
        Rule rule = Rule.of("plugin-mismatch");
        return new Finding(
                rule,
                rule.severity(),
                path,
                "plugin built for " + Architectures.describe(elf) + ", this system is "
                        + evidence.platform().userland().name(),
                "loaded by gcc for every module",
                Optional.of(new Finding.Obstacle(
                        rule,
                        "a plugin is built by the gcc that loads it, with g++ and gcc-plugin-dev of that version",
                        evidence.toolchain().gccVersion().isPresent()
                                ? Optional.of("sudo apt install g++ gcc-"
                                        + evidence.toolchain().gccVersion().getAsInt() + "-plugin-dev")
                                : Optional.empty())));
    }
}
