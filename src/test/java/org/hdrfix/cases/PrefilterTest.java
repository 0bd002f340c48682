package org.hdrfix.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.elf.ElfSpecimen;
import org.hdrfix.platform.Platform;
import org.hdrfix.platform.PlatformReader;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.tree.CompilerOption;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.HeaderTrees;
import org.hdrfix.tree.TreeInspector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The shell script that spares healthy systems the JVM, on every case: a tree that {@code check} calls broken must be in
 * doubt, and a healthy one should not be.
 */
class PrefilterTest {
    private static final Path SCRIPT = Path.of("src/main/hooks/root/usr/libexec/hdrfix/prefilter");

    /** Nobody can execute that script, and check does not look at the bit. */
    private static final String NOT_EXECUTABLE = "missing-host-program/silent-modpost-is-a-script";

    /** busybox's grep takes a NUL for the end of a line, and does not see what libc defines. */
    private static final String BEHIND_A_NUL = "needs-newer-glibc/silent-old-enough";

    @TempDir
    Path temp;

    /** The shells that are here, each as the words before the script; busybox brings its own awk, od and grep. */
    static List<String> shells() {
        return Stream.of("/bin/sh", "/bin/busybox")
                .filter(shell -> Files.isExecutable(Path.of(shell)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("shells")
    void doubtsEveryBrokenTreeOfTheCasesAndNoHealthyOne(String shell) throws IOException {
        Path compilers = Files.createDirectories(temp.resolve("compilers"));
        Files.createFile(compilers.resolve("gcc-12"));
        Toolchain toolchain =
                new Toolchain(Optional.of(Path.of("/usr/bin/gcc-12")), Optional.empty(), List.of(), List.of());
        List<String> wrong = new ArrayList<>();
        Set<String> needlessDoubts = new TreeSet<>();
        int broken = 0;
        int healthy = 0;
        for (Path folder : CaseTest.cases()) {
            String name = folder.getParent().getFileName() + "/" + folder.getFileName();
            Path root = Files.createDirectories(temp.resolve(name)).toRealPath();
            CaseRoot.layOut(folder, root);
            Platform platform = PlatformReader.read(root, Optional.empty());
            List<String> doubtful = doubts(shell, root, platform, "-c", compilers.toString());
            for (HeaderTree tree : HeaderTrees.find(root)) {
                Diagnosis diagnosis = Diagnosis.of(TreeInspector.inspect(root, tree), platform, toolchain);
                boolean isBroken =
                        diagnosis.status() == Diagnosis.Status.BROKEN || diagnosis.status() == Diagnosis.Status.BLOCKED;
                broken += isBroken ? 1 : 0;
                healthy += doubtful.isEmpty() ? 1 : 0;
                if (isBroken && !doubtful.contains(tree.root().toString())) {
                    wrong.add(name + " " + tree.release() + " is " + diagnosis.status());
                }
            }
            if (folder.getFileName().toString().startsWith("silent-") && !doubtful.isEmpty()) {
                needlessDoubts.add(name);
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(
                shell.endsWith("busybox") ? Set.of(NOT_EXECUTABLE, BEHIND_A_NUL) : Set.of(NOT_EXECUTABLE),
                needlessDoubts);
        assertTrue(broken > 40 && healthy > 30, broken + " broken, " + healthy + " healthy");
    }

    /** What the catalogues know of scripts and compilers stands in the script too, which cannot read them. */
    @Test
    void knowsTheFilesAndOptionsOfTheCatalogues() throws IOException {
        String script = Files.readString(SCRIPT);
        Set<String> bounds = new TreeSet<>();
        for (Stanza stanza : Deb822.resource("script-files")) {
            String bound = stanza.field("Since").isPresent() ? "since" : "before";
            String version =
                    stanza.field("Since").or(() -> stanza.field("Before")).orElseThrow();
            bounds.add("\t" + bound + " " + version.replace('.', ' ') + " " + stanza.required("Files"));
        }
        assertEquals(
                bounds,
                script.lines()
                        .filter(line -> line.startsWith("\tsince ") || line.startsWith("\tbefore "))
                        .collect(Collectors.toCollection(TreeSet::new)));
        for (CompilerOption option : CompilerOption.all()) {
            String name = option.option().substring("CONFIG_".length());
            String action =
                    option.gcc().isPresent() ? "compiler_knows " + option.gcc().getAsInt() : "doubt";
            boolean isKnown = script.lines()
                    .anyMatch(line -> line.strip().endsWith(") " + action + " ;;")
                            && List.of(line.strip().split("[ |)]+")).contains(name));
            assertTrue(isKnown, name + " " + action);
            assertTrue(script.contains("|" + name + "|") || script.contains("|" + name + ")=y"), name);
        }
    }

    private List<String> doubts(String shell, Path root, Platform platform, String... options) throws IOException {
        Path program = temp.resolve("program-of-" + platform.userland().name());
        Files.write(
                program,
                ElfSpecimen.parse("Architecture: " + platform.userland().name() + "\n"));
        List<String> words = new ArrayList<>(shell.endsWith("busybox") ? List.of(shell, "sh") : List.of(shell));
        words.addAll(List.of(SCRIPT.toString(), "-r", root.toString(), "-p", program.toString()));
        words.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
        if (shell.endsWith("busybox")) {
            builder.environment().put("PATH", busybox(shell).toString());
        }
        Process process = builder.start();
        List<String> lines;
        try (Stream<String> output = process.inputReader().lines()) {
            lines = output.toList();
        }
        try {
            assertEquals(lines.isEmpty() ? 0 : 1, process.waitFor(), lines.toString());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return lines;
    }

    private Path busybox(String program) throws IOException {
        Path directory = Files.createDirectories(temp.resolve("busybox"));
        for (String name : List.of("awk", "grep", "od", "printf", "readlink", "sed", "sort", "sh", "wc")) {
            Path link = directory.resolve(name);
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, Path.of(program));
            }
        }
        return directory;
    }
}
