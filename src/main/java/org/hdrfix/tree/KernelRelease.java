package org.hdrfix.tree;

/**
 * What {@code uname -r} says on the kernel that a tree is for.
 *
 * @param value the whole string ("6.6.31-v8+"), without white space
 */
public record KernelRelease(String value) {
    public KernelRelease {
        if (value.isEmpty() || value.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("not a kernel release: \"" + value + "\"");
        }
    }

    /** The version number: 6 of "6.12.1-x"; 0 where there is none. */
    public int major() {
        return number(0);
    }

    /** The patch level: 12 of "6.12.1-x"; 0 where there is none. */
    public int minor() {
        return number(1);
    }

    /** Whether the kernel is older than version {@code M.m}. */
    public boolean isBefore(String version) {
        KernelRelease other = new KernelRelease(version);
        return major() != other.major() ? major() < other.major() : minor() < other.minor();
    }

    private int number(int index) {
        int at = 0;
        for (int skipped = 0; skipped < index; skipped++) {
            at = value.indexOf('.', at) + 1;
            if (at == 0) {
                return 0;
            }
        }
        int number = 0;
        // Four digits are more than any kernel version has; the bound keeps nonsense from overflowing.
        for (int digits = 0; digits < 4 && at < value.length() && Character.isDigit(value.charAt(at)); digits++) {
            number = number * 10 + Character.digit(value.charAt(at++), 10);
        }
        return number;
    }

    @Override
    public String toString() {
        return value;
    }
}
