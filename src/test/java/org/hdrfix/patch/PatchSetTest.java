package org.hdrfix.patch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.patch.PatchResult.AlreadyApplied;
import org.hdrfix.patch.PatchResult.Applied;
import org.hdrfix.patch.PatchResult.Conflict;
import org.junit.jupiter.api.Test;

class PatchSetTest {
    /** Lines "1;" to "30;", each once. */
    private static final String THIRTY = numbered(1, 30);

    private static final String PATCH =
            "--- a/f.c\n+++ b/f.c\n@@ -10,5 +10,6 @@\n 10;\n 11;\n-12;\n+twelve;\n+more;\n 13;\n 14;\n";
    private static final String TWO_HUNKS = PATCH + "@@ -20,3 +21,2 @@\n 20;\n-21;\n 22;\n";
    private static final String PATCHED = THIRTY.replace("\n12;\n", "\ntwelve;\nmore;\n");

    @Test
    void appliesEveryHunkOfAFile() {
        Applied applied = applied(TWO_HUNKS, Map.of("f.c", THIRTY));

        assertEquals(PATCHED.replace("\n21;\n", "\n"), text(applied, "f.c"));
        assertEquals(Map.of("f.c", List.of(0, 0)), applied.offsets());
    }

    @Test
    void findsAHunkThatHasMovedAndSaysHowFar() {
        Applied down = applied(TWO_HUNKS, Map.of("f.c", "x\ny\n" + THIRTY));
        assertEquals("x\ny\n" + PATCHED.replace("\n21;\n", "\n"), text(down, "f.c"));
        assertEquals(Map.of("f.c", List.of(2, 2)), down.offsets());

        Applied both = applied(TWO_HUNKS, Map.of("f.c", numbered(4, 16) + "z\n" + numbered(17, 30)));
        assertEquals(Map.of("f.c", List.of(-3, -2)), both.offsets());
    }

    @Test
    void refusesAMovedHunkThatFitsAtTwoPlaces() {
        Conflict conflict = conflict(PATCH, Map.of("f.c", "x\n" + THIRTY + THIRTY));

        assertEquals(new Conflict("f.c", 11, "hunk 1 of 1 is not at its line, and fits at lines 11 and 41"), conflict);
    }

    @Test
    void takesTheStatedLineThoughTheHunkFitsElsewhereToo() {
        assertEquals(PATCHED + THIRTY, text(applied(PATCH, Map.of("f.c", THIRTY + THIRTY)), "f.c"));
    }

    @Test
    void givesNoFuzz() {
        Conflict conflict = conflict(PATCH, Map.of("f.c", THIRTY.replace("\n14;\n", "\n14; \n")));

        assertEquals(new Conflict("f.c", 14, "hunk 1 of 1 does not fit: expected \"14;\", found \"14; \""), conflict);
    }

    @Test
    void namesTheLineOfAHunkThatMovedWithTheOnesBeforeIt() {
        Conflict conflict = conflict(TWO_HUNKS, Map.of("f.c", "x\ny\n" + THIRTY.replace("\n21;\n", "\n21!\n")));

        assertEquals(new Conflict("f.c", 23, "hunk 2 of 2 does not fit: expected \"21;\", found \"21!\""), conflict);
    }

    @Test
    void namesTheLengthOfAFileThatIsTooShort() {
        Conflict conflict = conflict(PATCH, Map.of("f.c", numbered(1, 11)));

        assertEquals(new Conflict("f.c", 12, "hunk 1 of 1 does not fit: the file has 11 lines"), conflict);
    }

    @Test
    void saysAlreadyApplied() {
        assertAlready(TWO_HUNKS, Map.of("f.c", PATCHED.replace("\n21;\n", "\n")));
        assertAlready(TWO_HUNKS, Map.of("f.c", "moved\n" + PATCHED.replace("\n21;\n", "\n")));
    }

    @Test
    void saysAlreadyAppliedWhereAnInsertionWouldFitTwice() {
        String insertion = "--- a/f\n+++ b/f\n@@ -2,2 +2,3 @@\n a\n+a\n b\n";
        assertEquals("x\na\na\nb\n", text(applied(insertion, Map.of("f", "x\na\nb\n")), "f"));
        assertAlready(insertion, Map.of("f", "x\na\na\nb\n"));
    }

    @Test
    void refusesAPatchWhoseResultWouldLookUnpatched() {
        Conflict conflict = conflict("--- a/f\n+++ b/f\n@@ -2,2 +2,3 @@\n a\n+a\n a\n", Map.of("f", "x\na\na\ny\n"));

        assertEquals("the patched file would look like an unpatched one", conflict.reason());
    }

    @Test
    void appliesOnceMoreWhatWasReversed() {
        String reverse = "--- a/f.c\n+++ b/f.c\n@@ -10,6 +10,5 @@\n 10;\n 11;\n-twelve;\n-more;\n+12;\n 13;\n 14;\n";

        assertEquals(THIRTY, text(applied(reverse, Map.of("f.c", PATCHED)), "f.c"));
        assertAlready(reverse, Map.of("f.c", THIRTY));
    }

