package org.hdrfix.tree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.hdrfix.file.Opening;
import org.hdrfix.platform.BoundedLines;

/**
 * The options of one kernel, from any of the files that hold them: {@code .config}, {@code /boot/config-RELEASE} and
 * {@code /proc/config.gz} as they are written by hand or by kconfig; {@code include/config/auto.conf}; and
 * {@code include/generated/autoconf.h} (the kernel's Documentation/kbuild/kconfig.rst, scripts/kconfig/confdata.c).
 *
 * @param values as they are written, by name ({@code CONFIG_MODULES}); in the file's order
 * @param source version of the kernel source, as kconfig notes it in the file's head ("6.1.192"); nothing where it is not
 *     there
 */
public record KernelConfiguration(Map<String, String> values, Optional<String> source) {
    /** 16 MiB: the largest configuration known has 0.3. */
    private static final int MOST_BYTES = 16 << 20;

    /** The largest known has 12,000. */
    private static final int MOST_OPTIONS = 100_000;

    /** CONFIG_SYSTEM_TRUSTED_KEYS and the like hold lists of paths. */
    private static final int LONGEST_LINE = 65_536;

    private static final Pattern SOURCE =
            Pattern.compile("(?:#| \\*) Linux/\\S+ (\\d+\\.\\d+(?:\\.\\d+)?)\\S* Kernel Configuration");

    /** What the name of every option begins with. */
    public static final String PREFIX = "CONFIG_";

    /** What the compiler gets behind the name of an option that is m. */
    public static final String MODULE = "_MODULE";

    private static final String DEFINE = "#define ";

    public KernelConfiguration {
        values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The configuration in a regular file, packed by gzip or not; nothing where it cannot be read, has no
     * option, or has more than any kernel's. */
    public static Optional<KernelConfiguration> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        Optional<String> source = Optional.empty();
        try (InputStream in = Opening.stream(file);
                InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            BoundedLines lines = new BoundedLines(text, LONGEST_LINE, MOST_BYTES);
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.startsWith(PREFIX)) {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        values.put(line.substring(0, equals), line.substring(equals + 1));
                    }
                } else if (line.startsWith(DEFINE + PREFIX)) {
                    define(line.substring(DEFINE.length()), values);
                } else if (source.isEmpty() && values.isEmpty()) {
                    Matcher head = SOURCE.matcher(line);
                    source = head.matches() ? Optional.of(head.group(1)) : source;
                }
                if (values.size() > MOST_OPTIONS) {
                    return Optional.empty();
                }
            }
            if (lines.isCut()) {
                // A part of a configuration is another one.
                return Optional.empty();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(new KernelConfiguration(values, source));
    }

    /** "CONFIG_X 1" is y or the number, "CONFIG_X_MODULE 1" is m: no header tells an option called X_MODULE from that. */
    private static void define(String definition, Map<String, String> values) {
        int space = definition.indexOf(' ');
        if (space > 0) {
            values.put(definition.substring(0, space), definition.substring(space + 1));
        }
    }

    /** {@code include/generated/autoconf.h}. */
    public String header(String source) {
        StringBuilder text = new StringBuilder("/*\n * Put back by hdrfix from " + source + ".\n */\n");
        values.forEach((name, value) -> {
            switch (value) {
                case "y" -> text.append(DEFINE + name + " 1\n");
                case "m" -> text.append(DEFINE + name + MODULE + " 1\n");
                default -> text.append(DEFINE + name + " " + value + "\n");
            }
        });
        return text.toString();
    }

    /**
     * {@code include/config/auto.conf}.
     *
     * @param release of the kernel: since 5.16 kconfig writes strings there without their quotation marks
     */
    public String makeInclude(String source, KernelRelease release) {
        boolean quoted = release.isBefore("5.16");
        StringBuilder text = new StringBuilder("#\n# Put back by hdrfix from " + source + ".\n#\n");
        values.forEach((name, value) -> text.append(name + "=" + (quoted ? value : unquoted(value)) + "\n"));
        return text.toString();
    }

    /**
     * An option that two files of one kernel tell apart, whatever the form in which each holds it; nothing where they
     * agree.
     */
    public Optional<String> contradiction(KernelConfiguration other) {
        Map<String, String> mine = plain();
        Map<String, String> theirs = other.plain();
        for (Map.Entry<String, String> entry : mine.entrySet()) {
            if (!entry.getValue().equals(theirs.get(entry.getKey()))) {
                return Optional.of(entry.getKey());
            }
        }
        return theirs.keySet().stream().filter(name -> !mine.containsKey(name)).findFirst();
    }

    /**
     * What the compiler gets, by name, whatever the file says it in: {@code CONFIG_X=y} is 1, {@code CONFIG_X=m} is 1 for
     * {@code CONFIG_X_MODULE}, texts have no quotes.
     */
    public Map<String, String> plain() {
        Map<String, String> plain = new TreeMap<>();
        values.forEach((name, value) -> {
            switch (value) {
                case "y" -> plain.put(name, "1");
                case "m" -> plain.put(name + MODULE, "1");
                // kconfig writes a hexadecimal 0 with its prefix in the header only.
                default -> plain.put(name, value.equals("0x0") ? "0" : unquoted(value));
            }
        });
        return plain;
    }

    private static String unquoted(String value) {
        if (value.length() < 2 || value.charAt(0) != '"' || !value.endsWith("\"")) {
            return value;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < value.length() - 1; i++) {
            boolean escapes = value.charAt(i) == '\\' && i + 1 < value.length() - 1;
            text.append(value.charAt(escapes ? ++i : i));
        }
        return text.toString();
    }
}
