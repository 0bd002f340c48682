package org.hdrfix.platform;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hdrfix.elf.ElfFile;

/** A shared library in the directories where ld.so looks without being told. */
final class SystemLibrary {
    static final String LIBC = "libc.so.6";

    private SystemLibrary() {}

    /** The library of that name that is built for an architecture. */
    static Optional<ElfFile> find(Path root, Architecture architecture, String name) {
        for (String directory : directories(architecture)) {
            Optional<ElfFile> file = RootFile.elf(root, directory + "/" + name).filter(architecture::matches);
            if (file.isPresent()) {
                return file;
            }
        }
        return Optional.empty();
    }

    private static List<String> directories(Architecture architecture) {
        String multiarch = architecture.multiarch();
        return List.of(
                "/lib/" + multiarch,
                "/usr/lib/" + multiarch,
                "/lib64",
                "/usr/lib64",
                "/lib",
                "/usr/lib",
                "/lib32",
                "/usr/lib32",
                "/libx32");
    }
}
