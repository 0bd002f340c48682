package org.hdrfix.platform;

import java.util.List;
import java.util.Optional;
import org.hdrfix.elf.ElfFile;

/** The catalogue of architectures. */
public final class Architectures {
    private Architectures() {}

    /** All of them, in catalogue order. */
    public static List<Architecture> all() {
        throw new UnsupportedOperationException();
    }

    /** The one of dpkg's name, or of an alias (uname's "aarch64", "x86_64"). */
    public static Optional<Architecture> named(String name) {
        throw new UnsupportedOperationException();
    }

    /** The one that a file is built for. */
    public static Optional<Architecture> of(ElfFile file) {
        throw new UnsupportedOperationException();
    }
}
