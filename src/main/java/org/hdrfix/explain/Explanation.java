package org.hdrfix.explain;

import java.util.List;

/**
 * What a log says.
 *
 * @param lines how many lines it has
 * @param causes most probable first; none where no message is known
 * @param harmless how many lines say what is said of healthy modules too
 */
public record Explanation(long lines, List<Cause> causes, long harmless) {
    /**
     * One message that was found.
     *
     * @param line 1-based number of the line that said it first
     * @param quote that line, as {@link LogLine#plain} gives it, shortened
     * @param times how many lines said it
     */
    public record Cause(Message message, long line, String quote, long times) {}

    public Explanation {
        causes = List.copyOf(causes);
    }
}
