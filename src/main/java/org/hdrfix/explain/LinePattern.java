package org.hdrfix.explain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** Words of which one has to be there, and the same by their first character. */
    private static final class Part {
        final List<String> words;
        final int shortest;
        /** By first character, the rest of the words as a tree: looking costs about the same for one word and for fifty. */
        private final Node[] byFirst = new Node[256];

        private final int number;

        private Part(List<String> words, int number) {
            this.words = words;
            this.number = number;
            shortest = words.stream().mapToInt(String::length).min().orElse(0);
            for (String word : words) {
                char first = word.charAt(0);
                byFirst[first] = byFirst[first] == null ? new Node() : byFirst[first];
                byFirst[first].add(word, 1);
            }
        }

        /** The one part with these words: patterns share it, so that a line is searched for them once. */
        static Part of(List<String> words) {
            return SHARED.computeIfAbsent(words, w -> new Part(w, NUMBERS.getAndIncrement()));
        }

        private static final Map<List<String>, Part> SHARED = new ConcurrentHashMap<>();
        private static final AtomicInteger NUMBERS = new AtomicInteger();

        /** The place of the word that ends first; that leaves the most for the words behind it, so no other need be tried. */
        Place find(String line, int from) {
            if (words.size() == 1) {
                int found = line.indexOf(words.get(0), from);
                return found < 0 ? null : new Place(found, found + words.get(0).length());
            }
            Place best = null;
            for (int at = from; at < line.length() && (best == null || at + shortest < best.to()); at++) {
                char first = line.charAt(at);
                int end = first < 256 && byFirst[first] != null ? byFirst[first].end(line, at + 1) : -1;
                if (end >= 0 && (best == null || end < best.to())) {
                    best = new Place(at, end);
                }
            }
            return best;
        }

        /** The same where the word has to begin or end the line. */
        Place findAtEnds(String line, int from, boolean first, boolean last) {
            for (String word : words) {
                int at = last ? line.length() - 1 - word.length() : 1;
                if (at >= from && line.startsWith(word, at) && (!first || at == 1)) {
                    return new Place(at, at + word.length());
                }
            }
            return null;
        }
    }

    /** Where the parts stand first in one line, as far as that was asked: dozens of patterns ask for the same parts. */
    static final class Places {
        private Place[] places = new Place[0];
        private long[] lineOf = new long[0];
        private long line = 1;

        /** Forgets all: another line comes. */
        void nextLine() {
            line++;
        }

        private Place of(Part part, String text) {
            if (part.number >= places.length) {
                places = Arrays.copyOf(places, Part.NUMBERS.get());
                lineOf = Arrays.copyOf(lineOf, places.length);
            }
            if (lineOf[part.number] != line) {
                lineOf[part.number] = line;
                places[part.number] = part.find(text, 0);
            }
            return places[part.number];
        }
    }

    /** What may follow in a tree of words. */
    private static final class Node {
        private char[] keys = new char[0];
        private Node[] next = new Node[0];
        private boolean ends;

        void add(String word, int at) {
            if (at == word.length()) {
                ends = true;
                return;
            }
            Node child = child(word.charAt(at));
            if (child == null) {
                child = new Node();
                keys = Arrays.copyOf(keys, keys.length + 1);
                next = Arrays.copyOf(next, next.length + 1);
                keys[keys.length - 1] = word.charAt(at);
                next[next.length - 1] = child;
            }
            child.add(word, at + 1);
        }

        /** Behind the shortest word that goes on at an offset, or -1. */
        int end(String line, int from) {
            Node node = this;
            for (int at = from; node != null; at++) {
                if (node.ends) {
                    return at;
                }
                node = at < line.length() ? node.child(line.charAt(at)) : null;
            }
            return -1;
        }

        private Node child(char key) {
            for (int i = 0; i < keys.length; i++) {
                if (keys[i] == key) {
                    return next[i];
                }
            }
            return null;
        }
    }

    private final Part[] parts;
    /** The parts with the fewest words first: they say soonest that a line does not match. */
    private final Part[] rareFirst;

    private final boolean fromStart;
    private final boolean toEnd;

    private LinePattern(List<Part> parts, boolean fromStart, boolean toEnd) {
        this.parts = parts.toArray(Part[]::new);
        rareFirst = parts.stream()
                .sorted(Comparator.comparingInt(part -> part.words.size()))
                .toArray(Part[]::new);
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
        List<Part> parts = new ArrayList<>();
        for (String part : body.split("(?<!\\\\)\\*")) {
            if (!part.isEmpty()) {
                parts.add(Part.of(alternatives(part.replace("\\*", "*"), words, text)));
            }
        }
        if (parts.isEmpty()) {
            throw new CatalogueException("messages: the pattern '" + text + "' has no words");
        }
        return new LinePattern(parts, fromStart, toEnd);
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
        if (made.contains("")) {
            throw new CatalogueException("messages: the pattern '" + pattern + "' has a word that is empty");
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
        return match(line, new Places());
    }

    /** The same, with what is known of the line from other patterns. */
    Place match(String line, Places places) {
        for (Part part : rareFirst) {
            if (places.of(part, line) == null) {
                return null;
            }
        }
        int from = -1;
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean first = i == 0 && fromStart;
            boolean last = i == parts.length - 1 && toEnd;
            Place place = places.of(parts[i], line);
            if (first || last) {
                place = parts[i].findAtEnds(line, at, first, last);
            } else if (place.from() < at) {
                place = parts[i].find(line, at);
            }
            if (place == null) {
                return null;
            }
            from = from < 0 ? place.from() : from;
            at = place.to();
        }
        return new Place(from, at);
    }

    /** Bytes of which a line that matches has at least one; they hold no quote, and no white space at their ends. */
    List<byte[]> needles() {
        List<String> best = List.of();
        int length = 0;
        for (Part part : parts) {
            List<String> needles = part.words.stream().map(LinePattern::needle).toList();
            int shortest = needles.stream().mapToInt(String::length).min().orElse(0);
            if (shortest > length) {
                length = shortest;
                best = needles;
            }
        }
        if (length < 3) {
            throw new CatalogueException("messages: the pattern " + this + " has no word of three characters");
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
        return Arrays.stream(parts).map(part -> part.words).toList().toString();
    }
}
