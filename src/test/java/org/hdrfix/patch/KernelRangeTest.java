package org.hdrfix.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelRangeTest {
    @ParameterizedTest
    @CsvSource({
        "3.5-, 3, 4, false",
        "3.5-, 3, 5, true",
        "3.5-, 4, 0, true",
        "3.5-, 6, 12, true",
        "-5.5, 2, 6, true",
        "-5.5, 5, 5, true",
        "-5.5, 5, 10, false",
        "4.4-4.19, 4, 3, false",
        "4.4-4.19, 4, 4, true",
        "4.4-4.19, 4, 19, true",
        "4.4-4.19, 4, 20, false",
        "4.4-5.2, 4, 20, true",
        "6.1, 6, 1, true",
        "6.1, 6, 2, false"
    })
    void includesBothEnds(String range, int major, int minor, boolean contained) {
        assertEquals(contained, KernelRange.parse(range).contains(major, minor));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "6", "6.1 -", "6.x", "6.1-6", "6.16.2", "3.5--", "99999.1", "6.5-6.1", "6.1-5.20"})
    void refusesWhatIsNoRange(String range) {
        assertThrows(IllegalArgumentException.class, () -> KernelRange.parse(range));
    }

    @Test
    void hasNoEndWhereNoneIsGiven() {
        assertEquals(new KernelRange(3, 5, Integer.MAX_VALUE, Integer.MAX_VALUE), KernelRange.parse("3.5-"));
    }
}
