package org.hdrfix.tree;

import java.util.Optional;
import org.hdrfix.elf.ElfReading;

/**
 * One host program that a tree has, or lacks although module builds run it.
 *
 * @param path relative to the tree
 * @param reading what the file is; nothing where there is none
 * @param known what the catalogue knows of it
 * @param need why module builds run it ("every module", "CONFIG_MODVERSIONS=y"); nothing where they do not
 * @param isExecutable whether somebody may execute it; only looked at for programs that the catalogue knows
 * @param keptByMake whether make would take it for up to date: its {@code .cmd} is there and it is newer than its source
 */
public record HostProgram(
        String path,
        Optional<ElfReading> reading,
        Optional<KnownProgram> known,
        Optional<String> need,
        boolean isExecutable,
        boolean keptByMake) {
    public boolean isNeeded() {
        return need.isPresent();
    }
}
