package org.hdrfix.report;

import java.io.PrintStream;
import java.util.List;
import org.fusesource.jansi.Ansi;
import org.hdrfix.proof.Comparison;
import org.hdrfix.proof.Proof;
import org.hdrfix.proof.Verdict;

/** What a proof says, for people: 80 columns, ASCII, a status word in column 1, in the manner of {@link TextReport}. */
public final class ProofReport {
    private static final int COLUMNS = 80;
    private static final String MARGIN = " ".repeat(13);

    private final PrintStream out;
    private final Shades shades;
    private final boolean verbose;

    /**
     * Makes a report.
     *
     * @param verbose whether what is the same is listed with its values
     */
    public ProofReport(PrintStream out, boolean colour, boolean verbose) {
        this.out = out;
        this.shades = new Shades(colour);
        this.verbose = verbose;
    }

    /** All that was compared for one tree. */
    public void proof(Proof proof) {
        String release = Printable.of(proof.tree().release().value());
        out.println(word(proof.verdict()) + release + " ".repeat(Math.max(1, 15 - release.length())) + verdict(proof));
        field("tree", proof.tree().seenAs());
        if (!proof.references().isEmpty()) {
            field(
                    "kernel",
                    proof.references().size() == 1
                            ? proof.references().get(0)
                            : proof.references().get(0) + " and "
                                    + (proof.references().size() - 1) + " more modules");
        }
        if (verbose) {
            proof.references().stream().skip(1).forEach(reference -> out.println(MARGIN + Printable.of(reference)));
        }
        same(proof.comparisons());
        for (Comparison.Result result : List.of(
                Comparison.Result.REFUSED,
                Comparison.Result.CRASHES,
                Comparison.Result.MISSING,
                Comparison.Result.NOT_COMPARED,
                Comparison.Result.MAY_DIFFER)) {
            proof.comparisons().stream()
                    .filter(comparison -> comparison.result() == result)
                    .forEach(this::comparison);
        }
        proof.obstacle().ifPresent(obstacle -> {
            field("missing", obstacle.reason());
            // In one piece, to be copied.
            obstacle.command().ifPresent(command -> out.println("  fix      " + Printable.of(command)));
        });
        out.println();
    }

    /** The verdict in one line, as a repair ends with it, and the reason in the next where there is one. */
    public void line(Proof proof) {
        String margin = " ".repeat(proof.tree().release().value().length() + 2);
        out.println(margin + "proof: " + verdict(proof)
                + (proof.references().isEmpty()
                        ? ""
                        : " (compared with "
                                + Printable.of(name(proof.references().get(0))) + ")"));
        proof.reason().ifPresent(reason -> wrap(reason, margin + "       "));
    }

    private static String verdict(Proof proof) {
        return proof.verdict() == Verdict.CANNOT_TELL
                ? "whether a module built here would load cannot be told"
                : "a module built here " + proof.verdict().words();
    }

    private static String name(String path) {
        return ".../" + path.substring(path.lastIndexOf('/') + 1);
    }

    private void same(List<Comparison> comparisons) {
        List<Comparison> same = comparisons.stream()
                .filter(comparison -> comparison.result() == Comparison.Result.AGREES)
                .toList();
        if (same.isEmpty()) {
            return;
        }
        if (verbose) {
            int width = same.stream()
                    .mapToInt(comparison -> comparison.name().length())
                    .max()
                    .orElse(0);
            out.println("  same");
            same.forEach(comparison -> out.println(MARGIN
                    + comparison.name()
                    + " ".repeat(width - comparison.name().length() + 2)
                    + Printable.of(comparison.tree())));
        } else {
            field("same", String.join(", ", same.stream().map(Comparison::name).toList()));
        }
    }

    private void comparison(Comparison comparison) {
        field(label(comparison.result()), comparison.name());
        if (!comparison.tree().isEmpty()) {
            wrap("tree    " + comparison.tree(), MARGIN);
        }
        if (!comparison.kernel().isEmpty()) {
            wrap("kernel  " + comparison.kernel(), MARGIN);
        }
        wrap(comparison.why(), MARGIN);
    }

    private static String label(Comparison.Result result) {
        return switch (result) {
            case AGREES -> "same";
            case MAY_DIFFER -> "note";
            case NOT_COMPARED -> "unknown";
            case MISSING -> "missing";
            case CRASHES -> "crash";
            case REFUSED -> "refused";
        };
    }

    private void field(String label, String text) {
        wrap(text, "  " + label + " ".repeat(9 - label.length()));
    }

    /** A text in lines of at most 80 columns, broken at spaces; what has none is left in one piece, to be copied. */
    private void wrap(String text, String margin) {
        String safe = Printable.of(text);
        String lead = margin;
        while (lead.length() + safe.length() > COLUMNS) {
            int space = safe.lastIndexOf(' ', Math.max(0, COLUMNS - lead.length()));
            if (space <= 0) {
                space = safe.indexOf(' ');
            }
            if (space <= 0) {
                break;
            }
            out.println((lead + safe.substring(0, space)).stripTrailing());
            safe = safe.substring(space + 1);
            lead = " ".repeat(margin.length());
        }
        out.println((lead + safe).stripTrailing());
    }

    private String word(Verdict verdict) {
        String word = switch (verdict) {
            case WOULD_LOAD -> "LOADS";
            case WOULD_BE_REFUSED -> "REFUSED";
            case MAY_CRASH -> "CRASHES";
            case CANNOT_TELL -> "UNKNOWN";
        };
        Ansi.Color shade = switch (verdict) {
            case WOULD_LOAD -> Ansi.Color.GREEN;
            case CANNOT_TELL -> Ansi.Color.YELLOW;
            case WOULD_BE_REFUSED, MAY_CRASH -> Ansi.Color.RED;
        };
        return shades.on(word, shade) + " ".repeat(9 - word.length());
    }
}
