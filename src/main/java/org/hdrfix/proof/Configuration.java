package org.hdrfix.proof;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;
import org.hdrfix.tree.KernelConfiguration;

/**
 * The options that a kernel is configured with, by their name without {@code CONFIG_}, as the compiler gets them: {@code
 * FOO=y} is FOO with 1, {@code FOO=m} is FOO_MODULE with 1.
 *
 * @param options those that are set, without quotes
 * @param texts names of those whose value is a quoted text: the preprocessor cannot decide by one
 * @param source version of the kernel source, as kconfig notes it in the file's head ("6.1.192"); nothing where it is not
 *     there
 */
record Configuration(Map<String, String> options, TreeSet<String> texts, Optional<String> source) {
    /** The options of a file, gzipped where its name says so; nothing where it cannot be read, sets nothing, or has
     * more than any kernel's. */
    static Optional<Configuration> read(Path file) {
        return KernelConfiguration.read(file).map(Configuration::of);
    }

    private static Configuration of(KernelConfiguration kernel) {
        Map<String, String> options = new TreeMap<>();
        kernel.plain().forEach((name, value) -> options.put(bare(name), value));
        TreeSet<String> texts = new TreeSet<>();
        kernel.values().forEach((name, value) -> {
            if (value.startsWith("\"")) {
                texts.add(bare(name));
            }
        });
        return new Configuration(options, texts, kernel.source());
    }

    private static String bare(String name) {
        return name.substring(KernelConfiguration.PREFIX.length());
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
            boolean isModule = name.endsWith(KernelConfiguration.MODULE);
            String option = isModule ? name.substring(0, name.length() - KernelConfiguration.MODULE.length()) : name;
            // One that is y here and m there differs under both of its names, and is told once.
            if (!Harmless.has(option) && !(isModule && names.contains(option))) {
                differences.add(option + "=" + shown(option) + " (kernel: " + kernel.shown(option) + ")");
            }
        }
        return differences;
    }

    private String shown(String option) {
        return isOn(option + KernelConfiguration.MODULE) && !isOn(option) ? "m" : value(option);
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
