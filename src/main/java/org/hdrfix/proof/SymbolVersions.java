package org.hdrfix.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.hdrfix.file.Opening;
import org.hdrfix.platform.BoundedLines;

/** Module.symvers (the kernel's Documentation/kbuild/modules.rst): the CRC of each symbol that modules can use. */
final class SymbolVersions {
    /** The largest known has 40,000. */
    private static final int MOST_SYMBOLS = 200_000;

    private SymbolVersions() {}

    /** CRC by symbol; none where the file is missing. Lines that are not understood are left out. */
    static Map<String, Long> read(Path file) {
        Map<String, Long> versions = new HashMap<>();
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > Prover.MOST_TEXT) {
                return versions;
            }
            try (InputStream in = Opening.stream(file)) {
                BoundedLines lines = new BoundedLines(in, 4096, Prover.MOST_TEXT);
                for (String line = lines.next(); line != null; line = lines.next()) {
                    put(line, versions);
                    if (versions.size() > MOST_SYMBOLS) {
                        return Map.of();
                    }
                }
            }
        } catch (IOException e) {
            // What cannot be read gives no versions, and the comparison says so.
        }
        return versions;
    }

    private static void put(String line, Map<String, Long> versions) {
        int tab = line.indexOf('\t');
        int end = line.indexOf('\t', tab + 1);
        if (tab > 2 && tab <= 10 && end > tab + 1 && line.startsWith("0x")) {
            try {
                versions.put(line.substring(tab + 1, end), Long.parseLong(line.substring(2, tab), 16));
            } catch (NumberFormatException e) {
                // Not a line of this file; check has a rule for it.
            }
        }
    }
}
