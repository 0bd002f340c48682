package org.hdrfix.patch;

import java.util.List;

/**
 * All that a patch does to one file.
 *
 * @param path relative to the tree, without {@code .} or {@code ..}
 * @param hunks in file order, not overlapping; exactly one in a creation or a deletion
 */
public record FilePatch(String path, Kind kind, List<Hunk> hunks) {
    /** What becomes of the file. */
    public enum Kind {
        MODIFICATION,
        CREATION,
        DELETION
    }

    public FilePatch {
        hunks = List.copyOf(hunks);
    }
}
