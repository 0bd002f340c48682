package org.hdrfix.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hdrfix.cli.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What is in hdrfix's own package, and what is written from the model of its commands. */
class DebPackageTest {
    private static final Path SOURCES = Path.of("");
    private static final Instant TIME = Instant.parse("2026-11-21T00:00:00Z");

    @TempDir
    Path temp;

    @Test
    void whatLiesInTheHooksRootIsInstalledWithItsModeAndContent() throws IOException {
        Map<String, PackagedFile> files = files();
        Path root = Path.of("src/main/hooks/root");
        try (Stream<Path> tree = Files.walk(root)) {
            List<Path> sources = tree.filter(Files::isRegularFile).toList();
            assertFalse(sources.isEmpty());
            for (Path source : sources) {
                PackagedFile file = files.get(root.relativize(source).toString());
                assertEquals(Files.readString(source), new String(file.content(), StandardCharsets.UTF_8));
                assertEquals(Files.readString(source).startsWith("#!") ? 0755 : 0644, file.mode(), file.path());
                assertEquals(file.path().startsWith("etc/"), file.isConffile(), file.path());
            }
        }
    }

    @Test
    void theLauncherIsTheOnlyFileOutsideTheHooksThatCanBeExecuted() throws IOException {
        assertEquals(
                List.of("usr/bin/hdrfix"),
                files().values().stream()
                        .filter(file -> file.mode() != 0644)
                        .map(PackagedFile::path)
                        .filter(path -> !Files.exists(Path.of("src/main/hooks/root", path)))
                        .toList());
    }

    @Test
    void aVersionThatTheChangelogDoesNotKnowIsRefused() throws IOException {
        built();
        IOException refused =
                assertThrows(IOException.class, () -> new DebPackage(SOURCES, temp, "9.9", TIME).archive());
        assertTrue(refused.getMessage().contains("9.9"), refused.getMessage());
    }

    @Test
    void aLinkAmongTheHooksIsRefusedAndNotFollowed() throws IOException {
        built();
        Path sources = Files.createDirectories(temp.resolve("src/main/hooks/root/etc"));
        Files.createDirectories(temp.resolve("src/main/sh"));
        Files.copy(Path.of("src/main/sh/hdrfix"), temp.resolve("src/main/sh/hdrfix"));
        Files.createSymbolicLink(sources.resolve("passwd"), Path.of("/etc/passwd"));
        IOException refused =
                assertThrows(IOException.class, () -> new DebPackage(temp, temp, "0.1.0", TIME).archive());
        assertTrue(refused.getMessage().contains("passwd"), refused.getMessage());
    }

    @Test
    void theListOfClassesIsInOneOrderWithEachOnceAndLambdasLast() {
        String listed = """
                # today
                picocli/B
                java/lang/Object id: 0
                @lambda-proxy picocli/B run
                @lambda-proxy java/util/regex/Pattern is
                @lambda-form-invoker [SPECIES_RESOLVE] java.lang.invoke.SimpleMethodHandle
                org/hdrfix/cli/Main
                java/lang/Object id: 0
                sun/nio/cs/UTF_8$Decoder id: 1
                @lambda-proxy org/hdrfix/cli/Main accept
                @lambda-proxy picocli/B run
                """;
        String sorted = """
                java/lang/Object
                org/hdrfix/cli/Main
                picocli/B
                @lambda-form-invoker [SPECIES_RESOLVE] java.lang.invoke.SimpleMethodHandle
                @lambda-proxy java/util/regex/Pattern is
                @lambda-proxy org/hdrfix/cli/Main accept
                @lambda-proxy picocli/B run
                """;
        assertEquals(sorted, new String(DebPackage.sortedClasses(listed), StandardCharsets.UTF_8));
    }

