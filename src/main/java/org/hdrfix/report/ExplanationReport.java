package org.hdrfix.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.explain.Explanation;
import org.hdrfix.explain.Message;

/** Prints what a log says, or what a tag means, for people: 80 columns, the most probable cause first. */
public final class ExplanationReport {
    private static final int COLUMNS = 80;
    /** How many causes are named beside the first. */
    private static final int MOST_OTHERS = 3;

    private final PrintStream out;

    public ExplanationReport(PrintStream out) {
        this.out = out;
    }

    /**
     * What a log says.
     *
     * @param name of the log, for people
     * @param quiet whether only the tag of the first cause is printed
     */
    public void log(String name, Explanation explanation, boolean quiet) {
        if (explanation.causes().isEmpty()) {
            if (!quiet) {
                unknown(name, explanation);
            }
            return;
        }
        Explanation.Cause first = explanation.causes().get(0);
        if (quiet) {
            out.println(first.message().tag());
            return;
        }
        out.println(first.message().tag());
        field("line " + first.line(), first.quote());
        if (first.times() > 1) {
            field("", "and " + (first.times() - 1) + " more lines like it");
        }
        field("cause", first.message().cause());
        field("do", first.message().cure());
        List<Explanation.Cause> others = explanation.causes();
        for (Explanation.Cause other : others.subList(1, Math.min(others.size(), 1 + MOST_OTHERS))) {
            field("also", other.message().tag() + ", line " + other.line() + ": " + other.quote());
        }
    }

    private void unknown(String name, Explanation explanation) {
        out.println("No known message in the " + explanation.lines() + " lines of " + Printable.of(name) + "."
                + (explanation.harmless() > 0 ? " What it has of warnings is harmless." : ""));
        out.println("The telling line is most often the first with \"error\" or \"not found\". DKMS writes it to");
        out.println("/var/lib/dkms/MODULE/VERSION/build/make.log, the kernel to dmesg.");
    }

    /** What a tag means. */
    public void rule(Rule rule) {
        out.println(rule.tag() + " (" + rule.severity().word() + ")");
        rule.symptom().ifPresent(symptom -> field("seen", symptom));
        Message.of(rule.tag())
                .ifPresent(message -> message.tests().stream()
                        .filter(test -> !Optional.of(test).equals(rule.symptom()))
                        .limit(MOST_OTHERS)
                        .forEach(test -> field("seen", test)));
        field("cause", rule.cause());
        field("do", rule.cure());
    }

    /** What the tag of a message means that belongs to no rule. */
    public void message(Message message) {
        out.println(message.tag());
        message.tests().stream().limit(MOST_OTHERS).forEach(test -> field("seen", test));
        field("cause", message.cause());
        field("do", message.cure());
    }

    private void field(String name, String text) {
        String margin = " ".repeat(11);
        StringBuilder line = new StringBuilder("  " + name + " ".repeat(Math.max(1, 9 - name.length())));
        for (String word : Printable.of(text).split(" ")) {
            if (line.length() + word.length() > COLUMNS && line.length() > margin.length()) {
                out.println(line.toString().stripTrailing());
                line = new StringBuilder(margin);
            }
            line.append(word).append(' ');
        }
        out.println(line.toString().stripTrailing());
    }
}
