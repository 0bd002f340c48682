package org.hdrfix.elf;

/**
 * A file without the ELF magic: a script, a text, an empty file.
 *
 * @param reason what it is instead, in words ("empty", "text", "a script: #!/bin/sh")
 */
public record NotElf(String reason) implements ElfReading {}
