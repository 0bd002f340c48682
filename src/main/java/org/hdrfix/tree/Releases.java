package org.hdrfix.tree;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

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

    /**
     * What a tree says.
     *
     * @param scripts absolute path of its scripts/ on this machine; nothing where it has none
     */
    static Releases of(HeaderTree tree, Optional<Path> scripts) {
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
        scripts.flatMap(directory -> scripts(tree.release(), directory))
                .ifPresent(range -> said.put("scripts/", range));
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

    /**
     * What scripts/ itself tells, where that is not the tree's release; the catalogue {@code script-files}.
     *
     * @param scripts absolute path on this machine: Debian's is a link into another package
     */
    private static Optional<String> scripts(KernelRelease release, Path scripts) {
        if (version(release.value()).isEmpty() || !Files.exists(scripts.resolve("Makefile.modpost"))) {
            return Optional.empty();
        }
        for (Stanza stanza : Catalogue.STANZAS) {
            Optional<String> range = stanza.field("Since")
                    .filter(release::isBefore)
                    .map(version -> "a kernel since " + version)
                    .or(() -> stanza.field("Before")
                            .filter(version -> !release.isBefore(version))
                            .map(version -> "a kernel before " + version));
            // Only what would tell something is looked for.
            if (range.isPresent()
                    && stanza.words("Files").stream().anyMatch(name -> Files.exists(scripts.resolve(name)))) {
                return range;
            }
        }
        // Modules are linked by a makefile of its own since then, without which none can be built.
        boolean isOld = !Files.exists(scripts.resolve("Makefile.modfinal"));
        return isOld && !release.isBefore("5.4") ? Optional.of("a kernel before 5.4") : Optional.empty();
    }

    private static final class Catalogue {
        static final List<Stanza> STANZAS = Deb822.resource("script-files");
    }
}