    @Test
    void refusesAFileThatHasOneHunkAndNotTheOther() {
        Conflict conflict = conflict(TWO_HUNKS, Map.of("f.c", PATCHED));
        assertEquals("partly applied: hunk 1 is in the file, hunk 2 is not", conflict.reason());

        Conflict other = conflict(TWO_HUNKS, Map.of("f.c", THIRTY.replace("\n21;\n", "\n")));
        assertEquals("partly applied: hunk 2 is in the file, hunk 1 is not", other.reason());
    }

    @Test
    void refusesATreeThatHasOneFilePatchedAndNotTheOther() {
        String both = PATCH + PATCH.replace("f.c", "g.c");

        assertEquals(
                new Conflict("g.c", 10, "partly applied: g.c has the change, f.c does not"),
                conflict(both, Map.of("f.c", THIRTY, "g.c", PATCHED)));
        assertAlready(both, Map.of("f.c", PATCHED, "g.c", PATCHED));
    }

    @Test
    void givesNothingOfSeveralFilesWhenOneDoesNotFit() {
        Conflict conflict =
                conflict(PATCH + PATCH.replace("f.c", "g.c"), Map.of("f.c", THIRTY, "g.c", numbered(2, 12)));

        assertEquals("g.c", conflict.file());
    }

    @Test
    void refusesAMissingFile() {
        assertEquals(new Conflict("f.c", 10, "no such file"), conflict(PATCH, Map.of()));
    }

    @Test
    void matchesCarriageReturnsExactly() {
        String dos = THIRTY.replace("\n", "\r\n");
        String dosPatch = PATCH.replace(";\n", ";\r\n");

        assertEquals(PATCHED.replace("\n", "\r\n"), text(applied(dosPatch, Map.of("f.c", dos)), "f.c"));
        assertEquals(
                "hunk 1 of 1 does not fit: expected \"10;\", found \"10;\\x0d\"",
                conflict(PATCH, Map.of("f.c", dos)).reason());
        conflict(dosPatch, Map.of("f.c", THIRTY));
    }

    @Test
    void keepsEveryByteAndPartsLinesAtNewlinesOnly() {
        StringBuilder odd = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            odd.append(c == '\n' ? "" : c);
        }
        String before = "a\n" + odd + "\n" + "b\\e\n\tc\n";
        String patch = "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n a\n " + odd + "\n-b\\e\n+" + odd + "!\n \tc\n";

