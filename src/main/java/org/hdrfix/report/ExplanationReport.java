package org.hdrfix.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.fusesource.jansi.Ansi;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.diagnosis.Severity;
import org.hdrfix.explain.Explanation;
import org.hdrfix.explain.Explanation.Cause;
import org.hdrfix.explain.Message;

/** Causes and rules for people: 80 columns, ASCII but for what a log says itself, words that can be searched. */
public final class ExplanationReport {
    private static final int COLUMNS = 80;
    private static final String MARGIN = " ".repeat(11);
    /** How many other causes are listed unless everything was asked for. */
    private static final int MOST_OTHERS = 3;

    private final PrintStream out;
    private final Shades shades;
    private final boolean verbose;

    /** Makes a report; a verbose one lists every cause and every harmless line. */
    public ExplanationReport(PrintStream out, boolean colour, boolean verbose) {
        this.out = out;
        this.shades = new Shades(colour);
        this.verbose = verbose;
    }

    /**
     * What a log says.
     *
     * @param name of the log, or empty where it has none
     */
    public void log(String name, Explanation explanation) {
        String prefix = name.isEmpty() ? "" : Printable.of(name) + ": ";
        if (explanation.causes().isEmpty()) {
            unknown(prefix, explanation);
        } else {
            first(prefix, explanation.causes().get(0));
            others(explanation.causes().subList(1, explanation.causes().size()));
            if (verbose) {
                explanation.harmless().forEach(this::harmless);
            }
        }
        if (!explanation.complete()) {
            labelled("note", "only the first " + explanation.lines() + " lines were read: the log is too long");
        }
    }

    private void unknown(String prefix, Explanation explanation) {
        out.println(prefix + "No known message in " + new Count(explanation.lines(), "line") + ".");
        explanation.harmless().forEach(this::harmless);
        labelled(
                "next",
                "Give the whole output, from the make line to the first error. dkms has it in "
                        + "/var/lib/dkms/MODULE/VERSION/build/make.log, the kernel in dmesg.");
        labelled("", "hdrfix check judges the header trees themselves.");
    }

    private void first(String prefix, Cause cause) {
        Message message = cause.message();
        right("CAUSE    " + prefix + "line " + cause.line(), message.tag(), Ansi.Color.RED);
        quote(cause);
        labelled("cause", message.cause());
        labelled("fix", message.cure());
        message.commands().forEach(command -> out.println(MARGIN + "  " + command));
    }

    private void quote(Cause cause) {
        hanging("  line     \"", MARGIN + " ", Printable.of(cause.quote()) + "\"");
        if (cause.others() > 0) {
            labelled(
                    "",
                    new Count(cause.others(), "more line") + (cause.others() == 1 ? " says" : " say") + " the same");
        }
    }

    private void others(List<Cause> causes) {
        int shown = verbose ? causes.size() : Math.min(MOST_OTHERS, causes.size());
        for (Cause cause : causes.subList(0, shown)) {
            right("  also     line " + cause.line(), cause.message().tag(), Ansi.Color.YELLOW);
            hanging(MARGIN + "\"", MARGIN + " ", Printable.of(cause.quote()) + "\"");
            labelled("", cause.message().cause());
        }
        if (causes.size() > shown) {
            labelled("", "and " + (causes.size() - shown) + " more (-v lists them)");
        }
    }

    private void harmless(Cause cause) {
        right("  harmless line " + cause.line(), cause.message().tag(), Ansi.Color.CYAN);
        hanging(MARGIN + "\"", MARGIN + " ", Printable.of(cause.quote()) + "\"");
        labelled("", cause.message().cause());
    }

    /** A rule in full. */
    public void rule(Rule rule, Optional<Message> message) {
        right(word(rule.severity()), rule.tag(), Shades.of(rule.severity()));
        rule.symptom().ifPresent(symptom -> hanging("  symptom  \"", MARGIN + " ", symptom + "\""));
        labelled("cause", rule.cause());
        labelled("fix", rule.cure());
        message.ifPresent(this::rest);
    }

    /** A message that no rule stands behind. */
    public void message(Message message) {
        right(message.harmless() ? "HARMLESS" : "MESSAGE", message.tag(), Ansi.Color.CYAN);
        labelled("cause", message.cause());
        labelled("fix", message.cure());
        rest(message);
    }

    private void rest(Message message) {
        message.commands().forEach(command -> out.println(MARGIN + "  " + command));
        if (!message.tests().isEmpty()) {
            int shown = verbose
                    ? message.tests().size()
                    : Math.min(MOST_OTHERS, message.tests().size());
            String label = "  seen as  ";
            for (String words : message.tests().subList(0, shown)) {
                hanging(label + "\"", MARGIN + " ", Printable.of(words) + "\"");
                label = MARGIN;
            }
        }
    }

    /** One line of a list: the tag, and what it is. */
    public void entry(String tag, String text) {
        String line = tag + " ".repeat(Math.max(2, 28 - tag.length())) + Printable.of(text.split("(?<=[.]) ", 2)[0]);
        out.println(line.length() <= COLUMNS ? line : line.substring(0, COLUMNS - 3) + "...");
    }

    private void right(String head, String tag, Ansi.Color shade) {
        String gap = " ".repeat(Math.max(2, COLUMNS - head.length() - tag.length()));
        out.println(head + gap + shades.on(tag, shade));
    }

    private void labelled(String label, String text) {
        hanging("  " + label + " ".repeat(9 - label.length()), MARGIN, text);
    }

    /** A paragraph behind a label; a word that is too long for a line is broken. */
    private void hanging(String head, String margin, String text) {
        List<String> rows = new ArrayList<>();
        StringBuilder row = new StringBuilder();
        int width = COLUMNS - margin.length();
        for (String given : text.split(" ")) {
            String word = given;
            if (row.length() > 0 && row.length() + 1 + word.length() > width) {
                rows.add(row.toString());
                row.setLength(0);
            }
            while (word.length() > width) {
                rows.add(word.substring(0, width));
                word = word.substring(width);
            }
            row.append(row.length() > 0 ? " " : "").append(word);
        }
        rows.add(row.toString());
        for (int i = 0; i < rows.size(); i++) {
            out.println((i == 0 ? head : margin) + rows.get(i));
        }
    }

    private static String word(Severity severity) {
        return severity.word().toUpperCase(java.util.Locale.ROOT);
    }
}
