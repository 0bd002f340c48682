package org.hdrfix.diagnosis.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;

/** Files that are newer than this machine's clock, as on boards that start without one: make builds again and again. */
public final class FilesFromTheFuture implements Check {
    /** Relative to the tree: what make compares others with. */
    private static final List<String> COMPARED =
            List.of("Makefile", ".config", "include/config/auto.conf", "include/generated/autoconf.h");

    /** A clock that is set over a network may be some seconds late. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    @Override
    public List<Finding> examine(Evidence evidence) {
        Rule rule = Rule.of("files-from-the-future");
        Instant now = Instant.now();
        return COMPARED.stream()
                .filter(path -> isAfter(evidence.inspection().tree().root().resolve(path), now.plus(TOLERANCE)))
                .map(path -> new Finding(
                        rule,
                        rule.severity(),
                        path,
                        "newer than this system's clock, which says "
                                + now.toString().substring(0, 10),
                        "",
                        Optional.of(new Finding.Obstacle(
                                rule, "the clock has to be set", Optional.of("sudo timedatectl set-ntp true")))))
                .toList();
    }

    private static boolean isAfter(Path file, Instant time) {
        try {
            return Files.exists(file)
                    && Files.getLastModifiedTime(file).toInstant().isAfter(time);
        } catch (IOException e) {
            return false;
        }
    }
}
