package org.hdrfix.patch;

import java.util.List;

/** Where the hunks of one file lie in a text, or the first that does not. */
sealed interface Placement {
    /**
     * @param positions 0-based line of the text at which each hunk begins
     * @param offsets for each hunk, its position less the one that it states
     */
    record Placed(List<Integer> positions, List<Integer> offsets) implements Placement {
        public Placed {
            positions = List.copyOf(positions);
            offsets = List.copyOf(offsets);
        }

        boolean exact() {
            return offsets.stream().allMatch(offset -> offset == 0);
        }
    }

    /**
     * @param line 1-based line of the text
     */
    record Unplaced(int line, String reason) implements Placement {}
}
