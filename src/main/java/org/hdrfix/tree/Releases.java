package org.hdrfix.tree;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Every place where a tree says which kernel it is for, by its name for people; only those that are there and that name a
 * version.
 *
 * @param said version and patch level ("6.12") by place
 */
public record Releases(Map<String, String> said) {
    public Releases {
        said = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(said));
    }

    static Releases of(HeaderTree tree) {
        Map<String, String> said = new LinkedHashMap<>();
        Path root = tree.root();
        put(said, "utsrelease.h", TreeText.quoted(root.resolve("include/generated/utsrelease.h"), "UTS_RELEASE"));
        put(said, "kernel.release", TreeText.firstLine(root.resolve("include/config/kernel.release")));
        put(said, "Makefile", TreeText.head(root.resolve("Makefile"), 2048).flatMap(Releases::ofMakefile));
        String name = root.getFileName().toString();
        put(
                said,
                "the directory's name",
                name.startsWith("linux-headers-")
                        ? Optional.of(name.substring("linux-headers-".length()))
                        : Optional.empty());
        scripts(tree).ifPresent(range -> said.put("scripts/", range));
        return new Releases(said);
    }

    private static void put(Map<String, String> said, String place, Optional<String> release) {
        release.flatMap(Releases::version).ifPresent(version -> said.put(place, version));
    }

    private static Optional<String> ofMakefile(String text) {
        String version = "";
        for (String name : new String[] {"VERSION", "PATCHLEVEL"}) {
            Optional<String> line = ("\n" + text)
                    .lines()
                    .filter(l -> l.startsWith(name + " = "))
                    .findFirst();
            if (line.isEmpty()) {
                return Optional.empty();
            }
            version += (version.isEmpty() ? "" : ".")
                    + line.get().substring(name.length() + 3).strip();
        }
        return Optional.of(version);
    }

    /** "6.12" of "6.12.9-x"; nothing where it does not begin with two numbers. */
    private static Optional<String> version(String release) {
        int dot = release.indexOf('.');
        int end = dot + 1;
        while (end < release.length() && end > 0 && Character.isDigit(release.charAt(end))) {
            end++;
        }
        boolean isVersion =
                dot > 0 && end > dot + 1 && release.chars().limit(dot).allMatch(Character::isDigit);
        return isVersion ? Optional.of(release.substring(0, end)) : Optional.empty();
    }

    /** What scripts/ itself tells: modules are linked by a makefile of its own since 5.4 (scripts/Makefile.modfinal). */
    private static Optional<String> scripts(HeaderTree tree) {
        if (!Files.exists(tree.root().resolve("scripts/Makefile.modpost"))) {
            return Optional.empty();
        }
        boolean isNew = Files.exists(tree.root().resolve("scripts/Makefile.modfinal"));
        boolean shouldBe = !tree.release().isBefore("5.4");
        return isNew == shouldBe ? Optional.empty() : Optional.of(isNew ? "5.4 or later" : "before 5.4");
    }
}
