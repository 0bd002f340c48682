package org.hdrfix.proof;

import java.nio.file.Path;

/** Lets the fuzzer of another package read what prove reads. */
public final class ConfigurationTarget {
    private ConfigurationTarget() {}

    /** Reads a file as a configuration and as a table of symbol versions. */
    public static void read(Path file) {
        Configuration.read(file);
        SymbolVersions.read(file);
    }
}
