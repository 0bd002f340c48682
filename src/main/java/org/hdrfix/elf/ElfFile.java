package org.hdrfix.elf;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one ELF file says of itself (elf(5), gABI chapters 4 and 5). Only program headers and what they point to are
 * read, as the kernel and ld.so do; section headers are looked at for the ARM attributes alone.
 *
 * @param head the first bytes of the file, at most 128, as binfmt_misc compares them
 * @param elfClass {@code e_ident[EI_CLASS]}
 * @param order {@code e_ident[EI_DATA]}
 * @param type {@code e_type}
 * @param machine {@code e_machine}
 * @param flags {@code e_flags}
 * @param entry {@code e_entry}, unsigned
 * @param interpreter path in the first PT_INTERP, as it stands in the file: one char for each byte
 * @param needed DT_NEEDED in file order, one char for each byte
 * @param neededVersions symbol versions that .gnu.version_r asks for, by the file they are asked of
 *     ({@code libc.so.6} to {@code GLIBC_2.34}), without the weak ones, which ld.so does not insist on
 * @param definedVersions symbol versions that .gnu.version_d defines (of a library), without the base definition, which
 *     is the library's own name
 * @param segments the PT_LOAD headers in file order
 * @param arm the build attributes of an ARM file
 * @param dynamicDamage why the dynamic section could be read only in part; the kernel does not look there, ld.so does
 */
public record ElfFile(
        HeadBytes head,
        ElfClass elfClass,
        ByteOrder order,
        int type,
        int machine,
        int flags,
        long entry,
        Optional<String> interpreter,
        List<String> needed,
        Map<String, Set<String>> neededVersions,
        Set<String> definedVersions,
        List<Segment> segments,
        Optional<ArmAttributes> arm,
        Optional<MalformedElf> dynamicDamage)
        implements ElfReading {
    public static final int ET_REL = 1;
    public static final int ET_EXEC = 2;
    public static final int ET_DYN = 3;

    public static final int EM_386 = 3;
    public static final int EM_ARM = 40;
    public static final int EM_X86_64 = 62;
    public static final int EM_AARCH64 = 183;

    public ElfFile {
        needed = List.copyOf(needed);
        neededVersions = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(neededVersions));
        definedVersions = Set.copyOf(definedVersions);
        segments = List.copyOf(segments);
    }

    /** Whether the kernel finds code from the file where it starts the program, or ld.so where it goes on. */
    public boolean startsInItsCode() {
        return segments.stream().anyMatch(segment -> segment.isExecutable() && segment.holds(entry));
    }

    /** Whether this is a relocatable object: a {@code .o}, or a kernel module. */
    public boolean isObject() {
        return type == ET_REL;
    }
}
