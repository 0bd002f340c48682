package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.ConfigurationSource;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;

/** The generated configuration, lost by a failed "make scripts" or never shipped. */
public final class MissingConfiguration implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        List<String> lost = evidence.inspection().configuration().lost();
        if (lost.isEmpty()) {
            return List.of();
        }
        Rule rule = Rule.of("missing-configuration");
        ConfigurationSource.Search search = ConfigurationSource.search(evidence);
        Optional<Finding.Obstacle> obstacle = search.source().isPresent()
                ? Optional.empty()
                : Optional.of(new Finding.Obstacle(rule, search.reason(), Optional.empty()));
        String note = search.source()
                .map(source -> "can be put back from " + source.name())
                .orElse("");
        return lost.stream()
                .map(path -> new Finding(rule, rule.severity(), path, "not in the tree", note, obstacle))
                .toList();
    }
}
