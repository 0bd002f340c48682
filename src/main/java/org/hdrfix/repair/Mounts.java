package org.hdrfix.repair;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which mount a path lies on, proc_pid_mountinfo(5). rename(2) and link(2) cross no mount, not even one of the same
 * file system, so the device number of stat(2) does not tell.
 */
final class Mounts {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private Mounts() {}

    /** The mount point above a real path, the nearest; {@code /} where nothing is known. */
    static Path of(Path path) throws IOException {
        Path nearest = Path.of("/");
        try (BufferedReader lines = Files.newBufferedReader(MOUNTS, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split(" ", 6);
                if (fields.length == 6
                        && fields[4].length() >= nearest.toString().length()) {
                    Path point = Path.of(unescaped(fields[4]));
                    if (path.startsWith(point) && point.getNameCount() >= nearest.getNameCount()) {
                        nearest = point;
                    }
                }
            }
        }
        return nearest;
    }

    static boolean areOne(Path one, Path other) throws IOException {
        return of(one.toRealPath()).equals(of(other.toRealPath()));
    }

    /** Space, tab, line end and backslash stand there as three octal digits; a name in UTF-8 as its bytes. */
    static String unescaped(String field) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 3 < field.length()) {
                c = (char) Integer.parseInt(field.substring(i + 1, i + 4), 8);
                i += 3;
            }
            bytes.write(c);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
