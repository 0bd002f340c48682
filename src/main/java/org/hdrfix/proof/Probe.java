package org.hdrfix.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.hdrfix.elf.KernelModule;
import org.hdrfix.elf.KernelModuleReader;
import org.hdrfix.kbuild.CopyStage;
import org.hdrfix.kbuild.LiveStage;
import org.hdrfix.kbuild.Stage;
import org.hdrfix.kbuild.StageException;
import org.hdrfix.platform.BoundedLines;
import org.hdrfix.tree.HeaderTree;

/**
 * Builds the probe module against a tree as a person would build theirs, and beside it an object whose only use is the
 * CRC that genksyms gives a prototype of module_layout. The tree's makefiles run jailed; the tree is not written to.
 */
final class Probe {
    private static final String PROBE = "hdrfix_probe";
    private static final String LAYOUT = "hdrfix_layout";
    private static final String AGAIN = "hdrfix: again";
    private static final String ALONG = "hdrfix-along";

    /** Trees that include others by absolute paths build only where those lie. */
    private static final String IN_A_COPY =
            " (in a copy of the tree: building in the tree itself takes root and private namespaces)";

    /** 4 MiB, in bytes; a probe's build says some 1,000. */
    private static final int MOST_OUTPUT = 4 << 20;

    private static final int MOST_LINE = 300;

    private static final int MOST_LINES = 20_000;

    private final Path root;
    private final HeaderTree tree;
    private final Consumer<String> log;

    Probe(Path root, HeaderTree tree, Consumer<String> log) {
        this.root = root;
        this.tree = tree;
        this.log = log;
    }

    /** The probe did not become a module; the message is the first complaint of the build. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    /**
     * Builds it.
     *
     * @param settings what goes on make's command line: ARCH=, CROSS_COMPILE=, LLVM=
     * @param compiler the compiler for the kernel's machine, where the one that the tree's makefiles name is not here
     */
    Built build(List<String> settings, String compiler) throws IOException, FailedException {
        try (Stage stage = stage()) {
            if (!stage.runsMakefiles()) {
                throw new FailedException(
                        "private namespaces are not to be had, and no makefile of a tree runs without them");
            }
            log.accept("proof: building in " + stage.description() + ": make " + String.join(" ", settings));
            stage.run(script(settings, compiler), false, line -> log.accept("proof: " + line));
            List<String> output = lines(stage.built("log"));
            output.forEach(line -> log.accept("proof: " + line));
            Optional<Path> module = stage.built("probe/" + PROBE + ".ko");
            if (module.isEmpty()) {
                throw new FailedException(complaint(output) + (stage instanceof CopyStage ? IN_A_COPY : ""));
            }
            if (!(KernelModuleReader.read(module.get()) instanceof KernelModule probe)) {
                throw new FailedException("what was built is no module");
            }
            return new Built(
                    probe,
                    stage.built("unresolved").isPresent(),
                    layout(stage),
                    SymbolVersions.read(tree.root().resolve("Module.symvers")),
                    configuration(),
                    sources());
        }
    }

    private Stage stage() throws IOException {
        try {
            Stage stage = new LiveStage(root, tree.root());
            try {
                if (stage.run(":", false, line -> log.accept("stage: " + line)) != 0) {
                    throw new StageException("nothing can be started in them");
                }
                return stage;
            } catch (StageException e) {
                stage.close();
                throw e;
            }
        } catch (StageException e) {
            log.accept("no namespaces (" + e.getMessage() + "): the tree is copied instead");
            return new CopyStage(tree.root());
        }
    }

