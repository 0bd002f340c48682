package org.hdrfix.cli;

/** The command {@code hdrfix}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(2);
    }
}
