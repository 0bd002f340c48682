package org.hdrfix.diagnosis;

import java.nio.file.Files;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hdrfix.tree.HostProgram;
import org.hdrfix.tree.KnownProgram;
import org.hdrfix.tree.Recipe;

/** Whether a program can be built from what the tree and this machine have: by looking, without running anything. */
public final class Buildability {
    private Buildability() {}

    /** The recipes whose files the tree has, in the order of preference. */
    public static Stream<Recipe> recipes(KnownProgram known, Predicate<String> has) {
        return known.recipes().stream().filter(recipe -> recipe.missing(has).isEmpty());
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
        Rule rule = Rule.of("no-source");
        if (known.sourcePackage().isPresent()) {
            return Optional.of(new Finding.Obstacle(
                    rule,
                    "no header package has its sources; it comes with "
                            + known.sourcePackage().get(),
                    Optional.empty()));
        }
        if (recipes(known, has).findAny().isEmpty()) {
            String file = known.recipes().isEmpty()
                    ? known.path() + ".c"
                    : known.recipes().get(0).missing(has).orElseThrow();
            return Optional.of(new Finding.Obstacle(rule, file + " is not in the tree", Optional.empty()));
        }
        for (String header : known.headers()) {
            if (!has.test(header)) {
                return Optional.of(new Finding.Obstacle(
                        known.headersRule().map(Rule::of).orElse(rule),
                        header + " is not in the tree",
                        Optional.empty()));
            }
        }
        for (String header : known.systemHeaders()) {
            boolean found = evidence.toolchain().includeDirectories().stream()
                    .anyMatch(directory -> Files.exists(directory.resolve(header)));
            if (!found) {
                return Optional.of(new Finding.Obstacle(
                        rule,
                        header + " is not installed",
                        known.systemPackage().map(name -> "sudo apt install " + name)));
            }
        }
        return Optional.empty();
    }
}
