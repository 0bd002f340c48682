package org.hdrfix.platform;

import java.util.Arrays;

/**
 * A symbol version that a library of glibc defines ("GLIBC_2.34"). Numbered ones stand above the others
 * ("GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR") and are ordered by number: 2.4 is older than 2.31.
 */
record GlibcVersion(String symbol) implements Comparable<GlibcVersion> {
    private static final String PREFIX = "GLIBC_";

    boolean isNumbered() {
        return numbers().length > 0;
    }

    /** The release that brought it ("glibc 2.34"). */
    String release() {
        return "glibc " + symbol.substring(PREFIX.length());
    }

    @Override
    public int compareTo(GlibcVersion other) {
        int byNumber = Arrays.compareUnsigned(numbers(), other.numbers());
        return byNumber != 0 ? byNumber : symbol.compareTo(other.symbol);
    }

    private int[] numbers() {
        if (!symbol.startsWith(PREFIX)) {
            return new int[0];
        }
        String[] parts = symbol.substring(PREFIX.length()).split("\\.", -1);
        int[] numbers = new int[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) {
                numbers[i] = Integer.parseUnsignedInt(parts[i]);
            }
        } catch (NumberFormatException e) {
            return new int[0];
        }
        return numbers;
    }
}
