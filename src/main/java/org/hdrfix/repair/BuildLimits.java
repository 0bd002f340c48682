package org.hdrfix.repair;

import java.util.OptionalInt;

/**
 * What a person allows compilers to take; nothing where nobody said.
 *
 * @param jobs how many run at once
 * @param memory MiB for all of them together
 */
public record BuildLimits(OptionalInt jobs, OptionalInt memory) {
    /** What one compiler is reckoned with, MiB: less for all of them together cannot be asked for. */
    public static final int ONE_COMPILER = 256;

    /** Nobody said anything. */
    public static final BuildLimits NONE = new BuildLimits(OptionalInt.empty(), OptionalInt.empty());

    /**
     * How many compilers to start at once.
     *
     * @param processors of this machine
     * @param free memory of this machine, MiB
     */
    int compilers(int processors, long free) {
        long memoryFor = Math.min(free, memory.orElse(Integer.MAX_VALUE)) / ONE_COMPILER;
        return (int) Math.max(1, Math.min(Math.min(processors, jobs.orElse(processors)), memoryFor));
    }
}
