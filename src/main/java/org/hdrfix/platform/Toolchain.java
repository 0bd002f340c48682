package org.hdrfix.platform;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The compiler on this machine that makes programs for a platform, found by looking, never by running.
 *
 * @param compiler absolute path of cc, gcc, clang or TRIPLET-gcc; nothing where none is installed
 * @param make absolute path of make
 * @param includeDirectories absolute paths where this compiler looks for headers of libraries, those that exist
 * @param missingPackages Debian packages to install for what is missing (gcc, libc6-dev), for {@code apt install}
 */
public record Toolchain(
        Optional<Path> compiler, Optional<Path> make, List<Path> includeDirectories, List<String> missingPackages) {
    public Toolchain {
        includeDirectories = List.copyOf(includeDirectories);
        missingPackages = List.copyOf(missingPackages);
    }

    /**
     * Looks for the toolchain of a platform in the directories /usr/sbin, /usr/bin, /sbin, /bin of this machine.
     *
     * @param userland what the programs must be built for
     * @param machine what this machine's own userland is
     */
    public static Toolchain find(Architecture userland, Architecture machine) {
        throw new UnsupportedOperationException();
    }
}
