package org.hdrfix.patch;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

/**
 * A patch that hdrfix carries, with what its DEP-3 header says of it (DEP-3, "Patch Tagging Guidelines"). Beside the
 * fields of DEP-3 the header has {@code Kernels}, {@code Cures}, {@code Present}, {@code Absent} and {@code Module-Builds}.
 *
 * @param name file name without {@code .patch}
 * @param description first line is a title, the others say more
 * @param kernels versions it is meant for
 * @param cures tags of the rules whose findings it cures
 * @param present what must exist in a tree
 * @param absent what must not exist
 * @param forModuleBuilds whether builds of external modules run what it changes
 */
public record BundledPatch(
        String name,
        String description,
        KernelRange kernels,
        Set<String> cures,
        TreeCondition present,
        TreeCondition absent,
        boolean forModuleBuilds,
        PatchSet patch) {
    public BundledPatch {
        cures = Set.copyOf(cures);
    }

    /**
     * A bundled patch from its file.
     *
     * @throws CatalogueException at a field that is missing or wrong
     * @throws MalformedPatchException at a diff that {@link UnifiedDiff} refuses
     */
    static BundledPatch read(String fileName, byte[] text) {
        Stanza header = header(fileName, text);
        PatchSet patch = UnifiedDiff.parse(fileName, text);
        try {
            return new BundledPatch(
                    fileName.replaceFirst("\\.patch$", ""),
                    header.required("Description"),
                    KernelRange.parse(header.required("Kernels")),
                    Set.of(header.required("Cures").split("\\s+")),
                    TreeCondition.parse(header.field("Present").orElse("")),
                    TreeCondition.parse(header.field("Absent").orElse("")),
                    header.field("Module-Builds").filter("yes"::equals).isPresent(),
                    patch);
        } catch (IllegalArgumentException e) {
            throw new CatalogueException(fileName + ": " + e.getMessage());
        }
    }

    private static Stanza header(String fileName, byte[] text) {
        StringBuilder fields = new StringBuilder();
        for (String line : new String(text, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.isBlank() || line.startsWith("---") || line.startsWith("diff ") || line.startsWith("Index:")) {
                break;
            }
            fields.append(line).append('\n');
        }
        List<Stanza> stanzas = Deb822.read(fileName, fields.toString());
        if (stanzas.isEmpty()) {
            throw new CatalogueException(fileName + ": no DEP-3 header");
        }
        return stanzas.get(0);
    }

    /**
     * Whether the patch is meant for a tree. It may conflict all the same: only {@link PatchSet#apply} says that it fits.
     *
     * @param exists whether a path, relative to the tree, exists in it
     */
    public boolean fits(Predicate<String> exists, int major, int minor) {
        return kernels.contains(major, minor) && present.holds(exists) && absent.holds(exists.negate());
    }
}
