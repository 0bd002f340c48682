package org.hdrfix.cases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hdrfix.diagnosis.Rule;

/** Writes the table of all rules into the README, from the rules themselves; the build runs it. */
final class ReadmeRules {
    static final Path README = Path.of("README.md");
    private static final String BEGIN = "<!-- rules: written by the build from the catalogue of rules -->\n";
    private static final String END = "<!-- end of rules -->\n";

    private ReadmeRules() {}

    /** Changes the README only where the table in it is another one. */
    public static void main(String[] args) throws IOException {
        String text = Files.readString(README);
        String updated = updated(text);
        if (!updated.equals(text)) {
            Files.writeString(README, updated);
        }
    }

    /** The text with the table as the rules are now. */
    static String updated(String readme) {
        int begin = readme.indexOf(BEGIN);
        int end = readme.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException(README + ": the marks around the table of rules are gone");
        }
        return readme.substring(0, begin + BEGIN.length()) + table() + readme.substring(end);
    }

    private static String table() {
        StringBuilder table = new StringBuilder("\n| tag | | words seen | cure |\n|---|---|---|---|\n");
        for (Rule rule : Rule.all()) {
            table.append("| `" + rule.tag() + "` | " + rule.severity().word() + " | "
                    + rule.symptom().map(ReadmeRules::code).orElse("") + " | " + cell(rule.cure()) + " |\n");
        }
        return table.append('\n').toString();
    }

    /** GitHub's Markdown: a bar ends a cell, and code that holds a back quote stands between two of them. */
    private static String code(String words) {
        return words.contains("`") ? "`` " + cell(words) + " ``" : "`" + cell(words) + "`";
    }

    private static String cell(String text) {
        return text.replace("\n", " ").replace("|", "\\|");
    }
}
