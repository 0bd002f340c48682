package org.hdrfix.patch;

import java.util.List;
import java.util.Optional;

/** Names of files that a patch may speak of: relative, plain, and inside the tree. */
final class TreePath {
    private TreePath() {}

    /** Why the path is refused; nothing where it is plain. */
    static Optional<String> fault(String path) {
        if (path.startsWith("/")) {
            return Optional.of("absolute path " + path);
        }
        // Printable ASCII leaves no doubt which bytes the name has on disk; quotes and backslashes are git's quoting.
        if (!path.chars().allMatch(c -> c > ' ' && c <= '~' && c != '"' && c != '\\')) {
            return Optional.of("quoted or unusual file name");
        }
        for (String part : path.split("/", -1)) {
            if (List.of("", ".", "..").contains(part)) {
                return Optional.of("empty, \".\" or \"..\" component in path " + path);
            }
        }
        return Optional.empty();
    }
}
