package org.hdrfix.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildLimitsTest {
    @ParameterizedTest(name = "{2} processors, {3} MiB: {4}")
    @CsvSource(
            nullValues = "-",
            value = {
                // A Pi 5, a Pi 3, a Pi Zero 2 W with its 512 MB, a board with 256 MB, one that has nothing left.
                "-, -,    4, 7000, 4",
                "-, -,    4,  780, 4",
                "-, -,    4,  380, 2",
                "-, -,    4,  150, 1",
                "-, -,    4,   20, 1",
                "-, -,    1, 7000, 1",
                "-, -,   64, 1024, 8",
                // What a person says makes it less, never more.
                "2, -,    4, 7000, 2",
                "9, -,    4, 7000, 4",
                "-, 256,  4, 7000, 2",
                "-, 9000, 4,  380, 2",
                "3, 256,  4, 7000, 2",
                "-, 128,  4, 7000, 1",
            })
    void compilers(Integer jobs, Integer memory, int processors, long free, int expected) {
        BuildLimits limits = new BuildLimits(optional(jobs), optional(memory));

        assertEquals(expected, limits.compilers(processors, meminfo(free)).number());
    }

    @Test
    void oneWhereTheMemoryIsNotKnown() {
        for (List<String> meminfo : List.of(
                List.<String>of(),
                List.of("MemTotal: 8000000 kB"),
                List.of("MemAvailable: kB"),
                List.of("MemAvailable: 99999999999999999999999 kB"))) {
            assertEquals(1, BuildLimits.NONE.compilers(4, meminfo).number(), meminfo::toString);
        }
    }

    @Test
    void saysWhy() {
        assertEquals(
                "compilers at once: 2 (processors: 4; memory free: 380 MiB, for each: 128 MiB)",
                BuildLimits.NONE.compilers(4, meminfo(380)).reason());
        assertEquals(
                "compilers at once: 1 (processors: 4; jobs allowed: 3; memory free: 380 MiB, allowed: 200 MiB,"
                        + " for each: 128 MiB)",
                new BuildLimits(OptionalInt.of(3), OptionalInt.of(200))
                        .compilers(4, meminfo(380))
                        .reason());
    }

    private static OptionalInt optional(Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static List<String> meminfo(long available) {
        return List.of(
                "MemTotal:       16000000 kB",
                "MemFree:          100000 kB",
                "MemAvailable:   " + available * 1024 + " kB",
                "SwapTotal:             0 kB");
    }
}
