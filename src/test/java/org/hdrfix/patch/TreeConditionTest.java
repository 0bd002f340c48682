package org.hdrfix.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeConditionTest {
    @Test
    void commaIsAndBarIsOr() {
        TreeCondition condition = TreeCondition.parse("a/x | a/y,\nb/z");

        assertEquals(List.of(List.of("a/x", "a/y"), List.of("b/z")), condition.allOf());
        assertTrue(condition.holds(Set.of("a/y", "b/z")::contains));
        assertFalse(condition.holds(Set.of("a/x", "a/y")::contains));
        assertFalse(condition.holds(Set.of("b/z")::contains));
    }

    @Test
    void holdsForEveryTreeWhereNothingIsAsked() {
        assertTrue(TreeCondition.parse(" ").holds(path -> false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,", "|a", "../a", "/a", "a b", "a/./b"})
    void refusesPathsThatAreNotPlainlyInTheTree(String text) {
        assertThrows(IllegalArgumentException.class, () -> TreeCondition.parse(text));
    }
}