    @Test
    void everyCommandHasAManualPageWithAllItsOptions() throws IOException {
        Map<String, ManPage> pages = ManPage.all(Main.model(), "0.1.0", TIME).stream()
                .collect(Collectors.toMap(ManPage::name, Function.identity()));
        CommandSpec model = Main.model();
        assertEquals(model.subcommands().size() + 1, pages.size());
        documents(pages.get("hdrfix"), model);
        for (Map.Entry<String, CommandLine> command : model.subcommands().entrySet()) {
            documents(
                    pages.get("hdrfix-" + command.getKey()), command.getValue().getCommandSpec());
            assertTrue(pages.get("hdrfix").roff().contains("\n\\fB" + command.getKey() + "\\fR\n"));
        }
        assertTrue(files().keySet()
                .containsAll(pages.keySet().stream()
                        .map(name -> "usr/share/man/man1/" + name + ".1.gz")
                        .toList()));
    }

    private static void documents(ManPage page, CommandSpec command) {
        String roff = page.roff();
        assertTrue(
                roff.startsWith(
                        ".TH " + page.name().toUpperCase().replace("-", "\\-") + " 1 2026-11-21 \"hdrfix 0.1.0\""),
                roff);
        for (OptionSpec option : command.options()) {
            for (String name : option.names()) {
                assertTrue(roff.contains("\\fB" + name.replace("-", "\\-") + "\\fR"), page.name() + " " + name);
            }
            assertTrue(roff.contains(ManPage.text(option.description()[0])), page.name() + " " + option);
        }
    }

    @Test
    void wordsOfAManualPageAreNoRequests() {
        assertEquals("\\&.config \\e \\-\\-all", ManPage.text(".config \\ --all"));
        assertEquals("\\&'make'", ManPage.text("'make'"));
    }

    @Test
    void everyShellCompletesEveryCommandAndOption() {
        CommandSpec model = Main.model();
        Completions completions = new Completions(Main.model());
        String bash = completions.bash();
        String zsh = completions.zsh();
        String fish = completions.fish();
        assertFalse(bash.startsWith("#!"));
        for (Map.Entry<String, CommandLine> command : model.subcommands().entrySet()) {
            String name = command.getKey();
            assertTrue(bash.contains("_picocli_hdrfix_" + name + "()"), name);
            assertTrue(zsh.contains("\n  " + name + ")\n"), name);
            assertTrue(fish.contains("-n __fish_use_subcommand -a " + name + " "), name);
            for (OptionSpec option : command.getValue().getCommandSpec().options()) {
                String last = option.longestName();
                assertTrue(bash.contains(last), last);
                assertTrue(zsh.contains("'" + last + "["), last);
                assertTrue(
                        fish.contains("'__fish_seen_subcommand_from " + name + "'"
                                + (option.names().length > 1
                                        ? " -s " + option.shortestName().substring(1)
                                        : "")
                                + " -l " + last.substring(2)),
                        last);
            }
        }
    }

    @Test
    void valuesThatAreKnownAreOffered() {
        Completions completions = new Completions(Main.model());
        assertTrue(completions.bash().contains("\"auto\" \"always\" \"never\""));
        assertTrue(completions.zsh().contains(":WHEN:(auto always never)'"));
        assertTrue(completions.fish().contains(" -l color -x -a 'auto always never'"));
        assertTrue(completions.zsh().contains(":DIR:_files -/'"));
        assertTrue(completions.fish().contains(" -l root -x -a '(__fish_complete_directories)'"));
        assertTrue(completions.fish().contains(" arm64"));
        // picocli's own code for a file, in the two places where it has one: an option's value and other arguments.
        assertTrue(
                completions.bash().contains("'--root')\n      local IFS=$'\\n'\n      type compopt"),
                completions.bash());
        assertTrue(completions.bash().contains("positionals=$( compgen -f -- \"${curr_word}\" )"), completions.bash());
    }

    /** What the build makes, but small. */
    private void built() throws IOException {
        Files.writeString(temp.resolve("hdrfix.jar"), "jar");
        Files.writeString(temp.resolve("hdrfix.classes"), "a/A\n");
    }

    private Map<String, PackagedFile> files() throws IOException {
        built();
        return new DebPackage(SOURCES, temp, "0.1.0", TIME)
                .archive().files().stream().collect(Collectors.toMap(PackagedFile::path, Function.identity()));
    }
}
