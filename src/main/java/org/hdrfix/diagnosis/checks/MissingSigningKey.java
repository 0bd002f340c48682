package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;

/** Kernels whose modules are signed when they are installed, where the key is not: it never leaves the building machine. */
public final class MissingSigningKey implements Check {
    private static final String KEY = "certs/signing_key.pem";

    @Override
    public List<Finding> examine(Evidence evidence) {
        Set<String> enabled = evidence.inspection().enabled();
        boolean enforced = enabled.contains("CONFIG_MODULE_SIG_ALL")
                && enabled.contains("CONFIG_MODULE_SIG_FORCE")
                && evidence.inspection().programs().stream()
                        .anyMatch(program -> program.path().equals("scripts/sign-file"));
        // Where unsigned modules load, a key that is not here harms nobody.
        if (!enforced || evidence.inspection().has().test(KEY)) {
            return List.of();
        }
        Rule rule = Rule.of("missing-signing-key");
        return List.of(new Finding(
                rule,
                rule.severity(),
                KEY,
                "not in the tree, and this kernel loads signed modules only",
                "",
                Optional.of(new Finding.Obstacle(
                        rule, "sign with a key of your own that the kernel knows: mokutil(1)", Optional.empty()))));
    }
}
