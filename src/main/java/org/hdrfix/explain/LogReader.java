package org.hdrfix.explain;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hdrfix.explain.LinePattern.Place;

/**
 * Reads a log once, and explains it.
 *
 * <p>A log is anything: it may have no line ends, be endless, binary, or be made to be slow to read. So what is kept does
 * not depend on its length: one buffer, for each stanza of the catalogue the first line that matched and a
 * count, and the last few lines that were looked at. Every byte goes through {@link Needles} once; only lines with a needle are looked at more closely. A line longer
 * than {@link #PIECE} is looked at in pieces that overlap, so telling words are found wherever they stand.
 */
public final class LogReader {
    /** Bytes of a line that are compared at once: more than any telling line has. */
    static final int PIECE = 4096;

    private static final int OVERLAP = 512;
    private static final int QUOTE = 240;
    private static final int LONGEST_KNOWN = 512;

    private final List<Watch> watches = new ArrayList<>();
    private final Map<String, Watch> signs = new HashMap<>();
    private final List<Told> told = new ArrayList<>();
    private final List<LinePattern> ignored;
    private final Needles needles;
    private final int[] hits;
    private final long[] seenIn;
    private final Known[] known = new Known[256];
    private final List<Told> toldNow = new ArrayList<>();
    private final LinePattern.Places places = new LinePattern.Places();
    private int hitCount;

    private final byte[] buffer = new byte[1 << 16];
    private long line = 1;
    private long pieces = 1;

    /** One pattern that lines are compared with, and what it belongs to. */
    private static final class Watch {
        final List<LinePattern> patterns;
        final Told told;
        boolean seen;

        Watch(List<LinePattern> patterns, Told told) {
            this.patterns = patterns;
            this.told = told;
        }
    }

    /** A line that was looked at, and what it told. */
    private record Known(byte[] bytes, List<Told> told) {}

    /** What is kept of one stanza. */
    private static final class Told {
        final Message message;
        /** The line counted last for the tag, which several stanzas may share. */
        final long[] lastLineOfTag;

        long first;
        long count;
        String quote;

        Told(Message message, long[] lastLineOfTag) {
            this.message = message;
            this.lastLineOfTag = lastLineOfTag;
        }
    }

    /** What the catalogue that hdrfix carries needs: made once, and not before the first log. */
    private static final class Carried {
        static final Needles NEEDLES = needles(Message.catalogue());
    }

    private LogReader(Message.Catalogue catalogue, Needles needles) {
        this.needles = needles;
        ignored = catalogue.ignored();
        catalogue.signs().forEach((name, patterns) -> {
            Watch watch = new Watch(patterns, null);
            signs.put(name, watch);
            watches.add(watch);
        });
        Map<String, long[]> lastLines = new HashMap<>();
        for (Message message : catalogue.messages()) {
            Told one = new Told(message, lastLines.computeIfAbsent(message.tag(), tag -> new long[1]));
            told.add(one);
            for (LinePattern pattern : message.lines()) {
                watches.add(new Watch(List.of(pattern), one));
            }
        }
        hits = new int[watches.size()];
        seenIn = new long[watches.size()];
    }

    /** Those of the watches, in their order. */
    private static Needles needles(Message.Catalogue catalogue) {
        List<List<byte[]>> wanted = new ArrayList<>();
        catalogue.signs().values().forEach(patterns -> wanted.add(needles(patterns)));
        catalogue
                .messages()
                .forEach(message -> message.lines().forEach(pattern -> wanted.add(needles(List.of(pattern)))));
        return new Needles(wanted);
    }

    private static List<byte[]> needles(List<LinePattern> patterns) {
        return patterns.stream().flatMap(pattern -> pattern.needles().stream()).toList();
    }

    /**
     * Explains a log.
     *
     * @param mostBytes where to give up
     */
    public static Explanation explain(InputStream log, long mostBytes) throws IOException {
        LogReader reader = new LogReader(Message.catalogue(), Carried.NEEDLES);
        return reader.explanation(reader.read(log, mostBytes));
    }

