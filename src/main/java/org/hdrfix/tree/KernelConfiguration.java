package org.hdrfix.tree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.hdrfix.file.Opening;
import org.hdrfix.platform.BoundedLines;

/**
 * The options of one kernel, from any of the files that hold them: {@code .config}, {@code /boot/config-RELEASE} and
 * {@code /proc/config.gz} as they are written by hand or by kconfig; {@code include/config/auto.conf}; and
 * {@code include/generated/autoconf.h} (the kernel's Documentation/kbuild/kconfig.rst, scripts/kconfig/confdata.c).
 *
 * @param values as they are written, by name ({@code CONFIG_MODULES}); in the file's order
 */
public record KernelConfiguration(Map<String, String> values) {
    /** 16 MiB: the largest configuration known has 0.3. */
    private static final int MOST_BYTES = 16 << 20;

    /** The largest known has 12,000. */
    private static final int MOST_OPTIONS = 100_000;

    /** CONFIG_SYSTEM_TRUSTED_KEYS and the like hold lists of paths. */
    private static final int LONGEST_LINE = 65_536;

    private static final String DEFINE = "#define ";
    private static final String OPTION = "CONFIG_";
    private static final String MODULE = "_MODULE";

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
        try (InputStream in = Opening.stream(file);
                InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            BoundedLines lines = new BoundedLines(text, LONGEST_LINE, MOST_BYTES);
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.startsWith(OPTION)) {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        values.put(line.substring(0, equals), line.substring(equals + 1));
                    }
                } else if (line.startsWith(DEFINE + OPTION)) {
                    define(line.substring(DEFINE.length()), values);
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
        return values.isEmpty() ? Optional.empty() : Optional.of(new KernelConfiguration(values));
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

    private Map<String, String> plain() {
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
