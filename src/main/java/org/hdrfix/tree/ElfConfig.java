package org.hdrfix.tree;

import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.hdrfix.elf.ElfClass;

/**
 * What {@code scripts/mod/elfconfig.h} says, with which modpost is compiled: class and byte order of the kernel's objects,
 * and of the machine that modpost runs on (the latter up to 6.11: later ones swap by the file they read).
 *
 * @param defines value by name of the macro ("KERNEL_ELFDATA": "ELFDATA2LSB"), of those four that are known
 */
public record ElfConfig(Map<String, String> defines) {
    /** Relative to the tree. */
    public static final String PATH = "scripts/mod/elfconfig.h";

    /** The file has four lines. */
    private static final int MOST_BYTES = 4096;

    public ElfConfig {
        defines = Map.copyOf(defines);
    }

    /** The one of a tree; nothing where it has none. */
    public static Optional<ElfConfig> of(HeaderTree tree) {
        return TreeText.head(tree.root().resolve(PATH), MOST_BYTES).map(text -> {
            Map<String, String> defines = new TreeMap<>();
            text.lines().map(line -> line.strip().split("\\s+")).forEach(words -> {
                if (words.length == 3
                        && words[0].equals("#define")
                        && (words[1].startsWith("KERNEL_ELF") || words[1].startsWith("HOST_ELF"))) {
                    defines.put(words[1], words[2]);
                }
            });
            return new ElfConfig(defines);
        });
    }

    /** This one with the kernel's side replaced. */
    public ElfConfig withKernel(ElfClass elfClass, ByteOrder order) {
        return with("KERNEL", elfClass, order);
    }

    /** This one with the side of the machine that modpost runs on replaced. */
    public ElfConfig withHost(ElfClass elfClass, ByteOrder order) {
        return with("HOST", elfClass, order);
    }

    /** Whether every value that another one gives is the same here. */
    public boolean agreesWith(ElfConfig other) {
        return defines.entrySet().containsAll(other.defines.entrySet());
    }

    /** The file's text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(defines).forEach((name, value) -> text.append("#define " + name + " " + value + "\n"));
        return text.toString();
    }

    private ElfConfig with(String side, ElfClass elfClass, ByteOrder order) {
        Map<String, String> changed = new TreeMap<>(defines);
        changed.put(side + "_ELFCLASS", elfClass == ElfClass.ELF64 ? "ELFCLASS64" : "ELFCLASS32");
        changed.put(side + "_ELFDATA", order == ByteOrder.LITTLE_ENDIAN ? "ELFDATA2LSB" : "ELFDATA2MSB");
        return new ElfConfig(changed);
    }
}
