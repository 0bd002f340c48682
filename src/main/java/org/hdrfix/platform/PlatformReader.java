package org.hdrfix.platform;

import java.nio.file.Path;
import java.util.Optional;

/** Finds out what the system under a root directory is. */
public final class PlatformReader {
    private PlatformReader() {}

    /**
     * Reads a system.
     *
     * @param root absolute path; {@code /} is this machine
     * @param override dpkg's name of the architecture to judge for, from {@code --platform}
     * @throws UnknownPlatformException when nothing says what it is, or the override is not in the catalogue
     */
    public static Platform read(Path root, Optional<String> override) {
        throw new UnsupportedOperationException();
    }
}
