package org.hdrfix.repair;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the files of a tree were when a repair began: content, mode, owner, times, links, inode. A build takes minutes,
 * and a package may be upgraded meanwhile: what was judged must be what is replaced.
 */
final class Inventory {
    private final Path tree;
    private final Map<String, String> seen = new LinkedHashMap<>();

    /**
     * Takes the inventory.
     *
     * @param paths relative to the tree, or absolute outside it
     */
    Inventory(Path tree, Collection<String> paths) throws IOException {
        this.tree = tree;
        for (String path : paths) {
            seen.put(path, Fingerprint.withIdentity(tree.resolve(path)));
        }
    }

    /** Whether each of these files, all of the inventory, is still what it was. */
    void refuseChanges(Collection<String> paths) throws IOException, RepairException {
        for (String path : paths) {
            if (!Fingerprint.withIdentity(tree.resolve(path)).equals(seen.get(path))) {
                throw new RepairException(tree.resolve(path)
                        + " was changed by somebody else during the repair; nothing was changed. Run it again");
            }
        }
    }
}
