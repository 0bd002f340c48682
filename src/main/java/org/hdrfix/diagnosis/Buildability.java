package org.hdrfix.diagnosis;

import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.tree.GeneratedSource;
import org.hdrfix.tree.HostProgram;
import org.hdrfix.tree.KnownProgram;
import org.hdrfix.tree.Recipe;

/** Whether a program can be built from what the tree and this machine have: by looking, without running anything. */
public final class Buildability {
    private Buildability() {}

    /** The recipes whose files the tree has, or this machine can generate; in the order of preference. */
    public static Stream<Recipe> recipes(KnownProgram known, Predicate<String> has, Toolchain toolchain) {
        Predicate<String> canHave = path -> has.test(path)
                || generated(known, path, has, toolchain.generators()).isPresent();
        return known.recipes().stream()
                .filter(recipe -> recipe.fits(has) && recipe.missing(canHave).isEmpty());
    }

    /**
     * How to make a file that the tree lacks.
     *
     * @param installed which of bison and flex there are
     */
    public static Optional<GeneratedSource> generated(
            KnownProgram known, String path, Predicate<String> has, Set<String> installed) {
        return known.generated().stream()
                .filter(source -> source.path().equals(path) && has.test(source.from()) && source.canRun(installed))
                .findFirst();
    }

    static Optional<Finding.Obstacle> obstacle(HostProgram program, Evidence evidence) {
        Optional<String> link = evidence.inspection().linkOver(program.path());
        if (link.isPresent()) {
            return Optional.of(elsewhere(program.path(), link.get(), evidence));
        }
        return noCompiler(evidence).or(() -> program.known().flatMap(known -> missingSource(known, evidence)));
    }

    /**
     * The package that a link leads into, told by a directory in its target: linux-kbuild-6.1 on Debian,
     * linux-kbuild-6.6.31+rpt on Raspberry Pi OS. It has to be the judged system's, not the kernel's: the package of
     * another architecture is what is wrong.
     */
    private static Finding.Obstacle elsewhere(String path, String link, Evidence evidence) {
        String top = path.substring(0, path.indexOf('/'));
        Optional<String> name = Stream.of(link.split("/"))
                .filter(part -> part.startsWith("linux-kbuild-"))
                .findFirst();
        boolean isThere = evidence.programs().stream()
                .anyMatch(judged ->
                        judged.verdict().isPresent() && judged.program().path().startsWith(top + "/"));
        return new Finding.Obstacle(
                Rule.of("scripts-elsewhere"),
                top + " is a link to " + link
                        + (isThere ? ", which belongs to another package" : ": that package is not installed"),
                name.map(directory -> "sudo apt install " + directory + ":"
                        + evidence.platform().userland().name()));
    }

    /** What is missing for building anything at all. */
    static Optional<Finding.Obstacle> noCompiler(Evidence evidence) {
        if (evidence.toolchain().compiler().isEmpty()
                || !evidence.toolchain().missingPackages().isEmpty()) {
            String packages = String.join(" ", evidence.toolchain().missingPackages());
            return Optional.of(new Finding.Obstacle(
                    Rule.of("no-compiler"),
                    "no C compiler for " + evidence.platform().userland().name() + ": " + packages + " not installed",
                    Optional.of("sudo apt install " + packages)));
        }
        return Optional.empty();
    }

    private static Optional<Finding.Obstacle> missingSource(KnownProgram known, Evidence evidence) {
        Predicate<String> has = evidence.inspection().has();
        Optional<Finding.Obstacle> obstacle =
                known.makeDirectory().isPresent() ? noMakefile(known, evidence) : noRecipe(known, evidence);
        if (obstacle.isPresent()) {
            return obstacle;
        }
        for (String header : known.headers()) {
            if (!has.test(header)) {
                return Optional.of(new Finding.Obstacle(
                        Rule.of(known.headersRule().orElse("no-source")),
                        header + " is not in the tree",
                        Optional.empty()));
            }
        }
        for (String header : known.writtenHeaders()) {
            if (!has.test(header) && !ModpostSettings.isKnown(evidence.inspection())) {
                return Optional.of(noSource(
                        header + " is not in the tree, and nothing there says which machine its kernel is for"));
            }
        }
        for (String header : known.systemHeaders()) {
            boolean found = evidence.toolchain().includeDirectories().stream()
                    .anyMatch(directory -> Files.exists(directory.resolve(header)));
            if (!found) {
                return Optional.of(new Finding.Obstacle(
                        Rule.of("no-source"),
                        header + " is not installed",
                        known.systemPackage().map(name -> "sudo apt install " + name)));
            }
        }
        return Optional.empty();
    }

    /** Programs that only a makefile of their own can build: header packages never have it, full sources do. */
    private static Optional<Finding.Obstacle> noMakefile(KnownProgram known, Evidence evidence) {
        String makefile = known.makeDirectory().orElseThrow() + "/Makefile";
        if (!evidence.inspection().has().test(makefile)) {
            return Optional.of(noSource(elsewhere(known)));
        }
        return evidence.toolchain().make().isPresent()
                ? Optional.empty()
                : Optional.of(new Finding.Obstacle(
                        Rule.of("no-compiler"), "make is not installed", Optional.of("sudo apt install make")));
    }

    private static Optional<Finding.Obstacle> noRecipe(KnownProgram known, Evidence evidence) {
        Predicate<String> has = evidence.inspection().has();
        if (recipes(known, has, evidence.toolchain()).findAny().isPresent()) {
            return Optional.empty();
        }
        Optional<Finding.Obstacle> generator = noGenerator(known, evidence);
        if (generator.isPresent()) {
            return generator;
        }
        if (known.recipes().isEmpty()) {
            return Optional.of(noSource(
                    known.sourcePackage().isPresent() ? elsewhere(known) : known.path() + ".c is not in the tree"));
        }
        String file = known.recipes().get(0).missing(has).orElse(known.path() + ".c");
        return Optional.of(noSource(file + " is not in the tree"));
    }

    /** A recipe of which only generated sources are missing, and what they are generated from is there. */
    private static Optional<Finding.Obstacle> noGenerator(KnownProgram known, Evidence evidence) {
        Predicate<String> has = evidence.inspection().has();
        Set<String> installed = evidence.toolchain().generators();
        for (Recipe recipe : known.recipes()) {
            List<Optional<GeneratedSource>> sources = recipe.files().stream()
                    .filter(file -> !has.test(file))
                    .map(file -> generated(known, file, has, GeneratedSource.TOOLS))
                    .toList();
            if (recipe.fits(has) && sources.stream().allMatch(Optional::isPresent)) {
                String tools = sources.stream()
                        .map(source -> source.orElseThrow().tool())
                        .filter(tool -> GeneratedSource.TOOLS.contains(tool) && !installed.contains(tool))
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(" "));
                return Optional.of(new Finding.Obstacle(
                        Rule.of("missing-generator"),
                        sources.get(0).orElseThrow().path() + " is not in the tree, and to generate it " + tools
                                + (tools.contains(" ") ? " are" : " is") + " not installed",
                        Optional.of("sudo apt install " + tools)));
            }
        }
        return Optional.empty();
    }

    private static String elsewhere(KnownProgram known) {
        return "no header package has its sources; it comes with "
                + known.sourcePackage().orElse("the full kernel source");
    }

    private static Finding.Obstacle noSource(String reason) {
        return new Finding.Obstacle(Rule.of("no-source"), reason, Optional.empty());
    }
}
