package org.hdrfix.catalogue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One paragraph of a deb822 file: named fields and where it stands, for messages.
 *
 * @param source name of the file it was read from
 * @param line 1-based line of its first field
 * @param fields values by field name in file order; continuation lines are joined with a newline, without their
 *     leading space
 */
public record Stanza(String source, int line, Map<String, String> fields) {
    public Stanza {
        fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The value of a field, or nothing where the stanza does not have it. Names are compared as they are written. */
    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** The value of a field that every such stanza must have; a bad catalogue is a defect of hdrfix. */
    public String required(String name) {
        return field(name)
                .orElseThrow(() -> new CatalogueException(source + ":" + line + ": field " + name + " is missing"));
    }

    /** The words of a field, split at white space; no words where the field is absent. */
    public List<String> words(String name) {
        return field(name).map(String::trim).filter(value -> !value.isEmpty()).stream()
                .flatMap(value -> Arrays.stream(value.split("\\s+")))
                .toList();
    }
}
