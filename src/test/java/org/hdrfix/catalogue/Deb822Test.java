package org.hdrfix.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Deb822Test {
    @Test
    void readsFieldsOfParagraphsPartedByAnyNumberOfBlankLines() {
        assertEquals(
                List.of(
                        new Stanza("some", 2, Map.of("Name", "fixdep", "Since", "2.6")),
                        new Stanza("some", 7, Map.of("Name", "modpost"))),
                Deb822.read("some", "\nName: fixdep\nSince:2.6\n\n \t\n\nName:   modpost  \n"));
    }

    @Test
    void joinsContinuationLinesAndTakesALoneDotForAnEmptyOne() {
        Stanza stanza = only("Description: first\n second\n .\n\tthird\nOther: x\n");
        assertEquals(Optional.of("first\nsecond\n\nthird"), stanza.field("Description"));
        assertEquals(Optional.of("x"), stanza.field("Other"));
    }

    @Test
    void skipsCommentsEvenInTheMiddleOfAValue() {
        Stanza stanza = only("# head: no field\nSources: a.c\n# between\n b.c\n");
        assertEquals(Map.of("Sources", "a.c\nb.c"), stanza.fields());
        assertEquals(2, stanza.line());
    }

    @Test
    void keepsWhatOnlyLooksLikeAComment() {
        assertEquals(
                Map.of("Flags", "#1", "Text", "one\n# two"),
                only("Flags: #1\nText: one\n # two\n").fields());
    }

    @Test
    void keepsColonsInValues() {
        assertEquals(
                Optional.of("https://example.org:8080/x"),
                only("Origin: https://example.org:8080/x").field("Origin"));
    }

    @Test
    void readsTextWithCarriageReturns() {
        assertEquals(
                List.of(new Stanza("some", 1, Map.of("A", "1", "B", "2\n3")), new Stanza("some", 5, Map.of("A", "4"))),
                Deb822.read("some", "A: 1\r\nB: 2\r\n 3\r\n\r\nA: 4\r\n"));
    }

    @Test
    void readsNothingFromTextWithoutFields() {
        assertEquals(List.of(), Deb822.read("some", ""));
        assertEquals(List.of(), Deb822.read("some", "# only this\n\n   \n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A: 1;just words | some:2: not a field: no colon",
                ": no name | some:1: not a field: no colon",
                "A: 1;B: 2;see also: this | some:3: not a field: white space in its name",
                "A: 1;;; continued | some:4: continuation of no field",
                "A: 1;B: 2;A: 3 | some:3: field A stands twice"
            })
    void saysWhereALineCannotBeRead(String lines, String message) {
        assertEquals(
                message,
                assertThrows(CatalogueException.class, () -> Deb822.read("some", lines.replace(';', '\n')))
                        .getMessage());
    }

    @Test
    void splitsWordsAtAnyWhiteSpace() {
        Stanza stanza = only("Loaders: /lib/a  /lib/b\n\t/lib/c\nEmpty:\n");
        assertEquals(List.of("/lib/a", "/lib/b", "/lib/c"), stanza.words("Loaders"));
        assertEquals(List.of(), stanza.words("Empty"));
        assertEquals(List.of(), stanza.words("Absent"));
    }

    @Test
    void saysWhichStanzaLacksAField() {
        Stanza second = Deb822.read("tools", "Name: x\n\nLabel: y\n").get(1);
        assertEquals(
                "tools:3: field Name is missing",
                assertThrows(CatalogueException.class, () -> second.required("Name"))
                        .getMessage());
        assertEquals("y", second.required("Label"));
    }

    @Test
    void comparesNamesAsTheyAreWritten() {
        assertEquals(Optional.empty(), only("Name: x").field("name"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-catalogue", "../cli/Main"})
    void saysWhichCatalogueIsNotThere(String name) {
        assertEquals(
                name + ": no such catalogue",
                assertThrows(CatalogueException.class, () -> Deb822.resource(name))
                        .getMessage());
    }

    private static Stanza only(String text) {
        List<Stanza> stanzas = Deb822.read("some", text);
        assertEquals(1, stanzas.size());
        return stanzas.get(0);
    }
}
