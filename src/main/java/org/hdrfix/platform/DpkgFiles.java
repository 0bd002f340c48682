package org.hdrfix.platform;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which package owns a file of a system: dpkg's lists, {@code /var/lib/dpkg/info/PACKAGE.list}, one absolute path a line
 * (dpkg(1), "FILES"). Only lists of packages named after a kernel are read: those of a desktop have 40 MB.
 */
public final class DpkgFiles {
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
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(list), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
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
