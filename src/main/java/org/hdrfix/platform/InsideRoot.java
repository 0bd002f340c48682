package org.hdrfix.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Resolves paths of a system whose {@code /} is some directory: absolute links and {@code ..} stay inside it, as they
 * would under chroot(2) (path_resolution(7)).
 */
public final class InsideRoot {
    /** The kernel's own limit of links in one resolution, MAXSYMLINKS. */
    private static final int MOST_LINKS = 40;

    private InsideRoot() {}

    /**
     * The place on this machine that a path of the system leads to, every link followed.
     *
     * @param root absolute path of the system's {@code /}
     * @param path absolute path in that system
     * @return nothing where a component is missing, is no directory, cannot be read, or the links never end
     */
    public static Optional<Path> resolve(Path root, String path) {
        Deque<String> ahead = new ArrayDeque<>();
        push(ahead, path);
        Path place = root;
        int links = 0;
        while (!ahead.isEmpty()) {
            String name = ahead.pop();
            if (name.equals("..")) {
                place = place.equals(root) ? root : place.getParent();
                continue;
            }
            Path next;
            try {
                next = place.resolve(name);
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
            if (!Files.isSymbolicLink(next)) {
                if (!Files.exists(next)) {
                    return Optional.empty();
                }
                place = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                return Optional.empty();
            }
            try {
                String target = Files.readSymbolicLink(next).toString();
                place = target.startsWith("/") ? root : place;
                push(ahead, target);
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return Optional.of(place);
    }

    /** The path that a place below the root has in the system itself: {@code /usr/src/...}. */
    public static String seenFrom(Path root, Path place) {
        return place.startsWith(root) ? "/" + root.relativize(place) : place.toString();
    }

    private static void push(Deque<String> ahead, String path) {
        String[] names = path.split("/");
        for (int i = names.length - 1; i >= 0; i--) {
            if (!names[i].isEmpty() && !names[i].equals(".")) {
                ahead.push(names[i]);
            }
        }
    }
}