    static Explanation explain(InputStream log, long mostBytes, Message.Catalogue catalogue) throws IOException {
        LogReader reader = new LogReader(catalogue, needles(catalogue));
        return reader.explanation(reader.read(log, mostBytes));
    }

    /**
     * What is held in memory after a log was read, for tests.
     *
     * @param bytes of the buffer
     * @param quotes characters of lines that are kept
     */
    record Kept(int bytes, int quotes, Explanation explanation) {}

    static Kept keep(InputStream log) throws IOException {
        LogReader reader = new LogReader(Message.catalogue(), Carried.NEEDLES);
        boolean complete = reader.read(log, Long.MAX_VALUE);
        int quotes = reader.told.stream()
                .mapToInt(one -> one.quote == null ? 0 : one.quote.length())
                .sum();
        return new Kept(reader.buffer.length, quotes, reader.explanation(complete));
    }

    private boolean read(InputStream log, long mostBytes) throws IOException {
        int[] next = needles.next;
        int[] columnOf = needles.columnOf;
        int ending = needles.firstEnding;
        long total = 0;
        int start = 0;
        int end = 0;
        int at = 0;
        int state = 0;
        while (total < mostBytes) {
            if (end == buffer.length) {
                // What is left of the piece moves to the front: a piece is far smaller than the buffer.
                System.arraycopy(buffer, start, buffer, 0, end - start);
                at -= start;
                end -= start;
                start = 0;
            }
            int got = log.read(buffer, end, (int) Math.min(buffer.length - end, mostBytes - total));
            if (got < 0) {
                break;
            }
            end += got;
            total += got;
            while (at < end) {
                int limit = Math.min(end, start + PIECE);
                while (at < limit) {
                    int then = next[state + columnOf[buffer[at++] & 0xff]];
                    if (then < ending) {
                        state = then;
                    } else if (then != Needles.CONTROL) {
                        state = then;
                        hit(then);
                    } else if (buffer[at - 1] == '\n') {
                        state = 0;
                        finish(start, at - 1);
                        start = at;
                        line++;
                        limit = Math.min(end, start + PIECE);
                    } else if (buffer[at - 1] == '\r') {
                        // A progress line that is drawn again; before a newline it is nothing.
                        state = 0;
                        finish(start, at - 1);
                        start = at;
                        limit = Math.min(end, start + PIECE);
                    } else if (buffer[at - 1] == 0x1b) {
                        int behind = LineText.behindEscape(buffer, at - 1, limit);
                        if (behind == limit && limit == end && end - start < PIECE && end < buffer.length) {
                            // Perhaps cut off by the read: it is looked at again when there is more.
                            at--;
                            break;
                        }
                        at = behind;
                    }
                }
                if (at < limit) {
                    break;
                }
                if (at - start >= PIECE) {
                    finish(start, at);
                    at -= OVERLAP;
                    start = at;
                    state = 0;
                }
            }
        }
        finish(start, end);
        line -= end == start ? 1 : 0;
        return total < mostBytes;
    }

    private void hit(int state) {
        for (int watch : needles.ending(state)) {
            if (seenIn[watch] != pieces) {
                seenIn[watch] = pieces;
                hits[hitCount++] = watch;
            }
        }
    }

    /** A line, or a piece of a long one, is complete. */
    private void finish(int from, int to) {
        if (hitCount > 0) {
            compare(from, to);
            hitCount = 0;
        }
        pieces++;
    }

    /** A failed build says the same line thousands of times: what it told last time is told again. */
    private void compare(int from, int to) {
        int slot = slot(from, to);
        Known same = known[slot];
        if (same != null && Arrays.equals(same.bytes, 0, same.bytes.length, buffer, from, to)) {
            same.told.forEach(this::count);
            return;
        }
        toldNow.clear();
        if (lookClosely(from, to)) {
            // A sign can change what a line tells.
            Arrays.fill(known, null);
        } else if (to - from <= LONGEST_KNOWN) {
            known[slot] = new Known(Arrays.copyOfRange(buffer, from, to), List.copyOf(toldNow));
        }
    }

