package org.hdrfix.hook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files that make dpkg and the kernel's packages call hdrfix. The package brings them, and its trigger; for those who run
 * the jar they are written to the same places below {@code /etc}, with the scripts below {@code /usr/local/libexec}.
 */
public final class HookFiles {
    /** Where dpkg and kernel packages look, relative to the root. */
    private static final List<String> PLACES = List.of(
            "etc/kernel/header_postinst.d/00-hdrfix", "etc/kernel/postinst.d/00-hdrfix", "etc/dpkg/dpkg.cfg.d/hdrfix");

    private static final List<String> SCRIPTS = List.of("hook", "prefilter");

    private static final String PACKAGED = "usr/libexec/hdrfix";
    private static final String LOCAL = "usr/local/libexec/hdrfix";

    private final Path root;

    /**
     * The hooks of a system.
     *
     * @param root absolute real path of its {@code /}
     */
    public HookFiles(Path root) {
        this.root = root;
    }

    /** How one of them is. */
    public enum State {
        /** There, as hdrfix brings it. */
        IN_PLACE("in place"),
        /** There, and somebody has changed it. */
        CHANGED("in place, changed"),
        /** Not there. */
        ABSENT("not in place");

        private final String words;

        State(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }

    /** A hook and how it is. */
    public record Hook(String path, State state) {}

    /** Every hook, the trigger of the package last. */
    public List<Hook> hooks() throws IOException {
        List<Hook> hooks = new ArrayList<>();
        for (String place : PLACES) {
            hooks.add(new Hook("/" + place, state(place)));
        }
        Path triggers = root.resolve("var/lib/dpkg/info/hdrfix.triggers");
        boolean hasTrigger = Files.isRegularFile(triggers)
                && Files.isExecutable(root.resolve(PACKAGED + "/hook"))
                && Files.readString(triggers).contains("/usr/src");
        hooks.add(new Hook("dpkg trigger on /usr/src", hasTrigger ? State.IN_PLACE : State.ABSENT));
        return hooks;
    }

    /** Whether the package has brought them: then they are dpkg's. */
    public boolean arePackaged() {
        return Files.exists(root.resolve(PACKAGED + "/hook"));
    }

    /**
     * Writes them.
     *
     * @param command absolute path of the command that they are to run
     */
    public void install(Path command) throws IOException {
        for (String script : SCRIPTS) {
            write(
                    LOCAL + "/" + script,
                    text(PACKAGED + "/" + script)
                            .replace("/usr/bin/hdrfix", command.toString())
                            .replace("/" + PACKAGED, "/" + LOCAL));
        }
        // Last, since they call the scripts.
        for (String place : PLACES) {
            write(place, local(place));
        }
    }

    /** Takes away what install has written; the hooks first. Gives the files that somebody has changed, which stay. */
    public List<String> remove() throws IOException {
        List<String> left = new ArrayList<>();
        for (String place : PLACES) {
            State state = state(place);
            if (state == State.IN_PLACE) {
                Files.delete(root.resolve(place));
            } else if (state == State.CHANGED) {
                left.add("/" + place);
            }
        }
        for (String script : SCRIPTS) {
            Files.deleteIfExists(root.resolve(LOCAL).resolve(script));
        }
        Files.deleteIfExists(root.resolve(LOCAL));
        return left;
    }

    private State state(String place) throws IOException {
        Path file = root.resolve(place);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > 1 << 16) {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? State.CHANGED : State.ABSENT;
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        return Optional.of(text)
                        .filter(found -> found.equals(text(place)) || found.equals(local(place)))
                        .isPresent()
                ? State.IN_PLACE
                : State.CHANGED;
    }

    private static String local(String place) {
        return text(place).replace("/" + PACKAGED, "/" + LOCAL);
    }

    private static String text(String path) {
        try (InputStream in = HookFiles.class.getResourceAsStream("/org/hdrfix/hooks/" + path)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whole or not at all: dpkg reads its configuration at any time. */
    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        // run-parts and dpkg take no name with two dots in it.
        Path fresh = file.resolveSibling("." + file.getFileName() + ".hdrfix-new");
        Files.writeString(fresh, text, StandardCharsets.ISO_8859_1);
        boolean isScript = text.startsWith("#!");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(isScript ? "rwxr-xr-x" : "rw-r--r--"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
