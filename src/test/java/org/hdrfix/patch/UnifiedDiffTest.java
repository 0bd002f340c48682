package org.hdrfix.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hdrfix.patch.FilePatch.Kind;
import org.hdrfix.patch.HunkLine.Mark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnifiedDiffTest {
    private static final String BODY = "@@ -7,3 +7,3 @@\n int a;\n-int b;\n+long b;\n int c;\n";

    @Test
    void readsFilesAndHunksWithTheirPlaces() {
        PatchSet patch = parse("--- a/Makefile\n+++ b/Makefile\n" + BODY
                + "@@ -21,2 +21,3 @@ int main(void)\n {\n+\tfoo();\n }\n"
                + "diff --git a/scripts/x.c b/scripts/x.c\nindex 12ab..34cd 100755\n--- a/scripts/x.c\n+++ b/scripts/x.c\n"
                + "@@ -3,2 +3 @@\n x\n-y\n");

        assertEquals(
                List.of("Makefile", "scripts/x.c"),
                patch.files().stream().map(FilePatch::path).toList());
        assertEquals(
                List.of(7, 21),
                patch.files().get(0).hunks().stream().map(Hunk::oldStart).toList());
        Hunk hunk = patch.files().get(0).hunks().get(0);
        assertEquals(List.of("int a;\n", "int b;\n", "int c;\n"), hunk.before());
        assertEquals(List.of("int a;\n", "long b;\n", "int c;\n"), hunk.after());
    }

    @Test
    void readsCreationsAndDeletions() {
        PatchSet patch = parse("--- /dev/null\n+++ b/new.h\n@@ -0,0 +1,2 @@\n+one\n+two\n"
                + "--- a/old.h\n+++ /dev/null\n@@ -1 +0,0 @@\n-three\n");

        assertEquals(
                List.of(Kind.CREATION, Kind.DELETION),
                patch.files().stream().map(FilePatch::kind).toList());
        assertEquals("old.h", patch.files().get(1).path());
    }

    @Test
    void keepsCarriageReturnsLatin1AndMissingNewlines() {
        PatchSet patch = parse(
                "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n caf\u00e9\r\n-a\rb\u0085\n+z\n\\ No newline at end of file\n");

        assertEquals(
                List.of(
                        new HunkLine(Mark.CONTEXT, "caf\u00e9\r\n"),
                        new HunkLine(Mark.REMOVED, "a\rb\u0085\n"),
                        new HunkLine(Mark.ADDED, "z")),
                patch.files().get(0).hunks().get(0).lines());
    }

    @Test
    void takesAnEmptyLineInAHunkForABlankContextLine() {
        PatchSet patch = parse("--- a/f\n+++ b/f\n@@ -4,2 +4,3 @@\n\n+new\n end\n");

        assertEquals(List.of("\n", "end\n"), patch.files().get(0).hunks().get(0).before());
    }

    @Test
    void takesRemovedAndAddedLinesThatLookLikeHeadersForLines() {
        PatchSet patch = parse("--- a/f\n+++ b/f\n@@ -4,2 +4,2 @@\n x\n--- a/sql comment\n+++ b/increment\n");

        assertEquals(
                List.of("x\n", "-- a/sql comment\n"),
                patch.files().get(0).hunks().get(0).before());
    }

    @Test
    void readsBothMailsOfAMailbox() {
        PatchSet patch =
                parse("From 0123 Mon Sep 17 00:00:00 2001\nSubject: [PATCH 1/2] One\n\n- a bullet\n---\n a | 2 +-\n\n"
                        + "--- a/a.c\n+++ b/a.c\n" + BODY + "-- \n2.39.5\n\n"
                        + "From 4567 Mon Sep 17 00:00:00 2001\nSubject: [PATCH 2/2] Two\n\n- another bullet\n---\n b | 2 +-\n\n"
                        + "--- a/b.c\n+++ b/b.c\n" + BODY + "-- \n2.39.5\n\n");

        assertEquals(
                List.of("a.c", "b.c"),
                patch.files().stream().map(FilePatch::path).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "a/../etc/passwd, b/../etc/passwd",
        "../x, ../x",
        "a/x/./y, b/x/./y",
        "a//x, b//x",
        "/etc/passwd, /etc/passwd",
        "a/x, /etc/passwd",
        "plain, plain",
        "a/, b/",
        "'\"a/x\"', '\"b/x\"'",
        "a/two words, b/two words",
        "a/x\\y, b/x\\y",
        "a/old.c, b/new.c"
    })
    void refusesFileNamesThatAreNotPlainlyOneFileInTheTree(String from, String to) {
        refuses("--- " + from + "\n+++ " + to + "\n" + BODY);
    }

    @Test
    void refusesFileNamesOutsideAscii() {
        refuses("--- a/caf\u00e9\n+++ b/caf\u00e9\n" + BODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "new file mode 120000\nindex 0000000..1234567\n",
                "new file mode 160000\n",
                "new file mode 100755\n",
                "index 0000000..1234567 120000\n",
                "old mode 100644\nnew mode 100755\n",
                "similarity index 90%\nrename from x\nrename to y\n",
                "copy from x\ncopy to y\n",
                "rename from x\nrename to x\n",
                "deleted file mode 100644\n",
                "GIT binary patch\nliteral 3\nKcmZ\n\n"
            })
    void refusesGitHeadersThatAreNotOfAChangedText(String header) {
        refuses("diff --git a/x b/x\n" + header + "--- a/x\n+++ b/x\n" + BODY);
    }

    @Test
    void refusesAGitHeaderOfAnotherFile() {
        refuses("diff --git a/y b/y\n--- a/x\n+++ b/x\n" + BODY);
        refuses("Index: linux/y\n--- a/x\n+++ b/x\n" + BODY);
    }

    @Test
    void refusesASymlinkThatIsCreatedLikeAFile() {
        refuses("diff --git a/x b/x\nnew file mode 120000\nindex 0000000..1234567\n--- /dev/null\n+++ b/x\n"
                + "@@ -0,0 +1 @@\n+/etc/shadow\n\\ No newline at end of file\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Only text\n",
                "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n",
                "Binary files a/x and b/x differ\n",
                "3d\n",
                "3,5c\nnew\n.\n",
                "2a3\n> new\n",
                "*** a/x\n--- b/x\n***************\n*** 1,2 ****\n",
                "@@ -1,2 +1,2 @@\n x\n-y\n+z\n",
                "+++ b/x\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n",
                "--- /dev/null\n+++ /dev/null\n@@ -0,0 +1 @@\n+x\n"
            })
    void refusesWhatIsNotAUnifiedDiff(String text) {
        refuses(text);
        refuses(text + "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n x\n-y\n+z", "behind it, truncated");
    }

    @Test
    void refusesAnEdScriptBeforeADiff() {
        refuses("3,5d\n--- a/x\n+++ b/x\n" + BODY);
        refuses("Prereq: 1.2\n--- a/x\n+++ b/x\n" + BODY);
    }

    @Test
    void refusesAnIndentedDiffThatGnuPatchWouldApply() {
        refuses("  --- a/y\n  +++ b/y\n  @@ -1,2 +1,2 @@\n   x\n  -y\n  +z\n\n--- a/x\n+++ b/x\n" + BODY);
    }

    @Test
    void refusesAPatchThatIsCutAnywhereInAHunk() {
        String head = "--- a/x\n+++ b/x\n";
        for (int end = head.length() + 1; end < head.length() + BODY.length(); end++) {
            refuses((head + BODY).substring(0, end));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-7,4 +7,3", "-7,2 +7,2", "-7,3 +7,4", "-7,3 +7,2", "-7 +7", "-7,3 +8,3", "-0,3 +0,3"})
    void refusesCountsAndLineNumbersThatAreNotTheHunks(String counts) {
        refuses("--- a/x\n+++ b/x\n" + BODY.replace("-7,3 +7,3", counts));
        refuses("--- a/x\n+++ b/x\n" + BODY.replace("-7,3 +7,3", counts) + "--- a/y\n+++ b/y\n" + BODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+more\n",
                "-less\n",
                " same\n",
                "\tsame\n",
                "\\ No newline\n\\ No newline\n",
                "\n+more\n",
                "@@ broken\n"
            })
    void refusesLinesBehindAHunkThatItsCountsLeaveOut(String garbage) {
        refuses("--- a/x\n+++ b/x\n" + BODY + garbage);
    }

    @Test
    void refusesTextInsideAHunk() {
        refuses("--- a/x\n+++ b/x\n" + BODY.replace("-int b;\n", "-int b;\ngarbage\n"));
        refuses("--- a/x\n+++ b/x\n" + BODY.replace(" int c;\n", "\tint c;\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@@ -7 +7 @@\n-a\n+b\n",
                "@@ -7,0 +8 @@\n+b\n",
                "@@ -7,3 +7,3 @@\n-a\n+b\n c\n-d\n+e\n",
                "@@ -7,2 +7,2 @@\n a\n b\n"
            })
    void refusesHunksWithoutContextOrChange(String hunk) {
        refuses("--- a/x\n+++ b/x\n" + hunk);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@@ -9,2 +9,2 @@\n c\n-d\n+e\n", "@@ -2,2 +2,2 @@\n c\n-d\n+e\n"})
    void refusesHunksThatOverlapOrGoBack(String second) {
        refuses("--- a/x\n+++ b/x\n" + BODY + second);
    }

    @Test
    void refusesLinesBehindTheEndOfTheFile() {
        String end = "\\ No newline at end of file\n";
        refuses("--- a/x\n+++ b/x\n@@ -7,3 +7,3 @@\n a\n" + end + "-b\n+c\n d\n");
        refuses("--- a/x\n+++ b/x\n@@ -7,3 +7,2 @@\n-a\n" + end + " b\n c\n");
        refuses("--- a/x\n+++ b/x\n@@ -7,2 +7,3 @@\n+a\n" + end + " b\n c\n");
        refuses("--- a/x\n+++ b/x\n@@ -7,2 +7,2 @@\n a\n-b\n+c\n" + end + "@@ -10,2 +10,2 @@\n a\n-b\n+c\n");
    }

    @Test
    void refusesOneFileTwice() {
        refuses("--- a/x\n+++ b/x\n" + BODY + "--- a/x\n+++ b/x\n" + BODY);
        refuses("--- a/x\n+++ b/x\n" + BODY + "--- a/x/y\n+++ b/x/y\n" + BODY);
    }

    @Test
    void refusesACreationOrDeletionOfAPartOfAFile() {
        refuses("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n@@ -3,2 +4,3 @@\n a\n+b\n c\n");
        refuses("--- /dev/null\n+++ b/x\n@@ -1,1 +1,2 @@\n a\n+b\n");
        refuses("--- a/x\n+++ /dev/null\n@@ -5,2 +0,0 @@\n-a\n-b\n");
        refuses("--- a/x\t1970-01-01 00:00:00.000000000 +0000\n+++ b/x\n@@ -0,0 +1 @@\n+a\n");
    }

    @Test
    void refusesAPatchThatWasConvertedToCrLf() {
        refuses(("--- a/x\n+++ b/x\n" + BODY).replace("\n", "\r\n"));
        // GNU patch takes CRs in these two lines alone for a conversion of everything.
        refuses("--- a/x\r\n+++ b/x\r\n" + BODY);
    }

    @Test
    void saysPatchLineAndReason() {
        assertEquals(
                "test.patch:3: empty, \".\" or \"..\" component in path a/../x",
                refuses("One\nTwo\n--- a/../x\n+++ b/../x\n" + BODY).getMessage());
        assertEquals(
                "test.patch:1: absolute path /etc/passwd",
                refuses("--- /etc/passwd\n+++ /etc/passwd\n" + BODY).getMessage());
        assertEquals(
                "test.patch:4: truncated: the hunk has fewer lines than its counts say",
                refuses("--- a/x\n+++ b/x\n@@ -7,3 +7,3 @@\n a\n").getMessage());
        assertEquals(
                "test.patch:7: the hunk has no context",
                refuses("One\n--- a/x\n+++ b/x\n@@ -2,2 +2 @@\n a\n-b\n@@ -7 +6 @@\n-a\n+b\n")
                        .getMessage());
    }

    private static PatchSet parse(String text) {
        return UnifiedDiff.parse("test.patch", text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static MalformedPatchException refuses(String text) {
        return refuses(text, text);
    }

    private static MalformedPatchException refuses(String text, String message) {
        return assertThrows(MalformedPatchException.class, () -> parse(text), message);
    }
}
