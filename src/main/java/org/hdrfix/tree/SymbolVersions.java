package org.hdrfix.tree;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the first line of a tree's {@code Module.symvers} says: one line a symbol, its columns parted by tabs (the kernel's
 * scripts/mod/modpost.c). Up to 5.3 they are CRC, symbol, module and export; since 5.4 a namespace, most often empty.
 *
 * @param present whether the file is there and has a line
 * @param columns of its first line; 0 where it does not begin with a CRC
 */
public record SymbolVersions(boolean present, int columns) {
    static SymbolVersions of(Path tree) {
        Optional<String> head =
                TreeText.head(tree.resolve("Module.symvers"), 4096).filter(text -> !text.isBlank());
        return new SymbolVersions(
                head.isPresent(), head.map(SymbolVersions::columns).orElse(0));
    }

    private static int columns(String text) {
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        if (!line.startsWith("0x")) {
            return 0;
        }
        return 1 + (int) line.chars().filter(c -> c == '\t').count();
    }

    /** The columns that modpost of a kernel reads. */
    public static int columnsOf(KernelRelease release) {
        return release.isBefore("5.4") ? 4 : 5;
    }
}
