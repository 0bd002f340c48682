package org.hdrfix.fuzz;

/** The one switch for long runs of the tests: {@code HDRFIX_LONG=1}, or {@code -Dhdrfix.long=true}. */
public final class LongRun {
    private LongRun() {}

    public static boolean asked() {
        return Boolean.getBoolean("hdrfix.long") || "1".equals(System.getenv("HDRFIX_LONG"));
    }
}
