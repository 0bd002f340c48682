package org.hdrfix.elf;

/** What one file turned out to be when it was read as ELF: an answer for every file, never an exception. */
public sealed interface ElfReading permits ElfFile, MalformedElf, NotElf {}
