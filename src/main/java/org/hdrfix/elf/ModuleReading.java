package org.hdrfix.elf;

/** What one file turned out to be when it was read as a kernel module: an answer for every file, never an exception. */
public sealed interface ModuleReading permits KernelModule, MalformedElf, NotElf {}
