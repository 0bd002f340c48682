package org.hdrfix.elf;

/**
 * A file that has the ELF magic, and that no kernel would start and no linker would take.
 *
 * @param reason what is wrong, with the values seen; printable ASCII
 * @param offset where it was seen, bytes from the start of the file
 */
public record MalformedElf(String reason, long offset) implements ElfReading, ModuleReading {}
