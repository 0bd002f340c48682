package org.hdrfix.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.elf.ElfReader;
import org.hdrfix.file.Opening;

/**
 * Small files of a system, read inside its root and never further than a limit. What is not there, is not a regular
 * file or cannot be read is absent: a system is judged by what can be known of it.
 */
final class RootFile {
    private RootFile() {}

    /** The first bytes of a file. */
    static Optional<byte[]> bytes(Path root, String path, int limit) {
        Optional<RootPath> found = RootPath.resolve(root, path).filter(RootPath::isRegularFile);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = Opening.stream(found.get().file(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(in.readNBytes(limit));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The beginning of a file as text. */
    static Optional<String> text(Path root, String path, int limit) {
        return bytes(root, path, limit).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** What a file is, where it is ELF. */
    static Optional<ElfFile> elf(Path root, String path) {
        Optional<RootPath> found = RootPath.resolve(root, path).filter(RootPath::isRegularFile);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try {
            return ElfReader.read(found.get().file()) instanceof ElfFile file ? Optional.of(file) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
