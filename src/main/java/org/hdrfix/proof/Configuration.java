package org.hdrfix.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;
import org.hdrfix.platform.BoundedLines;

/**
 * The options that a kernel is configured with, by their name without {@code CONFIG_}, as the compiler gets them: {@code
 * FOO=y} is FOO with 1, {@code FOO=m} is FOO_MODULE with 1. Read from {@code .config}, {@code auto.conf} or {@code
 * autoconf.h}, which all say the same.
 *
 * @param options those that are set, without quotes
 * @param texts names of those whose value is a quoted text: the preprocessor cannot decide by one
 */
record Configuration(Map<String, String> options, TreeSet<String> texts) {
    /** 16 MiB: the largest known has 0.3. */
    private static final long MOST_BYTES = 16L << 20;

    /** 6.12 has 20,000. */
    private static final int MOST_OPTIONS = 65_536;

    private static final int LONGEST_LINE = 65_536;

    private static final String PREFIX = "CONFIG_";
    private static final String DEFINE = "#define " + PREFIX;
    private static final String MODULE = "_MODULE";

    /** The options of a file, gzipped where its name says so; nothing where it cannot be read or sets nothing. */
    static Optional<Configuration> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return Optional.of(parse(new BoundedLines(in, LONGEST_LINE, MOST_BYTES)))
                    .filter(found -> !found.options().isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Configuration parse(BoundedLines lines) throws IOException {
        Configuration found = new Configuration(new TreeMap<>(), new TreeSet<>());
        for (String line = lines.next(); line != null && found.options.size() < MOST_OPTIONS; line = lines.next()) {
            if (line.startsWith(DEFINE)) {
                int space = line.indexOf(' ', DEFINE.length());
                if (space > 0) {
                    found.put(line.substring(DEFINE.length(), space), line.substring(space + 1));
                }
            } else if (line.startsWith(PREFIX)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    found.put(line.substring(PREFIX.length(), equals), line.substring(equals + 1));
                }
            }
        }
        return found;
    }

    private void put(String name, String value) {
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

    /** Which options differ in a way that can change what a module is; "NAME=y (kernel: n)". */
    List<String> differences(Configuration kernel) {
        TreeSet<String> names = new TreeSet<>(options.keySet());
        names.addAll(kernel.options.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            String here = value(name);
            String there = kernel.value(name);
            boolean isText = texts.contains(name) || kernel.texts.contains(name);
            if (!isText && !here.equals(there) && !Harmless.has(name)) {
                differences.add(name + "=" + here + " (kernel: " + there + ")");
            }
        }
        return differences;
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
