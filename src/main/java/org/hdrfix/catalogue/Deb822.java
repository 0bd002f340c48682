package org.hdrfix.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads deb822 text (deb822(5)): paragraphs of {@code Name: value} fields, parted by blank lines. Lines that begin with
 * {@code #} are comments; a line that begins with a space or a tab continues the field above it, and a lone {@code .}
 * there stands for an empty line.
 */
public final class Deb822 {
    private Deb822() {}

    /**
     * The stanzas of a catalogue that hdrfix carries.
     *
     * @param name file name below {@code org/hdrfix/catalogue} in the class path
     */
    public static List<Stanza> resource(String name) {
        try (InputStream in = Deb822.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new CatalogueException(name + ": no such catalogue");
            }
            return read(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new CatalogueException(name + ": " + e.getMessage());
        }
    }

    /**
     * The stanzas of a text.
     *
     * @param source name of the text, for messages
     * @throws CatalogueException at a line that is neither field, continuation, comment nor blank, and at a field that
     *     stands twice in one stanza
     */
    public static List<Stanza> read(String source, String text) {
        List<Stanza> stanzas = new ArrayList<>();
        Map<String, String> fields = new LinkedHashMap<>();
        String name = null;
        int start = 1;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.startsWith("#")) {
                continue;
            }
            if (line.isBlank()) {
                if (!fields.isEmpty()) {
                    stanzas.add(new Stanza(source, start, fields));
                    fields = new LinkedHashMap<>();
                }
                name = null;
                continue;
            }
            if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
                if (name == null) {
                    throw new CatalogueException(source + ":" + number + ": continuation of no field");
                }
                String more = line.strip();
                fields.merge(name, more.equals(".") ? "" : more, (before, after) -> before + "\n" + after);
                continue;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new CatalogueException(source + ":" + number + ": not a field: no colon");
            }
            name = line.substring(0, colon);
            // deb822(5): without it, a sentence with a colon in it would be taken for a field.
            if (name.chars().anyMatch(Character::isWhitespace)) {
                throw new CatalogueException(source + ":" + number + ": not a field: white space in its name");
            }
            if (fields.isEmpty()) {
                start = number;
            }
            if (fields.put(name, line.substring(colon + 1).strip()) != null) {
                throw new CatalogueException(source + ":" + number + ": field " + name + " stands twice");
            }
        }
        if (!fields.isEmpty()) {
            stanzas.add(new Stanza(source, start, fields));
        }
        return List.copyOf(stanzas);
    }
}
