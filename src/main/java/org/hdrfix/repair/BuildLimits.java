package org.hdrfix.repair;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a person allows compilers to take; nothing where nobody said.
 *
 * @param jobs how many run at once
 * @param memory MiB for all of them together
 */
public record BuildLimits(OptionalInt jobs, OptionalInt memory) {
    /**
     * What one compiler is reckoned with, MiB. The most that one was seen to take (resident, gcc 12 for 64 bits): 43 for
     * the catalogue's recipes and for what kbuild compiles below scripts/ with -O2, 74 for objtool's check.c and 122 for
     * libbpf.c, with -O2 -g.
     */
    public static final int ONE_COMPILER = 128;

    /** Nobody said anything. */
    public static final BuildLimits NONE = new BuildLimits(OptionalInt.empty(), OptionalInt.empty());

    /**
     * How many compilers to start at once on a machine.
     *
     * @param processors of it
     * @param meminfo lines of its {@code /proc/meminfo} (proc(5)); none where it cannot be read
     */
    Compilers compilers(int processors, List<String> meminfo) {
        // Where nobody knows there is room for one.
        long free = meminfo.stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .map(line -> line.replaceAll("\\D", ""))
                .filter(kib -> !kib.isEmpty() && kib.length() < 19)
                .mapToLong(kib -> Long.parseLong(kib) / 1024)
                .findFirst()
                .orElse(ONE_COMPILER);
        long allowed = Math.min(free, memory.orElse(Integer.MAX_VALUE));
        int most = Math.min(processors, jobs.orElse(processors));
        int number = (int) Math.max(1, Math.min(most, allowed / ONE_COMPILER));
        return new Compilers(
                number,
                "compilers at once: " + number + " (processors: " + processors
                        + jobs.stream()
                                .mapToObj(said -> "; jobs allowed: " + said)
                                .findFirst()
                                .orElse("")
                        + "; memory free: " + free + " MiB"
                        + memory.stream()
                                .mapToObj(said -> ", allowed: " + said + " MiB")
                                .findFirst()
                                .orElse("")
                        + ", for each: " + ONE_COMPILER + " MiB)");
    }

    /**
     * How many compilers run at once.
     *
     * @param number at least one: a build has to be
     * @param reason for the diagnostic log
     */
    record Compilers(int number, String reason) {}
}