    private int slot(int from, int to) {
        int hash = 1;
        for (int i = from; i < Math.min(to, from + LONGEST_KNOWN); i++) {
            hash = 31 * hash + buffer[i];
        }
        return (hash ^ hash >>> 16) & known.length - 1;
    }

    /** Compares a line with the patterns of which it has a needle; gives whether it is a sign that was not seen before. */
    private boolean lookClosely(int from, int to) {
        boolean newSign = false;
        String text = null;
        for (int i = 0; i < hitCount; i++) {
            Watch watch = watches.get(hits[i]);
            if (watch.seen) {
                continue;
            }
            if (text == null) {
                text = " " + LineText.of(buffer, from, to).strip() + " ";
                places.nextLine();
            }
            Place place = matches(watch.patterns, text);
            if (place == null) {
                continue;
            }
            if (matches(ignored, text) != null) {
                return newSign;
            }
            if (watch.told == null) {
                watch.seen = true;
                newSign = true;
            } else if (matches(watch.told.message.unlike(), text) == null && follows(watch.told.message)) {
                tell(watch.told, text, place);
            }
        }
        return newSign;
    }

    private Place matches(List<LinePattern> patterns, String text) {
        for (LinePattern pattern : patterns) {
            Place place = pattern.match(text, places);
            if (place != null) {
                return place;
            }
        }
        return null;
    }

    private boolean follows(Message message) {
        return message.after().isEmpty() || anySeen(message.after());
    }

    private boolean anySeen(List<String> names) {
        return names.stream().anyMatch(name -> signs.get(name).seen);
    }

    private void tell(Told one, String text, Place place) {
        if (one.quote == null) {
            one.first = line;
            one.quote = quote(text, place);
        }
        toldNow.add(one);
        count(one);
    }

    private void count(Told one) {
        if (one.lastLineOfTag[0] != line) {
            one.lastLineOfTag[0] = line;
            one.count++;
        }
    }

    /** The line, or so much of it around the telling words as people read. */
    private static String quote(String text, Place place) {
        if (text.length() <= QUOTE) {
            return LineText.readable(text.strip());
        }
        int from = Math.max(0, Math.min(place.from() - 40, text.length() - QUOTE));
        String cut = text.substring(from, Math.min(text.length(), from + QUOTE)).strip();
        return (from == 0 ? "" : "...") + LineText.readable(cut) + (from + QUOTE < text.length() ? "..." : "");
    }

    private Explanation explanation(boolean complete) {
        List<Told> held = told.stream()
                .filter(one -> one.quote != null)
                .filter(one -> one.message.with().isEmpty() || anySeen(one.message.with()))
                .filter(one -> !anySeen(one.message.without()))
                .toList();
        Map<String, Told> best = new LinkedHashMap<>();
        Map<String, Long> counts = new HashMap<>();
        Comparator<Told> order =
                Comparator.<Told>comparingInt(one -> one.message.rank()).thenComparingLong(one -> one.first);
        held.stream().sorted(order).forEach(one -> {
            best.putIfAbsent(one.message.tag(), one);
            counts.merge(one.message.tag(), one.count, Long::sum);
        });
        List<Told> kept = best.values().stream()
                .filter(one -> best.values().stream().noneMatch(other -> isBehind(one, other)))
                .toList();
        return new Explanation(line, complete, causes(kept, counts, false), causes(kept, counts, true));
    }

    /** Whether one is only what the other led to. */
    private static boolean isBehind(Told one, Told other) {
        Message message = one.message;
        String tag = other.message.tag();
        return other != one
                && !other.message.harmless()
                && (message.yieldsTo().contains("*")
                        || message.yieldsTo().contains(tag)
                        || other.first <= one.first && message.follows().contains(tag));
    }

    private static List<Explanation.Cause> causes(List<Told> kept, Map<String, Long> counts, boolean harmless) {
        return kept.stream()
                .filter(one -> one.message.harmless() == harmless)
                .map(one -> new Explanation.Cause(
                        one.message, one.first, one.quote, Math.max(0, counts.get(one.message.tag()) - 1)))
                .toList();
    }
}
