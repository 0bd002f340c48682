package org.hdrfix.elf;

/** Whether a file holds 32-bit or 64-bit objects: {@code e_ident[EI_CLASS]}, elf(5). */
public enum ElfClass {
    ELF32,
    ELF64
}