    private String script(List<String> settings, String compiler) throws IOException {
        StringBuilder script = new StringBuilder("exec >\"$OUT/log\" 2>&1\nmkdir \"$OUT/probe\" \"$OUT/layout\"\n");
        // The object goes along: a make of its own would ask the compiler for all its options again, which is 500
        // processes and, on a slow board, as long as the object itself.
        put(
                script,
                "probe/Kbuild",
                "obj-m := " + PROBE + ".o\nlayout := $(dir $(KBUILD_EXTMOD))layout\n$(obj)/" + PROBE + ".o: | "
                        + ALONG + "\n.PHONY: " + ALONG + "\n" + ALONG + ":\n\t@$(MAKE) $(build)=$(layout) $(layout)/"
                        + LAYOUT + ".o >$(layout)/log 2>&1 || :\n");
        put(script, "probe/" + PROBE + ".c", resource(PROBE + ".c"));
        put(script, "layout/Kbuild", "obj-m := " + LAYOUT + ".o\n");
        put(script, "layout/" + LAYOUT + ".c", resource(LAYOUT + ".c"));
        put(script, "layout/" + LAYOUT + ".h", resource(LAYOUT + ".h"));
        // BTF is left out: a module loads without it, and pahole is seldom there.
        script.append("cc=\nbuild() { make --no-print-directory " + String.join(" ", settings)
                + " $cc CONFIG_DEBUG_INFO_BTF_MODULES= \"$@\"; }\n"
                + "build M=\"$OUT/probe\" modules || {\n"
                // Debian's trees name the compiler with its version.
                + "  grep -q -E '(gcc|clang)[-0-9.]*: (not found|No such file)' \"$OUT/log\" &&\n"
                + "    cc=CC=" + compiler + " && echo '" + AGAIN + "' && build M=\"$OUT/probe\" modules\n"
                + "} || {\n"
                + "  grep -q 'undefined!' \"$OUT/log\" &&\n"
                + "    echo '" + AGAIN
                + "' && build KBUILD_MODPOST_WARN=1 M=\"$OUT/probe\" modules && echo yes >\"$OUT/unresolved\"\n"
                + "} || exit 1\n"
                + "cat \"$OUT/layout/log\"\n"
                + "if [ -e \"$OUT/layout/" + LAYOUT + ".o\" ]; then echo 'hdrfix: one make'\n"
                + "else build M=\"$OUT/layout\" " + LAYOUT + ".o; fi\n");
        return script.toString();
    }

    private static void put(StringBuilder script, String path, String text) {
        script.append("cat >\"$OUT/" + path + "\" <<'END_OF_FILE'\n" + text + "END_OF_FILE\n");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Probe.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + ": not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * From 5.19 on kbuild writes what genksyms says to the .cmd file; before, the linker puts it into the object
     * (scripts/Makefile.build).
     */
    private static OptionalLong layout(Stage stage) throws IOException {
        String start = "#SYMVER module_layout 0x";
        for (String line : lines(stage.built("layout/." + LAYOUT + ".o.cmd"))) {
            if (line.startsWith(start)) {
                return crc(line.substring(start.length()).strip());
            }
        }
        Optional<Path> object = stage.built("layout/" + LAYOUT + ".o");
        if (object.isPresent() && KernelModuleReader.read(object.get()) instanceof KernelModule module) {
            Long crc = module.exports().get("module_layout");
            return crc == null ? OptionalLong.empty() : OptionalLong.of(crc);
        }
        return OptionalLong.empty();
    }

    private static OptionalLong crc(String hex) {
        try {
            return OptionalLong.of(Long.parseLong(hex, 16) & 0xffffffffL);
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** What the compiler gets is autoconf.h; the others are what it was made from. */
    private Optional<Configuration> configuration() {
        for (String path : List.of("include/generated/autoconf.h", "include/config/auto.conf", ".config")) {
            Optional<Configuration> found = Configuration.read(tree.root().resolve(path));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private List<String> sources() {
        List<String> sources = new ArrayList<>();
        SourceVersion.of(tree.root()).ifPresent(sources::add);
        Configuration.read(tree.root().resolve(".config"))
                .flatMap(Configuration::source)
                .map(SourceVersion::coded)
                .ifPresent(sources::add);
        return sources;
    }

    /** The lines of a file that a build wrote, as far as they are read. */
    private static List<String> lines(Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            return List.of();
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            List<String> lines = new ArrayList<>();
            BoundedLines reader = new BoundedLines(in, MOST_LINE, MOST_OUTPUT);
            for (String line = reader.next(); line != null && lines.size() < MOST_LINES; line = reader.next()) {
                lines.add(line);
            }
            return lines;
        }
    }

    /** The first line of the last try that complains, where make's own "Error 1" says only that something did. */
    private static String complaint(List<String> log) {
        List<String> output = log.subList(log.lastIndexOf(AGAIN) + 1, log.size());
        for (String line : output) {
            String lower = line.toLowerCase(java.util.Locale.ROOT);
            boolean complains = lower.contains("error:")
                    || lower.contains("fatal")
                    || lower.contains("not found")
                    || lower.contains("no such file")
                    || lower.contains("no rule to make")
                    || lower.contains("undefined!")
                    || lower.contains("cannot execute")
                    || lower.contains("invalid option")
                    || line.contains("***");
            if (complains && !line.startsWith("warning:")) {
                return line.strip();
            }
        }
        return output.isEmpty()
                ? "make said nothing, or far too much"
                : output.get(output.size() - 1).strip();
    }
}
