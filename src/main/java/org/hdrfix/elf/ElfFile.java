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
 * @param headerBytes size of the table of program headers, bytes
 * @param interpreter path in the first PT_INTERP, as it stands in the file: one char for each byte
 * @param needed DT_NEEDED in file order, one char for each byte
 * @param neededVersions symbol versions that .gnu.version_r asks for, by the file they are asked of
 *     ({@code libc.so.6} to {@code GLIBC_2.34}), without the weak ones, which ld.so does not insist on
 * @param definedVersions symbol versions that .gnu.version_d defines (of a library), without the base definition, which
 *     is the library's own name
 * @param segments the PT_LOAD headers in file order
 * @param arm the build attributes of an ARM file
 * @param propertyDamage why a kernel that reads the GNU property note would refuse it; of a file without an interpreter
 *     only, since it is the interpreter's note that counts where there is one
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
        int headerBytes,
        Optional<String> interpreter,
        List<String> needed,
        Map<String, Set<String>> neededVersions,
        Set<String> definedVersions,
        List<Segment> segments,
        Optional<ArmAttributes> arm,
        Optional<MalformedElf> propertyDamage,
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

    /**
     * Whether the kernel can map every segment with pages of that size, and none hides the code at the entry: where two
     * share a page the later one has it. Programs linked for smaller pages can be congruent by chance, and then lose
     * their code to their data, without a word from execve(2). Where only the end of the code is lost, which mostly is
     * constants, they may well run.
     *
     * @param pageSize bytes, a power of two
     */
    public boolean fitsPagesOf(long pageSize) {
        boolean hidden = false;
        for (Segment segment : segments) {
            if (!segment.isCongruentModulo(pageSize)) {
                return false;
            }
            if (segment.takesPageOf(entry, pageSize)) {
                hidden = !segment.isExecutable();
            }
        }
        return !hidden || !startsInItsCode();
    }

    /**
     * Why no kernel can lay out the program in memory; nothing where it can (fs/binfmt_elf.c, load_elf_binary() and
     * elf_load()). Where what a kernel bears depends on its configuration and its memory, the tightest bound counts, far
     * from what linkers make.
     */
    public Optional<String> unmappable() {
        return AddressSpace.fault(this);
    }

    /** Whether the kernel finds code from the file where it starts the program, or ld.so where it goes on. */
    public boolean startsInItsCode() {
        return segments.stream().anyMatch(segment -> segment.isExecutable() && segment.holds(entry));
    }

    /**
     * Whether a processor can begin at the entry: ARM's instructions stand at multiples of 4, Thumb's have the lowest bit
     * set. 32-bit ARM kernels refuse others (arch/arm/kernel/elf.c), 64-bit ones start them, and they die of it.
     */
    public boolean startsAligned() {
        return switch (machine) {
            case EM_AARCH64 -> (entry & 3) == 0;
            case EM_ARM -> (entry & 3) != 2;
            default -> true;
        };
    }

    /** Whether this is a relocatable object: a {@code .o}, or a kernel module. */
    public boolean isObject() {
        return type == ET_REL;
    }
}
