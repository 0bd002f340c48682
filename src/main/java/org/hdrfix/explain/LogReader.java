package org.hdrfix.explain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a log of any size once, in constant memory: the output of make, DKMS, insmod, modprobe or the kernel. Bytes run
 * through a {@link NeedleScanner}; only a line that has a needle is looked at. Of a line without end, pieces of 64 KiB
 * are taken for lines.
 */
public final class LogReader {
    private static final int BLOCK = 1 << 16;
    /** How much of a line is looked at before and behind a needle. */
    private static final int AROUND = 2048;
    /** How long a quoted line may be. */
    private static final int QUOTE = 300;

    private final List<Message> messages;
    private final List<Use> uses = new ArrayList<>();
    private final NeedleScanner scanner;
    private final Found[] found;
    /** By use: whether some line matched, for what the whole log has to have or to lack. */
    private final boolean[] seen;
    /** By use: where its needle ended in this line, or -1; and those that are not -1. */
    private final int[] hitAt;

    private final int[] hits;
    private int hitCount;
    private long lines;

    private enum Kind {
        LINE,
        WITH,
        WITHOUT
    }

    private record Use(int message, Kind kind, LinePattern pattern) {}

    private static final class Found {
        private long line;
        private long last;
        private String quote;
        private long times;
    }

    private LogReader(List<Message> messages) {
        this.messages = messages;
        for (int i = 0; i < messages.size(); i++) {
            int message = i;
            messages.get(i).lines().forEach(pattern -> uses.add(new Use(message, Kind.LINE, pattern)));
            messages.get(i).with().forEach(pattern -> uses.add(new Use(message, Kind.WITH, pattern)));
            messages.get(i).without().forEach(pattern -> uses.add(new Use(message, Kind.WITHOUT, pattern)));
        }
        this.scanner = new NeedleScanner(
                uses.stream().map(use -> use.pattern().needle()).toList());
        this.found = new Found[messages.size()];
        this.seen = new boolean[uses.size()];
        this.hitAt = new int[uses.size()];
        this.hits = new int[uses.size()];
        Arrays.fill(hitAt, -1);
    }

    /** What a log says. The stream is read to its end, and not closed. */
    public static Explanation read(InputStream log) throws IOException {
        return new LogReader(Message.all()).explain(log);
    }

    private Explanation explain(InputStream log) throws IOException {
        byte[] window = new byte[2 * BLOCK];
        int kept = 0;
        int state = 0;
        boolean open = false;
        for (int read = log.read(window, kept, BLOCK); read > 0; read = log.read(window, kept, BLOCK)) {
            int end = kept + read;
            int start = 0;
            for (int i = kept; i < end; i++) {
                byte b = window[i];
                if (b == '\n') {
                    endLine(window, start, i, 0);
                    lines++;
                    start = i + 1;
                    state = 0;
                } else {
                    state = scanner.step(state, b);
                    int[] ending = scanner.ending(state);
                    if (ending != null) {
                        note(ending, i - start);
                    }
                }
            }
            open = start < end;
            if (end - start >= BLOCK) {
                // What stands behind a needle near the cut is not read yet: it is looked at with the next piece.
                endLine(window, start, end, AROUND);
                start = end - 2 * AROUND;
            }
            kept = end - start;
            System.arraycopy(window, start, window, 0, kept);
        }
        if (open) {
            endLine(window, 0, kept, 0);
            lines++;
        }
        return explanation();
    }

    private void note(int[] ending, int at) {
        for (int use : ending) {
            if (hitAt[use] < 0 && !seen[use]) {
                hitAt[use] = at;
                hits[hitCount++] = use;
            }
        }
    }

    /** Looks at a line that has needles; those of its last bytes are kept for the piece that follows. */
    private void endLine(byte[] window, int start, int end, int kept) {
        if (hitCount == 0) {
            return;
        }
        String whole = end - start <= 2 * AROUND ? plain(window, start, end) : null;
        int waiting = 0;
        for (int i = 0; i < hitCount; i++) {
            int index = hits[i];
            Use use = uses.get(index);
            int at = start + hitAt[index];
            if (kept > 0 && at >= end - kept) {
                hitAt[index] = at - (end - 2 * AROUND);
                hits[waiting++] = index;
                continue;
            }
            hitAt[index] = -1;
            String text =
                    whole != null ? whole : plain(window, Math.max(start, at - AROUND), Math.min(end, at + AROUND));
            if (use.pattern().matches(text)) {
                if (use.kind() == Kind.LINE) {
                    count(use.message(), text);
                } else {
                    seen[index] = true;
                }
            }
        }
        hitCount = waiting;
    }

    private void count(int message, String text) {
        if (messages.get(message).not().stream().anyMatch(pattern -> pattern.matches(text))) {
            return;
        }
        long number = lines + 1;
        Found before = found[message];
        if (before == null) {
            before = new Found();
            before.line = number;
            before.last = number;
            before.quote = text.length() <= QUOTE
                    ? text.strip()
                    : text.substring(0, QUOTE).strip() + "...";
            before.times = 1;
            found[message] = before;
        } else if (before.last != number) {
            before.last = number;
            before.times++;
        }
    }

    private static String plain(byte[] window, int start, int end) {
        return LogLine.plain(new String(window, start, end - start, StandardCharsets.UTF_8));
    }

    private Explanation explanation() {
        List<Explanation.Cause> causes = new ArrayList<>();
        long harmless = 0;
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            if (found[i] == null || !holds(i)) {
                continue;
            }
            if (message.rank() == Message.HARMLESS) {
                harmless += found[i].times;
            } else {
                causes.add(new Explanation.Cause(message, found[i].line, found[i].quote, found[i].times));
            }
        }
        causes.sort(Comparator.comparingInt(
                        (Explanation.Cause cause) -> cause.message().rank())
                .thenComparingLong(Explanation.Cause::line));
        Map<String, Explanation.Cause> byTag = new LinkedHashMap<>();
        causes.forEach(cause -> byTag.putIfAbsent(cause.message().tag(), cause));
        return new Explanation(lines, new ArrayList<>(byTag.values()), harmless);
    }

    private boolean holds(int message) {
        boolean asks = false;
        boolean has = false;
        for (int i = 0; i < seen.length; i++) {
            Use use = uses.get(i);
            if (use.message() == message) {
                if (use.kind() == Kind.WITHOUT && seen[i]) {
                    return false;
                }
                asks |= use.kind() == Kind.WITH;
                has |= use.kind() == Kind.WITH && seen[i];
            }
        }
        return !asks || has;
    }
}
