package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes linker scripts in a stage: they are C sources to the preprocessor, and kbuild does no more with them either. */
public final class LinkerScript {
    private static final String OUTPUT = "linker-script";

    /** That of 6.12 has 1.5 kB. */
    private static final long MOST_BYTES = 1L << 20;

    private LinkerScript() {}

    /**
     * Preprocesses a linker script of the tree.
     *
     * @param compiler absolute path; of any machine, since the script sees the kernel's configuration and no type
     * @param source relative to the tree
     * @param arguments of the preprocessor, without source and output
     * @param log where what the compiler says is added
     * @return nothing where the compiler fails, or where what it made is no linker script
     */
    public static Optional<byte[]> make(Stage stage, String compiler, String source, List<String> arguments, Path log)
            throws IOException {
        String command = compiler + " " + String.join(" ", arguments) + " -o \"$OUT/" + OUTPUT + "\" " + source;
        int status = stage.run("exec >\"$OUT/log\" 2>&1\n" + command + "\n", false, line -> {});
        Scratch.appendLog(stage.built("log"), "== preprocess " + source, log);
        Optional<Path> output = stage.built(OUTPUT);
        if (status != 0 || output.isEmpty() || Files.size(output.get()) > MOST_BYTES) {
            return Optional.empty();
        }
        byte[] content = Files.readAllBytes(output.get());
        return isLinkerScript(new String(content, StandardCharsets.ISO_8859_1))
                ? Optional.of(content)
                : Optional.empty();
    }

    /** Whether it has sections, and no directive that the preprocessor should have taken. */
    private static boolean isLinkerScript(String text) {
        return text.contains("SECTIONS") && text.lines().noneMatch(line -> line.startsWith("#"));
    }
}
