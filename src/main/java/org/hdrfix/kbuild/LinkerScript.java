package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Makes linker scripts in a stage: they are C sources to the preprocessor, and kbuild does no more with them either. */
public final class LinkerScript {
    private static final String OUTPUT = "linker-script";

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
        keepLog(stage, source, log);
        Optional<Path> output = stage.built(OUTPUT);
        if (status != 0 || output.isEmpty()) {
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

    private static void keepLog(Stage stage, String source, Path log) throws IOException {
        Optional<Path> written = Scratch.regular(stage.log());
        String text = written.isEmpty() ? "" : Files.readString(written.get(), StandardCharsets.ISO_8859_1);
        Files.writeString(
                log,
                "== preprocess " + source + "\n" + text,
                StandardCharsets.ISO_8859_1,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