        assertEquals("a\n" + odd + "\n" + odd + "!\n\tc\n", text(applied(patch, Map.of("f", before)), "f"));
    }

    @Test
    void appliesAChangeOfTheLastNewlineAlone() {
        String end = "\\ No newline at end of file\n";
        String adds = "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n" + end + "+b\n";
        String removes = "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+b\n" + end;

        assertEquals("a\nb\n", text(applied(adds, Map.of("f", "a\nb")), "f"));
        assertEquals("a\nb", text(applied(removes, Map.of("f", "a\nb\n")), "f"));
        assertAlready(adds, Map.of("f", "a\nb\n"));
        assertAlready(removes, Map.of("f", "a\nb"));
    }

    @Test
    void tellsALastLineWithoutNewlineFromOneWithIt() {
        String keeps = "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n\\ No newline at end of file\n";

        assertEquals("A\nb", text(applied(keeps, Map.of("f", "a\nb")), "f"));
        assertEquals(
                new Conflict("f", 2, "hunk 1 of 1 does not fit: expected \"b\" without a newline, found \"b\""),
                conflict(keeps, Map.of("f", "a\nb\n")));
        conflict(keeps, Map.of("f", "a\nb\nc\n"));
    }

    @Test
    void keepsAHunkOfTheFilesEndAtTheEnd() {
        String end = "--- a/f\n+++ b/f\n@@ -3,2 +3,3 @@\n c\n d\n+e\n";

        assertEquals("a\nb\nc\nd\ne\n", text(applied(end, Map.of("f", "a\nb\nc\nd\n")), "f"));
        assertEquals("b\nc\nd\ne\n", text(applied(end, Map.of("f", "b\nc\nd\n")), "f"));
        assertEquals("c\nd\ne\n", text(applied(end, Map.of("f", "c\nd\n")), "f"));
        assertEquals("x\na\nb\nc\nd\ne\n", text(applied(end, Map.of("f", "x\na\nb\nc\nd\n")), "f"));
        assertEquals(
                new Conflict("f", 3, "hunk 1 of 1 does not fit: it belongs to the end of the file"),
                conflict(end, Map.of("f", "a\nb\nc\nd\ny\n")));
    }

    @Test
    void keepsAHunkOfTheFilesBeginningAtTheBeginning() {
        String beginning = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n+0\n a\n b\n";

        assertEquals("0\na\nb\nc\n", text(applied(beginning, Map.of("f", "a\nb\nc\n")), "f"));
        conflict(beginning, Map.of("f", "x\na\nb\nc\n"));
    }

    @Test
    void createsAndDeletesFiles() {
        Applied applied = applied(
                "--- /dev/null\n+++ b/dir/new.h\n@@ -0,0 +1,2 @@\n+one\n+two\n\\ No newline at end of file\n"
                        + "--- a/old.h\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-three\n-four\n",
                Map.of("old.h", "three\nfour\n"));

        assertEquals(
                List.of("dir/new.h", "old.h"), new ArrayList<>(applied.changes().keySet()));
        assertEquals("one\ntwo", text(applied, "dir/new.h"));
        assertEquals(Optional.empty(), applied.changes().get("old.h"));
    }

    @Test
    void neverOverwritesAFileThatItShouldCreate() {
        String creation = "--- /dev/null\n+++ b/new.h\n@@ -0,0 +1,2 @@\n+one\n+two\n";

        assertAlready(creation, Map.of("new.h", "one\ntwo\n"));
        assertEquals(
                new Conflict("new.h", 2, "the file exists, with other content"),
                conflict(creation, Map.of("new.h", "one\ntwo")));
        conflict(creation, Map.of("new.h", ""));
    }

    @Test
    void neverDeletesAFileThatHasOtherContent() {
        String deletion = "--- a/old.h\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n";

        assertAlready(deletion, Map.of());
        assertEquals(
                new Conflict("old.h", 3, "the file to delete has other content"),
                conflict(deletion, Map.of("old.h", "one\ntwo\nthree\n")));
    }

    @Test
    void asksForEachFileOnce() {
        List<String> asked = new ArrayList<>();
        UnifiedDiff.parse("test.patch", bytes(TWO_HUNKS + PATCH.replace("f.c", "g.c")))
                .apply(path -> {
                    asked.add(path);
                    return Optional.of(bytes(THIRTY));
                });

        assertEquals(List.of("f.c", "g.c"), asked);
    }

    @Test
    void givesTheSameTreeHoweverOftenItIsApplied() {
        Map<String, String> tree = new HashMap<>(Map.of("f.c", "moved\n" + THIRTY));
        tree.put("f.c", text(applied(TWO_HUNKS, tree), "f.c"));

        assertAlready(TWO_HUNKS, tree);
    }

    @Test
    void refusesWhenTheSecondOpinionDiffers() {
        FilePatch patch = UnifiedDiff.parse("test.patch", bytes(PATCH)).files().get(0);
        Optional<byte[]> before = Optional.of(bytes(THIRTY));

        assertEquals(Optional.empty(), SecondOpinion.objection(patch, before, Optional.of(bytes(PATCHED))));
        assertTrue(SecondOpinion.objection(patch, before, Optional.of(bytes(PATCHED + "\n")))
                .isPresent());
        assertTrue(SecondOpinion.objection(patch, before, Optional.of(bytes(PATCHED.stripTrailing())))
                .isPresent());
        assertTrue(SecondOpinion.objection(patch, Optional.of(bytes(PATCHED)), before)
                .isPresent());
    }

    @Test
    void appliesNothingThatTheSecondOpinionDiffersOn() {
        // The library does not know that a hunk without context behind it belongs to the end.
        String end = "--- a/f\n+++ b/f\n@@ -3,2 +3,3 @@\n c\n d\n+e\n";

        assertEquals(
                "java-diff-utils would give another result: not applied",
                conflict(end, Map.of("f", "a\nb\nc\nd\nx\nc\nd\n")).reason());
    }

    @Test
    void neverPlacesAHunkBeforeTheOneAheadOfIt() {
        Conflict conflict = conflict(TWO_HUNKS, Map.of("f.c", numbered(20, 22) + numbered(8, 16)));

        assertTrue(conflict.reason().startsWith("hunk 2 of 2 does not fit: "), conflict.reason());
    }

    @Test
    void changesCannotBeAlteredThroughTheArraysGivenIn() {
        byte[] content = bytes("new\n");
        Applied applied = new Applied(Map.of("f", Optional.of(content)), Map.of("f", List.of(0)));
        content[0] = 'X';

        assertArrayEquals(bytes("new\n"), applied.changes().get("f").orElseThrow());
    }

    private static String numbered(int first, int last) {
        StringBuilder lines = new StringBuilder();
        for (int i = first; i <= last; i++) {
            lines.append(i).append(";\n");
        }
        return lines.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static PatchResult apply(String patch, Map<String, String> tree) {
        return UnifiedDiff.parse("test.patch", bytes(patch))
                .apply(path -> Optional.ofNullable(tree.get(path)).map(PatchSetTest::bytes));
    }

    private static Applied applied(String patch, Map<String, String> tree) {
        PatchResult result = apply(patch, tree);
        return assertInstanceOf(Applied.class, result, result::toString);
    }

    private static Conflict conflict(String patch, Map<String, String> tree) {
        return assertInstanceOf(Conflict.class, apply(patch, tree));
    }

    private static void assertAlready(String patch, Map<String, String> tree) {
        assertInstanceOf(AlreadyApplied.class, apply(patch, tree));
    }

    private static String text(Applied applied, String path) {
        return new String(applied.changes().get(path).orElseThrow(), StandardCharsets.ISO_8859_1);
    }
}
