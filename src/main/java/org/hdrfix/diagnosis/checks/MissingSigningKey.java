package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.diagnosis.Severity;

/** Kernels whose modules are signed when they are installed, where the key is not: it never leaves the building machine. */
public final class MissingSigningKey implements Check {
    private static final String KEY = "certs/signing_key.pem";

    @Override
    public List<Finding> examine(Evidence evidence) {
        Set<String> enabled = evidence.inspection().enabled();
        boolean signs = enabled.contains("CONFIG_MODULE_SIG_ALL")
                && evidence.inspection().programs().stream()
                        .anyMatch(program -> program.path().equals("scripts/sign-file"));
        if (!signs || evidence.inspection().has().test(KEY)) {
            return List.of();
        }
        Rule rule = Rule.of("missing-signing-key");
        boolean enforced = enabled.contains("CONFIG_MODULE_SIG_FORCE");
        return List.of(new Finding(
                rule,
                enforced ? rule.severity() : Severity.NOTE,
                KEY,
                enforced
                        ? "not in the tree, and this kernel loads signed modules only"
                        : "not in the tree: modules stay unsigned, which is harmless",
                "",
                enforced
                        ? Optional.of(new Finding.Obstacle(
                                rule,
                                "sign with a key of your own that the kernel knows: mokutil(1)",
                                Optional.empty()))
                        : Optional.empty()));
    }
}
