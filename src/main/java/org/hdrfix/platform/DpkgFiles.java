package org.hdrfix.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.hdrfix.file.Opening;

/**
 * Which package owns a file of a system: dpkg's lists, {@code /var/lib/dpkg/info/PACKAGE.list}, one absolute path a line
 * (dpkg(1), "FILES"). Only lists of packages named after a kernel are read: those of a desktop have 40 MB.
 */
public final class DpkgFiles {
    /** PATH_MAX of linux/limits.h. */
    private static final int LONGEST_PATH = 4096;

    /** The list of the largest package of headers has 2 MB. */
    private static final long MOST_BYTES = 64L << 20;

    private static final String INFO = "/var/lib/dpkg/info";

    private DpkgFiles() {}

    /**
     * The package whose list has a path, or a path below it.
     *
     * @param path absolute path in the system, without a slash at its end
     * @return its name, with {@code :ARCH} where dpkg's list has it
     */
    public static Optional<String> owner(Path root, String path) {
        return packageWith(root, line -> line.equals(path));
    }

    /**
     * The package that has a header tree of a release, whether the tree is still there or not.
     *
     * @param release what {@code uname -r} says
     */
    public static Optional<String> ownerOfHeaders(Path root, String release) {
        String links = "/lib/modules/" + release + "/build";
        return packageWith(
                root,
                line -> line.equals("/usr/src/linux-headers-" + release)
                        || line.equals(links)
                        || line.equals("/usr" + links));
    }

    private static Optional<String> packageWith(Path root, Predicate<String> isWanted) {
        Optional<Path> info = InsideRoot.resolve(root, INFO).filter(Files::isDirectory);
        if (info.isEmpty()) {
            return Optional.empty();
        }
        TreeSet<Path> lists = new TreeSet<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(info.get(), "*{linux,kernel,headers}*.list")) {
            children.forEach(lists::add);
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty();
        }
        for (Path list : lists) {
            if (Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS) && hasLine(list, isWanted)) {
                String name = list.getFileName().toString();
                return Optional.of(name.substring(0, name.length() - ".list".length()));
            }
        }
        return Optional.empty();
    }

    private static boolean hasLine(Path list, Predicate<String> isWanted) {
        try (InputStream in = Opening.stream(list)) {
            BoundedLines lines = new BoundedLines(in, LONGEST_PATH, MOST_BYTES);
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (isWanted.test(line)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // A list that cannot be read owns nothing that could be named.
        }
        return false;
    }
}
