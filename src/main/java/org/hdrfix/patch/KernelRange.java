package org.hdrfix.patch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kernel versions from one to another, both included: "3.5-", "-5.5", "3.5-5.5", "6.1".
 *
 * @param fromMajor 0 where the range has no beginning
 * @param toMajor {@code Integer.MAX_VALUE} where it has no end
 */
public record KernelRange(int fromMajor, int fromMinor, int toMajor, int toMinor) {
    private static final Pattern TEXT = Pattern.compile("(?:(\\d{1,4})\\.(\\d{1,4}))?(-)?(?:(\\d{1,4})\\.(\\d{1,4}))?");

    public KernelRange {
        if (compare(fromMajor, fromMinor, toMajor, toMinor) > 0) {
            throw new IllegalArgumentException("a range of kernel versions that ends before it begins");
        }
    }

    /** @throws IllegalArgumentException where the text is no such range */
    public static KernelRange parse(String text) {
        Matcher parts = TEXT.matcher(text);
        boolean known = parts.matches() && (parts.group(1) != null || parts.group(4) != null);
        if (!known || parts.group(3) == null && parts.group(4) != null) {
            throw new IllegalArgumentException("not a range of kernel versions: \"" + text + "\"");
        }
        boolean single = parts.group(3) == null;
        return new KernelRange(
                number(parts.group(1), 0),
                number(parts.group(2), 0),
                number(single ? parts.group(1) : parts.group(4), Integer.MAX_VALUE),
                number(single ? parts.group(2) : parts.group(5), Integer.MAX_VALUE));
    }

    private static int number(String digits, int otherwise) {
        return digits == null ? otherwise : Integer.parseInt(digits);
    }

    /** Whether version {@code major.minor} lies in the range. */
    public boolean contains(int major, int minor) {
        return compare(fromMajor, fromMinor, major, minor) <= 0 && compare(major, minor, toMajor, toMinor) <= 0;
    }

    private static int compare(int major, int minor, int otherMajor, int otherMinor) {
        return major != otherMajor ? Integer.compare(major, otherMajor) : Integer.compare(minor, otherMinor);
    }
}
