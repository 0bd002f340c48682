package org.hdrfix.patch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a patch gives on a tree: everything, or nothing. */
public sealed interface PatchResult {
    /**
     * Every hunk fits; nothing is written yet.
     *
     * @param changes new content by path relative to the tree, in the patch's order; nothing where the file is to be
     *     deleted
     * @param offsets by path, for each hunk the number of lines by which its place differs from where the patch says it
     *     is; positive is further down
     */
    record Applied(Map<String, Optional<byte[]>> changes, Map<String, List<Integer>> offsets) implements PatchResult {
        public Applied {
            Map<String, Optional<byte[]>> copies = new LinkedHashMap<>();
            changes.forEach((path, content) -> copies.put(path, content.map(byte[]::clone)));
            changes = Collections.unmodifiableMap(copies);
            offsets = Collections.unmodifiableMap(new LinkedHashMap<>(offsets));
        }
    }

    /** Every file is already as the patch would make it. */
    record AlreadyApplied() implements PatchResult {}

    /**
     * The patch is refused as a whole.
     *
     * @param file path relative to the tree of the first file that does not fit
     * @param line 1-based line of that file; the place that the patch speaks of where the file has no such line
     * @param reason one sentence part, without the place
     */
    record Conflict(String file, int line, String reason) implements PatchResult {}
}
