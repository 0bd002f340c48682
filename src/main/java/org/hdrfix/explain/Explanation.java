package org.hdrfix.explain;

import java.util.List;

/**
 * What a log says.
 *
 * @param lines how many it has
 * @param complete whether it was read to its end, and not given up for its length
 * @param causes the most probable first; none where no line is known
 * @param harmless lines that look like a cause and are none
 */
public record Explanation(long lines, boolean complete, List<Cause> causes, List<Cause> harmless) {
    public Explanation {
        causes = List.copyOf(causes);
        harmless = List.copyOf(harmless);
    }

    /**
     * One cause, and the line that tells it.
     *
     * @param line 1-based number of the first line that tells it
     * @param quote that line, or the part of it around the telling words
     * @param others how many other lines say the same
     */
    public record Cause(Message message, long line, String quote, long others) {}
}
