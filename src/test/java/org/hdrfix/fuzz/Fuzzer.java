package org.hdrfix.fuzz;

import java.io.IOException;

/** What jazzer calls with each input that it makes (the profile "fuzz" of the build). */
public final class Fuzzer {
    private static final FuzzTarget TARGET = FuzzTarget.valueOf(System.getProperty(FuzzTarget.CHOICE, "ELF"));

    private Fuzzer() {}

    public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
        TARGET.read(bytes);
    }
}
