package org.hdrfix.patch;

import java.util.List;
import java.util.Optional;

/** How one file stands to its part of a patch. */
sealed interface Fit {
    /**
     * The file is as the patch expects it.
     *
     * @param after content once it is applied; nothing where the file is to be deleted
     * @param offsets for each hunk, in lines
     */
    record Ready(Optional<byte[]> after, List<Integer> offsets) implements Fit {}

    /** The file is as the patch would make it. */
    record Done() implements Fit {}

    /**
     * The file is neither.
     *
     * @param line 1-based
     */
    record Misfit(int line, String reason) implements Fit {}
}
