package org.hdrfix.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hdrfix.elf.ElfSpecimen;

/** Lays out the root directory of a case, with every {@code X.elf} description turned into the program {@code X}. */
final class CaseRoot {
    private CaseRoot() {}

    static Path layOut(Path folder, Path target) throws IOException {
        copy(folder.resolve("root"), target);
        Path pageSize = folder.resolve("page-size");
        if (Files.exists(pageSize)) {
            Path auxv = target.resolve("proc/self/auxv");
            Files.createDirectories(auxv.getParent());
            Files.write(
                    auxv,
                    ByteBuffer.allocate(32)
                            .order(ByteOrder.nativeOrder())
                            .putLong(6)
                            .putLong(Long.parseLong(Files.readString(pageSize).strip()))
                            .array());
        }
        Path future = folder.resolve("future");
        if (Files.exists(future)) {
            for (String path : Files.readAllLines(future)) {
                Files.setLastModifiedTime(
                        target.resolve(path),
                        FileTime.from(java.time.Instant.now().plusSeconds(90_000)));
            }
        }
        Path modes = folder.resolve("modes");
        if (Files.exists(modes)) {
            // "rw-r--r-- PATH" a line.
            for (String line : Files.readAllLines(modes)) {
                String[] words = line.split(" ", 2);
                Files.setPosixFilePermissions(target.resolve(words[1]), PosixFilePermissions.fromString(words[0]));
            }
        }
        return target;
    }

    /** Copies a directory; times are set, because a checkout has none: programs are newer than sources. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path source : all.toList()) {
                Path place = to.resolve(from.relativize(source).toString());
                if (Files.isSymbolicLink(source)) {
                    Files.createSymbolicLink(place, Files.readSymbolicLink(source));
                } else if (Files.isDirectory(source)) {
                    Files.createDirectories(place);
                } else if (place.toString().endsWith(".elf")) {
                    Path program =
                            place.resolveSibling(place.getFileName().toString().replaceFirst("\\.elf$", ""));
                    Files.write(program, ElfSpecimen.parse(Files.readString(source)));
                    program.toFile().setExecutable(true, false);
                    Files.setLastModifiedTime(program, FileTime.fromMillis(1_600_000_010_123L));
                } else {
                    Files.copy(source, place);
                    place.toFile().setExecutable(Files.isExecutable(source), false);
                    Files.setLastModifiedTime(place, FileTime.fromMillis(1_600_000_000_456L));
                }
            }
        }
    }

    /** Type, mode, owner, time and content of everything below a directory, by path. */
    static Map<String, String> fingerprint(Path directory) throws IOException {
        Map<String, String> fingerprint = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            all.forEach(path -> {
                try {
                    Map<String, Object> facts = Files.readAttributes(
                            path, "unix:mode,uid,gid,nlink,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
                    String content = Files.isSymbolicLink(path)
                            ? Files.readSymbolicLink(path).toString()
                            : Files.isDirectory(path)
                                    ? ""
                                    : HexFormat.of()
                                            .formatHex(MessageDigest.getInstance("SHA-256")
                                                    .digest(Files.readAllBytes(path)));
                    fingerprint.put(directory.relativize(path).toString(), new TreeMap<>(facts) + " " + content);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (java.security.NoSuchAlgorithmException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        return fingerprint;
    }
}
