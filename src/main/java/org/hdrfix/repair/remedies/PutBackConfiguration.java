package org.hdrfix.repair.remedies;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.hdrfix.diagnosis.ConfigurationSource;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;
import org.hdrfix.tree.GeneratedConfiguration;
import org.hdrfix.tree.KernelRelease;

/**
 * Writes the generated configuration from the kernel's own .config. No config target runs and no compiler is asked: these
 * drop options that this machine's compiler does not have, and the tree would then describe a kernel that does not exist.
 */
public final class PutBackConfiguration implements Remedy {
    @Override
    public Set<String> cures() {
        return Set.of("missing-configuration");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        GeneratedConfiguration generated = diagnosis.inspection().configuration();
        if (generated.lost().isEmpty()) {
            return List.of();
        }
        KernelRelease release = diagnosis.inspection().tree().release();
        return ConfigurationSource.search(diagnosis.evidence()).source().stream()
                .flatMap(source -> generated.lost().stream().map(path -> step(path, source, release)))
                .toList();
    }

    private static RepairStep step(String path, ConfigurationSource source, KernelRelease release) {
        String text = path.equals(GeneratedConfiguration.HEADER)
                ? source.configuration().header(source.name())
                : source.configuration().makeInclude(source.name(), release);
        return new RepairStep.PutFile(path, "from " + source.name(), text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
