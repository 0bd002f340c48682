package org.hdrfix.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hdrfix.cli.Main;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Makes the .deb; the build runs it. What is in the package:
 *
 * <ul>
 *   <li>the launcher, the jar, and the list of classes from which the class-data archive is made where it is installed
 *   <li>all of {@code src/main/hooks/root}, which lies there as it is installed
 *   <li>maintainer scripts and triggers from {@code src/main/hooks/DEBIAN}
 *   <li>manual pages and completions from the model of the commands
 * </ul>
 */
final class DebPackage {
    /** Which of these are used depends on the directory of the build: a space in its name has to be decoded. */
    private static final String CHARSETS = "sun/nio/cs/";

    private final Path sources;
    private final Path target;
    private final String version;
    private final Instant time;

    /**
     * The package of what was built.
     *
     * @param sources the project's directory
     * @param target where the jar is, and the list of its classes
     */
    DebPackage(Path sources, Path target, String version, Instant time) {
        this.sources = sources;
        this.target = target;
        this.version = version;
        this.time = time;
    }

    /** Arguments: the project's directory, the build's directory, the version, the time in ISO 8601. */
    public static void main(String[] args) throws IOException {
        Path target = Path.of(args[1]);
        String training = Files.readString(target.resolve("training.classes"));
        Files.write(target.resolve("hdrfix.classes"), sortedClasses(training));
        new DebPackage(Path.of(args[0]), target, args[2], Instant.parse(args[3]))
                .write(target.resolve("hdrfix_" + args[2] + "_all.deb"));
    }

    void write(Path deb) throws IOException {
        archive().write(deb, Files.readString(source("deb/control")), version);
    }

    DebArchive archive() throws IOException {
        DebArchive deb = new DebArchive(time);
        deb.add(PackagedFile.of("usr/bin/hdrfix", Files.readAllBytes(source("sh/hdrfix"))));
        deb.add(PackagedFile.of("usr/share/hdrfix/hdrfix.jar", Files.readAllBytes(target.resolve("hdrfix.jar"))));
        deb.add(PackagedFile.of(
                "usr/share/hdrfix/hdrfix.classes", Files.readAllBytes(target.resolve("hdrfix.classes"))));
        addTree(source("hooks/root"), deb);
        try (Stream<Path> scripts = Files.list(source("hooks/DEBIAN"))) {
            for (Path script : (Iterable<Path>) scripts::iterator) {
                deb.addControl(PackagedFile.of(script.getFileName().toString(), Files.readAllBytes(script)));
            }
        }
        addCommand(Main.model(), deb);
        addDocumentation(deb);
        return deb;
    }

    private void addTree(Path root, DebArchive deb) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path file : (Iterable<Path>) tree::iterator) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    deb.add(PackagedFile.of(root.relativize(file).toString(), Files.readAllBytes(file)));
                } else if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IOException(file + " is neither file nor directory");
                }
            }
        }
    }

    private void addCommand(CommandSpec model, DebArchive deb) throws IOException {
        for (ManPage page : ManPage.all(model, version, time)) {
            deb.add(PackagedFile.compressed("usr/share/man/man1/" + page.name() + ".1", bytes(page.roff())));
        }
        Completions completions = new Completions(model);
        deb.add(PackagedFile.of("usr/share/bash-completion/completions/hdrfix", bytes(completions.bash())));
        deb.add(PackagedFile.of("usr/share/zsh/vendor-completions/_hdrfix", bytes(completions.zsh())));
        deb.add(PackagedFile.of("usr/share/fish/vendor_completions.d/hdrfix.fish", bytes(completions.fish())));
    }

    private void addDocumentation(DebArchive deb) throws IOException {
        String changelog = Files.readString(source("deb/changelog"));
        if (!changelog.startsWith("hdrfix (" + version + ") ")) {
            throw new IOException("src/main/deb/changelog does not begin with version " + version);
        }
        // The package is made from these sources themselves, it is no other's packaging: so not changelog.Debian.
        deb.add(PackagedFile.compressed("usr/share/doc/hdrfix/changelog", bytes(changelog)));
        deb.add(PackagedFile.of("usr/share/doc/hdrfix/copyright", Files.readAllBytes(source("deb/copyright"))));
        for (PackagedFile file : overrides()) {
            deb.add(file);
        }
    }

    private List<PackagedFile> overrides() throws IOException {
        Path overrides = source("deb/lintian-overrides");
        return Files.exists(overrides)
                ? List.of(PackagedFile.of("usr/share/lintian/overrides/hdrfix", Files.readAllBytes(overrides)))
                : List.of();
    }

    /**
     * A list of classes as the JVM writes it, in an order that is always the same: classes first, each once, then the
     * lines about lambdas and method handles. The JDK's own classes are in it too: what a check uses of them is more than
     * the JVM's own list has, and a JVM that lacks one of them leaves it out.
     */
    static byte[] sortedClasses(String classes) {
        TreeSet<String> names = new TreeSet<>();
        TreeSet<String> handles = new TreeSet<>();
        for (String line : classes.lines().toList()) {
            if (line.startsWith("@")) {
                handles.add(line);
            } else if (!line.startsWith("#") && !line.startsWith(CHARSETS)) {
                names.add(line.split(" ", 2)[0]);
            }
        }
        return bytes(String.join("\n", names) + "\n" + String.join("\n", handles) + "\n");
    }

    private Path source(String path) {
        return sources.resolve("src/main").resolve(path);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
