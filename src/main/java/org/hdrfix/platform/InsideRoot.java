package org.hdrfix.platform;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Resolves paths of a system whose {@code /} is some directory, for whoever needs only the place on this machine; the
 * story is told at {@link RootPath}.
 */
public final class InsideRoot {
    private InsideRoot() {}

    /**
     * The place on this machine that a path of the system leads to, every link followed.
     *
     * @param root absolute path of the system's {@code /}
     * @param path absolute path in that system
     * @return nothing where a component is missing, is no directory, cannot be read, or the links never end
     */
    public static Optional<Path> resolve(Path root, String path) {
        return RootPath.resolve(root, path).map(RootPath::file);
    }

    /** The path that a place below the root has in the system itself: {@code /usr/src/...}. */
    public static String seenFrom(Path root, Path place) {
        return place.startsWith(root) ? "/" + root.relativize(place) : place.toString();
    }
}
