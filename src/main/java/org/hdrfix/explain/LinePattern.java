package org.hdrfix.explain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hdrfix.catalogue.CatalogueException;

/**
 * Words that a line must have, in this order: {@code *} stands for anything between them ({@code \*} for itself), {@code {a|b}} for one of several,
 * {@code {name}} for one of the words of that name, {@code ^} at the front and {@code $} at the end for the ends of the line.
 * Matching never goes back over the line more than once a word, whatever the line holds: there is no regular expression.
 *
 * <p>All text here is in the form of {@link LineText}: one character a byte, quotes made plain.
 */
final class LinePattern {
    /** How long a needle gets: enough to be rare, short enough to keep the automaton small. */
    private static final int NEEDLE = 14;

    private static final int MOST_ALTERNATIVES = 512;

    /** Where in the text a match stands: offsets from its first to behind its last character. */
    record Place(int from, int to) {}

    private final List<List<String>> parts;
    private final boolean fromStart;
    private final boolean toEnd;

    private LinePattern(List<List<String>> parts, boolean fromStart, boolean toEnd) {
        this.parts = parts;
        this.fromStart = fromStart;
        this.toEnd = toEnd;
    }

    /**
     * Reads a pattern.
     *
     * @param words alternatives by name
     * @throws CatalogueException where a brace is left open or the pattern has no words
     */
    static LinePattern of(String text, Map<String, List<String>> words) {
        String body = text.strip();
        boolean fromStart = body.startsWith("^");
        boolean toEnd = body.endsWith("$");
        body = body.substring(fromStart ? 1 : 0, body.length() - (toEnd ? 1 : 0));
        List<List<String>> parts = new ArrayList<>();
        for (String part : body.split("(?<!\\\\)\\*")) {
            if (!part.isEmpty()) {
                parts.add(alternatives(part.replace("\\*", "*"), words, text));
            }
        }
        if (parts.isEmpty()) {
            throw new CatalogueException("messages: the pattern '" + text + "' has no words");
        }
        return new LinePattern(List.copyOf(parts), fromStart, toEnd);
    }

    private static List<String> alternatives(String part, Map<String, List<String>> words, String pattern) {
        List<String> made = List.of("");
        int at = 0;
        while (at < part.length()) {
            int open = part.indexOf('{', at);
            String plain = part.substring(at, open < 0 ? part.length() : open);
            made = product(made, List.of(plain));
            if (open < 0) {
                break;
            }
            int close = part.indexOf('}', open);
            if (close < 0) {
                throw new CatalogueException("messages: the pattern '" + pattern + "' has an open brace");
            }
            String inside = part.substring(open + 1, close);
            made = product(made, words.getOrDefault(inside, List.of(inside.split("\\|", -1))));
            at = close + 1;
        }
        if (made.size() > MOST_ALTERNATIVES) {
            throw new CatalogueException("messages: the pattern '" + pattern + "' needs a * between its braces");
        }
        return made.stream().map(LinePattern::normal).toList();
    }

    private static List<String> product(List<String> heads, List<String> tails) {
        List<String> all = new ArrayList<>();
        heads.forEach(head -> tails.forEach(tail -> all.add(head + tail)));
        return all;
    }

    private static String normal(String words) {
        byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
        return LineText.of(bytes, 0, bytes.length);
    }

    /**
     * Where a line has these words first, or null where it does not.
     *
     * @param line a line between two spaces: its ends count as white space, so that a pattern can ask for a whole word
     */
    Place match(String line) {
        int from = -1;
        int at = 0;
        for (int i = 0; i < parts.size(); i++) {
            boolean first = i == 0 && fromStart;
            boolean last = i == parts.size() - 1 && toEnd;
            int end = -1;
            int start = -1;
            // The alternative that ends first leaves the most for the words behind it, so no other need be tried.
            for (String word : parts.get(i)) {
                int found = place(line, word, at, first, last);
                if (found >= 0 && (end < 0 || found + word.length() < end)) {
                    end = found + word.length();
                    start = found;
                }
            }
            if (end < 0) {
                return null;
            }
            from = from < 0 ? start : from;
            at = end;
        }
        return new Place(from, at);
    }

    private static int place(String line, String word, int at, boolean first, boolean last) {
        if (last) {
            int found = line.length() - 1 - word.length();
            return found >= at && line.startsWith(word, found) && (!first || found == 1) ? found : -1;
        }
        if (first) {
            return line.startsWith(word, 1) ? 1 : -1;
        }
        return line.indexOf(word, at);
    }

    /** Bytes of which a line that matches has at least one; they hold no quote, and no white space at their ends. */
    List<byte[]> needles() {
        List<String> best = List.of();
        int length = 0;
        for (List<String> part : parts) {
            List<String> needles = part.stream().map(LinePattern::needle).toList();
            int shortest = needles.stream().mapToInt(String::length).min().orElse(0);
            if (shortest > length) {
                length = shortest;
                best = needles;
            }
        }
        if (length < 3) {
            throw new CatalogueException("messages: the pattern " + parts + " has no word of three characters");
        }
        return best.stream()
                .map(needle ->
                        needle.substring(0, Math.min(needle.length(), NEEDLE)).getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    /** The longest run without quotes: a quote can be one byte or three in the log. */
    private static String needle(String word) {
        String best = "";
        for (String run : word.split("['\"]")) {
            String bare = run.strip();
            best = bare.length() > best.length() ? bare : best;
        }
        return best;
    }

    @Override
    public String toString() {
        return parts.toString();
    }
}
