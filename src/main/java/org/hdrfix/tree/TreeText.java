package org.hdrfix.tree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.file.Opening;
import org.hdrfix.platform.BoundedLines;

/**
 * Reads the few small texts of a tree that say what it is for. The tree is not trusted: only regular files are opened
 * (a FIFO would block for ever), and only so many bytes of them are read.
 */
public final class TreeText {
    /** 16 MiB: the largest .config known has 0.3. */
    private static final long MOST_BYTES = 16L << 20;

    /** No option that is asked for comes near it. */
    private static final int LONGEST_LINE = 1024;

    private TreeText() {}

    /** The first line of a file, trimmed, up to its first white space; nothing where it is missing or empty. */
    static Optional<String> firstLine(Path file) {
        return head(file, 256).map(text -> text.strip().split("\\s", 2)[0]).filter(line -> !line.isEmpty());
    }

    /** The string that a {@code #define NAME "..."} gives. */
    static Optional<String> quoted(Path file, String name) {
        return head(file, 4096).flatMap(text -> {
            int at = text.indexOf(name + " \"");
            int from = at + name.length() + 2;
            int to = at < 0 ? -1 : text.indexOf('"', from);
            return to <= from
                    ? Optional.empty()
                    : Optional.of(text.substring(from, to).replaceAll("\\s", "_"));
        });
    }

    /** The first bytes of a regular file as Latin-1, so that every byte is one character. */
    public static Optional<String> head(Path file, int bytes) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Opening.stream(file)) {
            return Optional.of(new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Which of the wanted options a file in the format of .config sets to y. */
    static Set<String> enabled(Path file, Set<String> wanted) {
        Set<String> enabled = new HashSet<>();
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                return enabled;
            }
            try (InputStream in = Opening.stream(file)) {
                BoundedLines lines = new BoundedLines(in, LONGEST_LINE, MOST_BYTES);
                for (String line = lines.next(); line != null; line = lines.next()) {
                    if (line.endsWith("=y") && wanted.contains(line.substring(0, line.length() - 2))) {
                        enabled.add(line.substring(0, line.length() - 2));
                    }
                }
            }
        } catch (IOException e) {
            // What cannot be read enables nothing.
        }
        return enabled;
    }
}
