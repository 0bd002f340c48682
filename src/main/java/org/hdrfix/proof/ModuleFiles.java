package org.hdrfix.proof;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.hdrfix.elf.KernelModule;
import org.hdrfix.elf.KernelModuleReader;
import org.hdrfix.elf.MalformedElf;
import org.hdrfix.elf.ModuleReading;
import org.hdrfix.elf.NotElf;
import org.hdrfix.kbuild.Decompressor;

/** Finds and reads the modules of a kernel. A file is looked at and never loaded. */
final class ModuleFiles {
    /** Bytes of a module in memory, where it is compressed: the largest of Debian has 8 MiB without debugging data. */
    private static final int MOST_UNPACKED = 32 << 20;

    /** Bytes of a module on disk that is taken as an example: small ones do, and are read at once on a board. */
    private static final long SMALL = 256 << 10;

    /** How many modules a probe is compared with: one that a person has put there shows as the odd one. */
    private static final int ENOUGH = 5;

    /** How many files of one directory below kernel/ are tried. */
    private static final int TRIES = 12;

    /** The same of all of them: where most are damaged, one that is not is no more likely among the next. */
    private static final int MOST_TRIES = 60;

    private static final int DEEPEST = 12;

    /** How many entries of one directory are looked at; the largest of Debian's has some 200. */
    private static final int MOST_ENTRIES = 10_000;

    private final Map<Path, KernelModule> found = new LinkedHashMap<>();
    private String trouble = "no module in it has both an init and an exit function";
    private Optional<String> missingProgram = Optional.empty();
    private int tried;

    /** Why nothing was found, in one sentence. */
    String trouble() {
        return trouble;
    }

    /** The program without which the modules cannot be unpacked. */
    Optional<String> missingProgram() {
        return missingProgram;
    }

    /**
     * A few modules of one kernel, the same ones each time: the first small one of each directory below kernel/ that has
     * both an init and an exit function.
     *
     * @param kernel absolute path of {@code /lib/modules/RELEASE/kernel}
     */
    Map<Path, KernelModule> below(Path kernel) {
        for (Path directory : children(kernel)) {
            if (found.size() < ENOUGH && missingProgram.isEmpty()) {
                int[] tries = {TRIES};
                first(directory, 0, tries);
            }
        }
        return found;
    }

    /** One module that a person named. */
    Map<Path, KernelModule> at(Path file) {
        try {
            take(file);
        } catch (IOException e) {
            trouble = String.valueOf(e.getMessage());
        }
        return found;
    }

    /** Whether one was found below a directory, depth first in the order of names. */
    private boolean first(Path directory, int depth, int[] tries) {
        for (Path child : children(directory)) {
            if (tries[0] <= 0 || tried >= MOST_TRIES || missingProgram.isPresent()) {
                return false;
            }
            if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                if (depth < DEEPEST && first(child, depth + 1, tries)) {
                    return true;
                }
            } else if (isSmallModule(child)) {
                tries[0]--;
                tried++;
                try {
                    if (take(child)) {
                        return true;
                    }
                } catch (IOException e) {
                    // The next one may be readable; what was wrong is said where none is.
                    trouble = String.valueOf(e.getMessage());
                }
            }
        }
        return false;
    }

    private boolean take(Path file) throws IOException {
        ModuleReading reading;
        if (Decompressor.isCompressed(file)) {
            try {
                reading = KernelModuleReader.read(Decompressor.read(file, MOST_UNPACKED));
            } catch (IOException e) {
                missingProgram = Decompressor.program(file)
                        .filter(program -> String.valueOf(e.getMessage()).equals(program + " is not installed"));
                throw e;
            }
        } else {
            reading = KernelModuleReader.read(file);
        }
        if (reading instanceof MalformedElf malformed) {
            throw new IOException(file.getFileName() + " is damaged: " + malformed.reason());
        }
        if (reading instanceof NotElf other) {
            throw new IOException(file.getFileName() + " is no module: " + other.reason());
        }
        KernelModule module = (KernelModule) reading;
        if (module.thisModuleSize().isEmpty()
                || module.info("vermagic").orElse("").isBlank()) {
            throw new IOException(file.getFileName() + " is no kernel module: it has no struct module or no vermagic");
        }
        if (module.initOffset().isEmpty() || module.exitOffset().isEmpty()) {
            return false;
        }
        found.put(file, module);
        return true;
    }

    private static boolean isSmallModule(Path file) {
        String name = file.getFileName().toString();
        boolean named =
                name.endsWith(".ko") || name.endsWith(".ko.xz") || name.endsWith(".ko.zst") || name.endsWith(".ko.gz");
        try {
            return named && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= SMALL;
        } catch (IOException e) {
            return false;
        }
    }

    static List<Path> children(Path directory) {
        TreeSet<Path> sorted = new TreeSet<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (sorted.size() == MOST_ENTRIES) {
                    break;
                }
                sorted.add(child);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A directory that cannot be listed has no example.
        }
        return new ArrayList<>(sorted);
    }
}
