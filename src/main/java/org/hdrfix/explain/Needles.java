package org.hdrfix.explain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds many byte strings in one pass (Aho and Corasick, "Efficient string matching", 1975), as a complete table: one look-up
 * a byte. States are numbered so that one comparison says whether a byte needs more than that: the line ends, a
 * sequence to skip begins, or a needle ends here.
 */
final class Needles {
    /** What a step gives for a byte that is no part of any needle and that the reader has to handle. */
    static final int CONTROL = Integer.MAX_VALUE;

    /** Row of a state is {@code state}: the numbers are multiples of the row's length. */
    final int[] next;

    final int[] columnOf;
    /** States from this one on end a needle; {@link #CONTROL} is behind them. */
    final int firstEnding;

    private final int columns;
    private final int[][] ending;

    /**
     * Makes the table.
     *
     * @param needles at the place of a pattern, the needles of which a line that it matches has one
     */
    Needles(List<List<byte[]>> needles) {
        columnOf = new int[256];
        columns = columns(needles, columnOf);
        Trie trie = new Trie(columns);
        for (int pattern = 0; pattern < needles.size(); pattern++) {
            for (byte[] needle : needles.get(pattern)) {
                trie.add(needle, columnOf, pattern);
            }
        }
        List<Integer> order = trie.complete();
        int[] number = new int[trie.size];
        int plain = 0;
        for (int state : order) {
            if (trie.ends.get(state).length == 0) {
                number[state] = plain++;
            }
        }
        firstEnding = plain * columns;
        ending = new int[trie.size - plain][];
        int behind = plain;
        for (int state : order) {
            if (trie.ends.get(state).length > 0) {
                ending[behind - plain] = trie.ends.get(state);
                number[state] = behind++;
            }
        }
        next = new int[trie.size * columns];
        for (int state = 0; state < trie.size; state++) {
            for (int column = 0; column < columns; column++) {
                next[number[state] * columns + column] = column == columnOf['\n'] && column == columns - 1
                        ? CONTROL
                        : number[trie.children[state * columns + column]] * columns;
            }
        }
    }

    /** The patterns of which a needle ends in a state. */
    int[] ending(int state) {
        return ending[(state - firstEnding) / columns];
    }

    /** Column 0 is every byte that no needle has, the last one the bytes that the reader handles. */
    private static int columns(List<List<byte[]>> needles, int[] columnOf) {
        int count = 1;
        for (List<byte[]> group : needles) {
            for (byte[] needle : group) {
                for (byte b : needle) {
                    if (columnOf[b & 0xff] == 0) {
                        columnOf[b & 0xff] = count++;
                    }
                }
            }
        }
        for (int control : new int[] {'\n', '\r', 0x1b, 0}) {
            columnOf[control] = count;
        }
        return count + 1;
    }

    /** The needles as a tree of states, before they are numbered. */
    private static final class Trie {
        private final int columns;
        private int[] children;
        private final List<int[]> ends = new ArrayList<>();
        private int size = 1;

        Trie(int columns) {
            this.columns = columns;
            children = new int[columns * 1024];
            ends.add(new int[0]);
        }

        void add(byte[] needle, int[] columnOf, int pattern) {
            int state = 0;
            for (byte b : needle) {
                int slot = state * columns + columnOf[b & 0xff];
                if (children[slot] == 0) {
                    if ((size + 1) * columns > children.length) {
                        children = Arrays.copyOf(children, children.length * 2);
                    }
                    children[slot] = size++;
                    ends.add(new int[0]);
                }
                state = children[slot];
            }
            ends.set(state, union(ends.get(state), new int[] {pattern}));
        }

        /** Fills in where each state goes when the byte does not continue its needle; gives all states, root first. */
        List<Integer> complete() {
            int[] fallback = new int[size];
            List<Integer> order = new ArrayList<>(List.of(0));
            ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(0));
            while (!queue.isEmpty()) {
                int state = queue.remove();
                for (int column = 0; column < columns; column++) {
                    int slot = state * columns + column;
                    int child = children[slot];
                    int other = state == 0 ? 0 : children[fallback[state] * columns + column];
                    if (child == 0) {
                        children[slot] = other;
                    } else {
                        fallback[child] = other;
                        ends.set(child, union(ends.get(child), ends.get(other)));
                        order.add(child);
                        queue.add(child);
                    }
                }
            }
            return order;
        }

        private static int[] union(int[] one, int[] other) {
            if (other.length == 0) {
                return one;
            }
            int[] both = Arrays.copyOf(one, one.length + other.length);
            System.arraycopy(other, 0, both, one.length, other.length);
            return Arrays.stream(both).distinct().toArray();
        }
    }
}
