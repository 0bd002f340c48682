package org.hdrfix.platform;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The compiler on this machine that makes programs for a platform, found by looking, never by running.
 *
 * @param compiler absolute path of cc, gcc, clang or TRIPLET-gcc; nothing where none is installed
 * @param make absolute path of make
 * @param includeDirectories absolute paths where this compiler looks for headers of libraries, those that exist
 * @param missingPackages Debian packages to install for what is missing (gcc, libc6-dev), for {@code apt install}; make
 *     is not among them, since not every way to build needs it
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
        return find(Path.of("/"), userland, machine);
    }

    /**
     * Looks for the toolchain in the machine whose {@code /} is another directory, links resolved inside it.
     *
     * @param root absolute path; the paths of the toolchain begin with it
     */
    public static Toolchain find(Path root, Architecture userland, Architecture machine) {
        Search search = new Search(root);
        return userland.name().equals(machine.name()) ? search.nativeTools(userland) : search.crossTools(userland);
    }

    /** One look around a machine. */
    private record Search(Path root) {
        private static final List<String> DIRECTORIES = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");

        Toolchain nativeTools(Architecture userland) {
            Optional<Path> compiler = program("cc")
                    .or(() -> program("gcc"))
                    .or(() -> program("clang"))
                    .or(() -> newest("gcc-"))
                    .or(() -> newest("clang-"));
            List<Path> headers = existing("/usr/local/include", "/usr/include/" + userland.multiarch(), "/usr/include");
            List<String> missing = new ArrayList<>();
            if (compiler.isEmpty()) {
                missing.add("gcc");
            }
            if (!hasLibcHeaders(userland)) {
                missing.add("libc6-dev");
            }
            return new Toolchain(compiler, program("make"), headers, missing);
        }

        /** A compiler for other programs than this machine's: -m32 would need libraries that cannot be seen from here. */
        Toolchain crossTools(Architecture userland) {
            String triplet = userland.triplet();
            Optional<Path> compiler = program(triplet + "-gcc").or(() -> newest(triplet + "-gcc-"));
            List<Path> headers =
                    existing("/usr/" + triplet + "/include", "/usr/include/" + userland.multiarch(), "/usr/include");
            List<String> missing = new ArrayList<>();
            if (compiler.isEmpty()) {
                // Package names have no underscore: gcc-x86-64-linux-gnu.
                missing.add("gcc-" + triplet.replace('_', '-'));
            }
            if (!exists("/usr/" + triplet + "/include/stdio.h") && !hasMultiarchHeaders(userland)) {
                missing.add("libc6-dev-" + userland.name() + "-cross");
            }
            return new Toolchain(compiler, program("make"), headers, missing);
        }

        private boolean hasLibcHeaders(Architecture userland) {
            return exists("/usr/include/stdio.h") || hasMultiarchHeaders(userland);
        }

        /** libc6-dev:ARCH shares /usr/include with the others' and keeps what differs below its own name. */
        private boolean hasMultiarchHeaders(Architecture userland) {
            String own = "/usr/include/" + userland.multiarch();
            return exists(own + "/stdio.h") || (exists("/usr/include/stdio.h") && exists(own + "/bits"));
        }

        private Optional<Path> program(String name) {
            for (String directory : DIRECTORIES) {
                String path = directory + "/" + name;
                if (RootPath.resolve(root, path).filter(RootPath::isProgram).isPresent()) {
                    // As it was found: a compiler behind links (ccache, alternatives) acts by the name it is called.
                    return Optional.of(at(path));
                }
            }
            return Optional.empty();
        }

        /** The one with the highest version where only versioned ones are installed (gcc-12). */
        private Optional<Path> newest(String prefix) {
            int newest = 0;
            for (String directory : DIRECTORIES) {
                Optional<RootPath> found = RootPath.resolve(root, directory).filter(RootPath::isDirectory);
                if (found.isPresent()) {
                    newest = Math.max(newest, newest(found.get().file(), prefix));
                }
            }
            return newest == 0 ? Optional.empty() : program(prefix + newest);
        }

        private static int newest(Path directory, String prefix) {
            int newest = 0;
            try (DirectoryStream<Path> programs = Files.newDirectoryStream(directory)) {
                for (Path program : programs) {
                    String name = program.getFileName().toString();
                    if (name.startsWith(prefix)) {
                        newest = Math.max(newest, version(name.substring(prefix.length())));
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                return newest;
            }
            return newest;
        }

        private static int version(String text) {
            boolean isNumber =
                    !text.isEmpty() && text.length() <= 4 && text.chars().allMatch(Character::isDigit);
            return isNumber ? Integer.parseInt(text) : 0;
        }

        private List<Path> existing(String... directories) {
            List<Path> existing = new ArrayList<>();
            for (String directory : directories) {
                if (RootPath.resolve(root, directory)
                        .filter(RootPath::isDirectory)
                        .isPresent()) {
                    existing.add(at(directory));
                }
            }
            return existing;
        }

        private boolean exists(String path) {
            return RootPath.resolve(root, path).isPresent();
        }

        private Path at(String path) {
            return root.resolve(path.substring(1));
        }
    }

    /** Major version of the compiler, where it is gcc and its file name tells ({@code aarch64-linux-gnu-gcc-12}). */
    public OptionalInt gccVersion() {
        if (compiler.isEmpty()) {
            return OptionalInt.empty();
        }
        OptionalInt named = gccVersion(compiler.get());
        if (named.isPresent()) {
            return named;
        }
        try {
            return gccVersion(compiler.get().toRealPath());
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    private static OptionalInt gccVersion(Path compiler) {
        String name = compiler.getFileName().toString();
        int at = name.lastIndexOf("gcc-");
        String version = at < 0 ? "" : name.substring(at + "gcc-".length());
        boolean isNumber =
                !version.isEmpty() && version.length() < 4 && version.chars().allMatch(Character::isDigit);
        return isNumber ? OptionalInt.of(Integer.parseInt(version)) : OptionalInt.empty();
    }
}
