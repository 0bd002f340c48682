package org.hdrfix.hook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hdrfix.tree.KernelRelease;

/**
 * What hooks leave behind: {@code /var/log/hdrfix/RELEASE.log} with what was done to a tree, {@code /var/lib/hdrfix/hooks/last} with the outcome
 * of the last run that had something to judge, and {@code hooks/dkms/RELEASE} for each kernel whose modules DKMS still has to
 * build. The script {@code /usr/libexec/hdrfix/hook} reads the last, and writes {@code hooks/healthy}.
 *
 * <p>A disk that is full must not fail the package run: what cannot be written is left out.
 */
public final class HookRecord {
    private static final int MOST = 1 << 16;

    private final Path root;

    /**
     * The records of a system.
     *
     * @param root absolute real path of its {@code /}
     */
    public HookRecord(Path root) {
        this.root = root;
    }

    /** The last run: when and by whom, and a line for each tree that was in doubt. */
    public record Last(String when, String event, List<String> outcomes) {
        public Last {
            outcomes = List.copyOf(outcomes);
        }
    }

    /** Adds what was done to a tree to its log. */
    public void log(KernelRelease release, String event, String text) {
        try {
            Path log = Files.createDirectories(root.resolve("var/log/hdrfix")).resolve(file(release) + ".log");
            Files.writeString(
                    log,
                    now() + " " + event + "\n" + text,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            // See above.
        }
    }

    /** Notes how a run ended. */
    public void ended(String event, List<String> outcomes) {
        StringBuilder text = new StringBuilder(now()).append('\n').append(event).append('\n');
        outcomes.forEach(line -> text.append(line).append('\n'));
        try {
            Path last = Files.createDirectories(state()).resolve("last");
            Path fresh = last.resolveSibling("last.new");
            Files.writeString(fresh, text);
            Files.move(fresh, last, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // See above.
        }
    }

    /** Notes that DKMS has to build its modules for a kernel. */
    public void modulesAreDue(KernelRelease release) {
        try {
            Files.writeString(Files.createDirectories(state().resolve("dkms")).resolve(file(release)), "");
        } catch (IOException e) {
            // See above.
        }
    }

    /** The last run that had something to judge. */
    public Optional<Last> last() {
        return lines("last")
                .filter(lines -> lines.size() >= 2)
                .map(lines -> new Last(lines.get(0), lines.get(1), lines.subList(2, lines.size())));
    }

    /** The last run that found nothing to judge. */
    public Optional<Last> healthy() {
        Optional<List<String>> lines = lines("healthy");
        try {
            Instant when = Files.getLastModifiedTime(state().resolve("healthy")).toInstant();
            return lines.filter(list -> !list.isEmpty())
                    .map(list -> new Last(when.truncatedTo(ChronoUnit.SECONDS).toString(), list.get(0), List.of()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<List<String>> lines(String name) {
        Path file = state().resolve(name);
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MOST) {
                return Optional.empty();
            }
            return Optional.of(new ArrayList<>(
                    List.of(Files.readString(file, StandardCharsets.UTF_8).split("\n"))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Path state() {
        return root.resolve("var/lib/hdrfix/hooks");
    }

    private static String file(KernelRelease release) {
        return release.value().replace('/', '_');
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
