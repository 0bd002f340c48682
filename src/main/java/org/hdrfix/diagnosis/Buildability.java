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
        if (evidence.inspection().liesElsewhere()) {
            String link = evidence.inspection().scriptsLink().orElseThrow();
            String name = link.replaceAll("/scripts/?$", "").replaceAll(".*/", "");
            return Optional.of(new Finding.Obstacle(
                    Rule.of("scripts-elsewhere"),
                    "scripts is a link to " + link + ", which belongs to another package",
                    name.startsWith("linux-kbuild")
                            ? Optional.of("sudo apt install " + name + ":"
                                    + evidence.platform().userland().name())
                            : Optional.empty()));
        }
        Optional<Finding.Obstacle> compiler = compiler(evidence);
        return compiler.isPresent() ? compiler : program.known().flatMap(known -> missingSource(known, evidence));
    }

    static Optional<Finding.Obstacle> compiler(Evidence evidence) {
        if (evidence.toolchain().compiler().isPresent()
                && evidence.toolchain().missingPackages().isEmpty()) {
            return Optional.empty();
        }
        String packages = String.join(" ", evidence.toolchain().missingPackages());
        return Optional.of(new Finding.Obstacle(
                Rule.of("no-compiler"),
                "no C compiler for " + evidence.platform().userland().name() + ": " + packages + " not installed",
                Optional.of("sudo apt install " + packages)));
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
                return Optional.of(new Finding.Obstacle(rule, header + " is not in the tree", Optional.empty()));
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
