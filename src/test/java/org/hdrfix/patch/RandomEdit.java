package org.hdrfix.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.hdrfix.patch.HunkLine.Mark;

/**
 * A random change of a text: its script of kept, removed and added lines, from which the texts and the unified diff
 * follow.
 *
 * @param script all lines of both texts, line ends kept
 */
record RandomEdit(List<HunkLine> script) {
    static RandomEdit of(Random random, List<String> text, int places) {
        List<HunkLine> script = new ArrayList<>();
        for (String line : text) {
            boolean change = random.nextInt(Math.max(1, text.size())) < places;
            int kind = random.nextInt(4);
            // "diff" puts removed lines first, and so do we.
            script.add(new HunkLine(change && kind < 3 ? Mark.REMOVED : Mark.CONTEXT, line));
            for (int i = random.nextInt(3); change && kind > 0 && i >= 0; i--) {
                script.add(new HunkLine(Mark.ADDED, random.nextBoolean() ? line : newLine(random, line)));
            }
        }
        return new RandomEdit(tidy(script));
    }

    private static String newLine(Random random, String like) {
        String end = like.endsWith("\r\n") ? "\r\n" : "\n";
        return "\tadded_" + random.nextInt(9) + "(" + (char) (160 + random.nextInt(90)) + ");" + end;
    }

    /** Only the last line of either text may lack its newline. */
    private static List<HunkLine> tidy(List<HunkLine> script) {
        List<HunkLine> tidy = new ArrayList<>();
        for (int i = 0; i < script.size(); i++) {
            HunkLine line = script.get(i);
            List<HunkLine> rest = script.subList(i + 1, script.size());
            boolean last = rest.stream()
                    .noneMatch(other -> line.mark() == Mark.REMOVED
                            ? other.mark() != Mark.ADDED
                            : line.mark() == Mark.CONTEXT || other.mark() != Mark.REMOVED);
            if (line.text().endsWith("\n") || last) {
                tidy.add(line);
            } else if (line.mark() == Mark.CONTEXT) {
                tidy.add(new HunkLine(Mark.REMOVED, line.text()));
                tidy.add(new HunkLine(Mark.ADDED, line.text() + "\n"));
            } else {
                tidy.add(new HunkLine(line.mark(), line.text() + "\n"));
            }
        }
        return tidy;
    }

    boolean changesNothing() {
        return script.stream().allMatch(line -> line.mark() == Mark.CONTEXT);
    }

    List<String> text(Side side) {
        return script.stream()
                .filter(line -> line.standsIn(side))
                .map(HunkLine::text)
                .toList();
    }

    /** The unified diff of the two texts, with up to {@code context} lines of context. */
    String diff(String path, int context) {
        StringBuilder diff = new StringBuilder("--- a/" + path + "\n+++ b/" + path + "\n");
        int end = 0;
        for (int i = 0; i < script.size(); i++) {
            if (i < end || script.get(i).mark() == Mark.CONTEXT) {
                continue;
            }
            int start = Math.max(end, i - context);
            int quiet = 0;
            for (end = i; end < script.size() && quiet <= 2 * context; end++) {
                quiet = script.get(end).mark() == Mark.CONTEXT ? quiet + 1 : 0;
            }
            end -= Math.max(0, quiet - context);
            hunk(diff, start, end);
        }
        return diff.toString();
    }

    private void hunk(StringBuilder diff, int start, int end) {
        List<HunkLine> lines = script.subList(start, end);
        diff.append("@@ -").append(range(Side.BEFORE, start, lines));
        diff.append(" +").append(range(Side.AFTER, start, lines)).append(" @@ int main(void)\n");
        for (HunkLine line : lines) {
            diff.append(line.mark() == Mark.CONTEXT ? " " : line.mark() == Mark.REMOVED ? "-" : "+");
            diff.append(line.text());
            diff.append(line.text().endsWith("\n") ? "" : "\n\\ No newline at end of file\n");
        }
    }

    private String range(Side side, int start, List<HunkLine> lines) {
        long before = script.subList(0, start).stream()
                .filter(line -> line.standsIn(side))
                .count();
        long size = lines.stream().filter(line -> line.standsIn(side)).count();
        return (size == 0 ? before : before + 1) + "," + size;
    }
}
