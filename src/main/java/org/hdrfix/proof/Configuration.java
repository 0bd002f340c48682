package org.hdrfix.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;
import org.hdrfix.file.Opening;
import org.hdrfix.platform.BoundedLines;

/**
 * The options that a kernel is configured with, by their name without {@code CONFIG_}, as the compiler gets them: {@code
 * FOO=y} is FOO with 1, {@code FOO=m} is FOO_MODULE with 1. Read from {@code .config}, {@code auto.conf} or {@code
 * autoconf.h}, which all say the same.
 *
 * @param options those that are set, without quotes
 * @param texts names of those whose value is a quoted text: the preprocessor cannot decide by one
 * @param source version of the kernel source, as kconfig notes it in the file's head ("6.1.192"); nothing where it is not
 *     there
 */
record Configuration(Map<String, String> options, TreeSet<String> texts, Optional<String> source) {
    /** The largest known has 12,000. */
    private static final int MOST_OPTIONS = 100_000;

    private static final Pattern SOURCE =
            Pattern.compile("(?:#| \\*) Linux/\\S+ (\\d+\\.\\d+(?:\\.\\d+)?)\\S* Kernel Configuration");

    private static final int LONGEST_LINE = 65_536;

    private static final String PREFIX = "CONFIG_";
    private static final String DEFINE = "#define " + PREFIX;
    private static final String MODULE = "_MODULE";

    /** The options of a file, gzipped where its name says so; nothing where it cannot be read, sets nothing, or has
     * more than any kernel's. */
    static Optional<Configuration> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream raw = Opening.stream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            BoundedLines lines = new BoundedLines(in, LONGEST_LINE, Prover.MOST_TEXT);
            Configuration found = parse(lines);
            // A part of a configuration is another one: what is too large is damaged.
            return lines.isCut() || found.options().isEmpty() ? Optional.empty() : Optional.of(found);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Configuration parse(BoundedLines lines) throws IOException {
        Map<String, String> options = new TreeMap<>();
        TreeSet<String> texts = new TreeSet<>();
        Optional<String> source = Optional.empty();
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (line.startsWith(DEFINE)) {
                int space = line.indexOf(' ', DEFINE.length());
                if (space > 0) {
                    put(options, texts, line.substring(DEFINE.length(), space), line.substring(space + 1));
                }
            } else if (line.startsWith(PREFIX)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    put(options, texts, line.substring(PREFIX.length(), equals), line.substring(equals + 1));
                }
            } else if (source.isEmpty() && options.isEmpty()) {
                Matcher head = SOURCE.matcher(line);
                source = head.matches() ? Optional.of(head.group(1)) : source;
            }
            if (options.size() > MOST_OPTIONS) {
                throw new IOException("more options than any configuration");
            }
        }
        return new Configuration(options, texts, source);
    }

    private static void put(Map<String, String> options, Set<String> texts, String name, String value) {
        if (value.equals("y")) {
            options.put(name, "1");
        } else if (value.equals("m")) {
            options.put(name + MODULE, "1");
        } else if (value.startsWith("\"")) {
            texts.add(name);
            options.put(name, value.substring(1, Math.max(1, value.length() - 1)));
        } else {
            options.put(name, value);
        }
    }

    boolean isOn(String name) {
        return "1".equals(options.get(name));
    }

    /** Which options differ in a way that can change what a module is; as "NAME=m (kernel: n)". */
    List<String> differences(Configuration kernel) {
        TreeSet<String> names = new TreeSet<>(options.keySet());
        names.addAll(kernel.options.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            boolean isText = texts.contains(name) || kernel.texts.contains(name);
            if (isText || value(name).equals(kernel.value(name))) {
                continue;
            }
            boolean isModule = name.endsWith(MODULE);
            String option = isModule ? name.substring(0, name.length() - MODULE.length()) : name;
            // One that is y here and m there differs under both of its names, and is told once.
            if (!Harmless.has(option) && !(isModule && names.contains(option))) {
                differences.add(option + "=" + shown(option) + " (kernel: " + kernel.shown(option) + ")");
            }
        }
        return differences;
    }

    private String shown(String option) {
        return isOn(option + MODULE) && !isOn(option) ? "m" : value(option);
    }

    /** Numbers in one spelling: hex ones come as 0 or as 0x0. */
    private String value(String name) {
        String value = options.get(name);
        if (value == null) {
            return "n";
        }
        if (value.equals("1")) {
            return "y";
        }
        try {
            return Long.toString(Long.decode(value));
        } catch (NumberFormatException e) {
            return value;
        }
    }

    /** The catalogue {@code configuration}. */
    private static final class Harmless {
        private static final List<Stanza> STANZAS = Deb822.resource("configuration");

        static boolean has(String name) {
            return STANZAS.stream()
                    .anyMatch(
                            stanza -> matches(stanza.words("Options"), name) && !matches(stanza.words("Except"), name));
        }

        private static boolean matches(List<String> patterns, String name) {
            return patterns.stream()
                    .anyMatch(pattern -> pattern.endsWith("*")
                            ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                            : name.equals(pattern));
        }
    }
}
