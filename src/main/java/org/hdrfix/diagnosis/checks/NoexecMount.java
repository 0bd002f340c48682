package org.hdrfix.diagnosis.checks;

import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Check;
import org.hdrfix.diagnosis.Evidence;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Rule;

/** Trees on a file system that is mounted so that nothing on it may be executed. The programs are not to blame. */
public final class NoexecMount implements Check {
    @Override
    public List<Finding> examine(Evidence evidence) {
        return evidence.platform().noexecMount(evidence.inspection().tree().root()).map(NoexecMount::finding).stream()
                .toList();
    }

    private static Finding finding(String mount) {
        Rule rule = Rule.of("noexec-mount");
        return new Finding(
                rule,
                rule.severity(),
                mount,
                "the tree lies on a file system mounted noexec",
                "",
                Optional.of(new Finding.Obstacle(
                        rule,
                        "nothing below " + mount + " can be executed: mount it with exec, or move the tree",
                        // Only a plain name can be typed without thinking about quotes.
                        isPlain(mount) ? Optional.of("sudo mount -o remount,exec " + mount) : Optional.empty())));
    }

    private static boolean isPlain(String mount) {
        return mount.chars()
                .allMatch(letter -> letter == '/'
                        || letter == '-'
                        || letter == '_'
                        || letter == '.'
                        || letter < 0x80 && Character.isLetterOrDigit(letter));
    }
}
