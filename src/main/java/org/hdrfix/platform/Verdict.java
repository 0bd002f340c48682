package org.hdrfix.platform;

import java.util.Optional;

/**
 * Whether one program runs on a platform, and if not why: the first reason in the order in which the kernel and then
 * ld.so would stumble.
 *
 * @param kind the reason
 * @param wants what the program asks for: an architecture's label ("x86-64"), a loader's path, a symbol version
 *     ("GLIBC_2.34"), an ARM architecture ("ARMv7"), a page size ("4 KiB"); for MALFORMED what is wrong with the file;
 *     empty for RUNS; a loader that is there and is another machine's
 * @param has what the platform has instead: its architecture's name ("arm64"), its own loader's path, its libc ("glibc
 *     2.31"), its processor ("ARMv6"), its page size ("16 KiB"); empty where there is nothing to say
 * @param emulator name of the binfmt_misc handler that would run it all the same
 */
public record Verdict(Kind kind, String wants, String has, Optional<String> emulator) {
    /** What keeps a program from running. */
    public enum Kind {
        RUNS,
        NOT_EXECUTABLE,
        FOREIGN_MACHINE,
        MISSING_INTERPRETER,
        FOREIGN_INTERPRETER,
        NEWER_GLIBC,
        NEWER_CPU,
        MISALIGNED_SEGMENTS,
        MALFORMED
    }

    public static final Verdict RUNS = new Verdict(Kind.RUNS, "", "", Optional.empty());

    /** One without any x bit: the kernel asks for it before it reads a byte. */
    public static final Verdict NOT_EXECUTABLE = new Verdict(Kind.NOT_EXECUTABLE, "", "", Optional.empty());

    public boolean runs() {
        return kind == Kind.RUNS;
    }
}
