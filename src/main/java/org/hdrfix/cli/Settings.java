package org.hdrfix.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.hdrfix.platform.InsideRoot;
import org.hdrfix.repair.BuildLimits;
import org.hdrfix.tree.HeaderTree;

/**
 * {@code ROOT/etc/hdrfix.conf}: lines {@code KEY = VALUE}, empty ones, and comments from {@code #} on. The command line wins over it. A line that is
 * not understood is a complaint, and as if it were not there; a file that is not there says nothing.
 *
 * @param auto what hooks do with a tree in which no module can be built
 * @param jobs how many compilers run at once, at most
 * @param memory MiB for all compilers together, at most
 * @param leftAlone releases and trees ({@code /usr/src/...}) that are repaired only when they are named; {@code *} is any
 *     text
 * @param complaints one sentence for each line that is not understood, with file and line
 */
record Settings(Auto auto, OptionalInt jobs, OptionalInt memory, List<String> leftAlone, List<String> complaints) {
    /** What hooks do. */
    enum Auto {
        /** Repair the tree. */
        REPAIR,
        /** Say that it is broken. */
        REPORT,
        /** Nothing, and say nothing. */
        OFF;

        /** By the word in the file. */
        static Optional<Auto> named(String word) {
            for (Auto auto : values()) {
                if (auto.name().equalsIgnoreCase(word)) {
                    return Optional.of(auto);
                }
            }
            return Optional.empty();
        }
    }

    private static final String FILE = "/etc/hdrfix.conf";

    /** 64 KiB: the one that the package brings has one. */
    private static final long MOST = 1 << 16;

    Settings {
        leftAlone = List.copyOf(leftAlone);
        complaints = List.copyOf(complaints);
    }

    /**
     * Reads the settings of a system.
     *
     * @param root absolute real path of its {@code /}
     */
    static Settings read(Path root) {
        Optional<Path> file = InsideRoot.resolve(root, FILE);
        if (file.isEmpty()) {
            return of("");
        }
        try {
            if (!Files.isRegularFile(file.get()) || Files.size(file.get()) > MOST) {
                return complaint("not a file of at most 64 KiB");
            }
            return of(new String(Files.readAllBytes(file.get()), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return complaint("cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** What hooks may change is not known where the file cannot be read: then nothing. */
    private static Settings complaint(String reason) {
        return new Settings(
                Auto.REPORT,
                OptionalInt.empty(),
                OptionalInt.empty(),
                List.of(),
                List.of(FILE + ": " + reason + "; trees are reported, not repaired"));
    }

    /** What a text says. */
    static Settings of(String text) {
        return new Reader().read(text);
    }

    /** Whether a tree is left alone unless it is named. */
    boolean leavesAlone(HeaderTree tree) {
        return leftAlone.stream()
                .anyMatch(pattern -> matches(pattern, tree.release().value()) || matches(pattern, tree.seenAs()));
    }

    /** Whether a text is a pattern's, in which * stands for any text. */
    private static boolean matches(String pattern, String text) {
        int star = pattern.indexOf('*');
        if (star < 0) {
            return pattern.equals(text);
        }
        if (!text.startsWith(pattern.substring(0, star))) {
            return false;
        }
        String rest = pattern.substring(star + 1);
        for (int at = star; at <= text.length(); at++) {
            if (matches(rest, text.substring(at))) {
                return true;
            }
        }
        return false;
    }

    private static final class Reader {
        private Auto auto = Auto.REPAIR;
        private OptionalInt jobs = OptionalInt.empty();
        private OptionalInt memory = OptionalInt.empty();
        private final List<String> leftAlone = new ArrayList<>();
        private final List<String> complaints = new ArrayList<>();
        private int number;

        Settings read(String text) {
            for (String line : text.split("\n", -1)) {
                number++;
                int comment = line.indexOf('#');
                String content = (comment < 0 ? line : line.substring(0, comment)).strip();
                int equals = content.indexOf('=');
                if (equals > 0) {
                    take(
                            content.substring(0, equals).strip(),
                            content.substring(equals + 1).strip());
                } else if (!content.isEmpty()) {
                    complain("\"" + content + "\" is not KEY = VALUE");
                }
            }
            return new Settings(auto, jobs, memory, leftAlone, complaints);
        }

        private void take(String key, String value) {
            switch (key) {
                case "auto" -> {
                    Optional<Auto> known = Auto.named(value);
                    if (known.isEmpty()) {
                        complain("auto is repair, report or off, not \"" + value + "\": trees are reported");
                    }
                    auto = known.orElse(Auto.REPORT);
                }
                case "jobs" -> jobs = number(key, value, 1);
                case "memory" -> memory = number(key, value, BuildLimits.EACH);
                case "leave-alone" -> {
                    for (String pattern : value.split("\\s+")) {
                        if (!pattern.isEmpty()) {
                            leftAlone.add(pattern);
                        }
                    }
                }
                default -> complain("unknown key \"" + key + "\"; there are auto, jobs, memory and leave-alone");
            }
        }

        private OptionalInt number(String key, String value, int least) {
            try {
                int number = Integer.parseInt(value);
                if (number >= least) {
                    return OptionalInt.of(number);
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            complain(key + " is a number, at least " + least + ", not \"" + value + "\"");
            return OptionalInt.empty();
        }

        private void complain(String what) {
            complaints.add(FILE + ":" + number + ": " + what);
        }
    }
}
