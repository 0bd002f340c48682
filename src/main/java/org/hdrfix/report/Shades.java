package org.hdrfix.report;

import org.fusesource.jansi.Ansi;
import org.hdrfix.diagnosis.Severity;

/**
 * Colour on top of words; what is said is the same without.
 *
 * @param wanted whether there is any
 */
record Shades(boolean wanted) {
    String on(String text, Ansi.Color shade) {
        return wanted ? Ansi.ansi().fgBright(shade).a(text).reset().toString() : text;
    }

    static Ansi.Color of(Severity severity) {
        return switch (severity) {
            case ERROR -> Ansi.Color.RED;
            case WARNING -> Ansi.Color.YELLOW;
            case NOTE -> Ansi.Color.CYAN;
        };
    }
}
