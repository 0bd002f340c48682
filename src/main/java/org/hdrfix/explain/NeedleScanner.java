package org.hdrfix.explain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Finds any of many short ASCII texts in bytes in one pass (Aho and Corasick, "Efficient string matching", 1975): one
 * table look-up a byte, whatever the number of needles, so that a log of 100 MB is read at the speed of memory.
 */
final class NeedleScanner {
    private static final int ALPHABET = 128;

    /** Next state by state and byte, {@code state * 128 + byte}. */
    private final char[] next;
    /** The needles that end in a state; null for most. */
    private final int[][] ends;

    /** @param needles ASCII, none empty, at most some hundred */
    NeedleScanner(List<String> needles) {
        int states = 1 + needles.stream().mapToInt(String::length).sum();
        if (states > Character.MAX_VALUE) {
            throw new IllegalArgumentException("too many needles");
        }
        this.next = new char[states * ALPHABET];
        this.ends = new int[states][];
        int used = 1;
        for (int needle = 0; needle < needles.size(); needle++) {
            int state = 0;
            for (int i = 0; i < needles.get(needle).length(); i++) {
                int edge = state * ALPHABET + needles.get(needle).charAt(i);
                if (next[edge] == 0) {
                    next[edge] = (char) used++;
                }
                state = next[edge];
            }
            end(state, new int[] {needle});
        }
        followFailures(used);
    }

    private void end(int state, int[] needles) {
        int[] old = ends[state] == null ? new int[0] : ends[state];
        ends[state] = Arrays.copyOf(old, old.length + needles.length);
        System.arraycopy(needles, 0, ends[state], old.length, needles.length);
    }

    /** Breadth first: a missing edge becomes that of the longest proper suffix that is a state. */
    private void followFailures(int states) {
        int[] failure = new int[states];
        Deque<Integer> queue = new ArrayDeque<>();
        List<Integer> children = new ArrayList<>();
        for (int c = 0; c < ALPHABET; c++) {
            if (next[c] != 0) {
                queue.add((int) next[c]);
            }
        }
        while (!queue.isEmpty()) {
            int state = queue.remove();
            children.clear();
            for (int c = 0; c < ALPHABET; c++) {
                int child = next[state * ALPHABET + c];
                int suffix = next[failure[state] * ALPHABET + c];
                if (child == 0) {
                    next[state * ALPHABET + c] = (char) suffix;
                } else {
                    failure[child] = suffix;
                    if (ends[suffix] != null) {
                        end(child, ends[suffix]);
                    }
                    children.add(child);
                }
            }
            queue.addAll(children);
        }
    }

    /** The state behind a byte; 0 is the start. */
    int step(int state, byte b) {
        return b < 0 ? 0 : next[state * ALPHABET + b];
    }

    /** The needles that end in a state; null where none does. */
    int[] ending(int state) {
        return ends[state];
    }
}
