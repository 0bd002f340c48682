package org.hdrfix.tree;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

/**
 * How a header tree is laid out: a stanza of the catalogue {@code layouts}.
 *
 * @param name one word ("builddeb")
 * @param title for people ("made by the kernel's builddeb")
 * @param present paths relative to the tree that must be there, alternatives parted by a bar
 * @param absent paths relative to the tree that must not be there
 * @param links paths relative to the tree that must be symbolic links
 * @param inside glob of the directory one level below that holds the real tree
 */
public record TreeLayout(
        String name,
        String title,
        List<String> present,
        List<String> absent,
        List<String> links,
        Optional<String> inside) {
    /** The layout whose programs lie in another package, behind links. */
    public static final String SPLIT = "split";

    private static final class Catalogue {
        static final List<TreeLayout> LAYOUTS =
                Deb822.resource("layouts").stream().map(TreeLayout::of).toList();
    }

    public TreeLayout {
        present = List.copyOf(present);
        absent = List.copyOf(absent);
        links = List.copyOf(links);
    }

    /**
     * The layout of a directory; the catalogue's last stanza asks for nothing, so that there always is one.
     *
     * @param directory absolute path on this machine
     */
    public static TreeLayout of(Path directory) {
        return Catalogue.LAYOUTS.stream()
                .filter(layout -> layout.fits(directory))
                .findFirst()
                .orElseThrow(() -> new CatalogueException("layouts: the last stanza must fit everything"));
    }

    private static TreeLayout of(Stanza stanza) {
        return new TreeLayout(
                stanza.required("Layout"),
                stanza.required("Title"),
                stanza.words("Present"),
                stanza.words("Absent"),
                stanza.words("Link"),
                stanza.field("Inside"));
    }

    private boolean fits(Path directory) {
        return present.stream().allMatch(path -> anyExists(directory, path))
                && absent.stream().noneMatch(path -> anyExists(directory, path))
                && links.stream().allMatch(path -> Files.isSymbolicLink(directory.resolve(path)))
                && (inside.isEmpty()
                        || HeaderTrees.below(directory, inside.get()).isPresent());
    }

    private static boolean anyExists(Path directory, String alternatives) {
        for (String path : alternatives.split("\\|")) {
            if (Files.exists(directory.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }
}
