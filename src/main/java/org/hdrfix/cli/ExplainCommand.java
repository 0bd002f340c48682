package org.hdrfix.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.explain.Explanation;
import org.hdrfix.explain.LogReader;
import org.hdrfix.explain.Message;
import org.hdrfix.report.ExplanationReport;
import org.hdrfix.report.Printable;
import picocli.CommandLine.ParseResult;

/**
 * explain: what a tag means, or what the output of a failed build says. Exit status 0 where something was explained, 1
 * where nothing known was found, 3 where a log could not be read.
 */
final class ExplainCommand {
    private final List<String> names;
    private final boolean quiet;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;

    ExplainCommand(ParseResult arguments, InputStream in, PrintStream out, PrintStream err) {
        this.names = arguments.matchedPositionalValue(0, List.<String>of());
        this.quiet = arguments.matchedOptionValue("-q", false);
        this.in = in;
        this.out = out;
        this.err = err;
    }

    int run() {
        if (names.isEmpty() && Colour.isTerminal(0)) {
            throw new UsageException("explain what? A tag, a file, or - for what is typed or piped");
        }
        ExplanationReport report = new ExplanationReport(out);
        int status = 0;
        for (String name : names.isEmpty() ? List.of("-") : names) {
            status = Math.max(status, explain(name, report));
        }
        return status;
    }

    private int explain(String name, ExplanationReport report) {
        Optional<Rule> rule =
                Rule.all().stream().filter(known -> known.tag().equals(name)).findFirst();
        if (rule.isPresent()) {
            report.rule(rule.get());
            return 0;
        }
        Optional<Message> message = Message.of(name);
        if (message.isPresent()) {
            report.message(message.get());
            return 0;
        }
        try {
            return name.equals("-") ? log("standard input", in, report) : file(name, report);
        } catch (IOException e) {
            err.println("hdrfix: " + Printable.of(name) + ": cannot be read ("
                    + (e instanceof ZipException ? "damaged gzip" : e.getClass().getSimpleName()) + ")");
            return 3;
        }
    }

    private int file(String name, ExplanationReport report) throws IOException {
        Path file;
        try {
            file = Path.of(name);
        } catch (InvalidPathException e) {
            throw new UsageException(name + ": neither a tag nor a file");
        }
        if (!Files.exists(file)) {
            throw new UsageException(name + ": neither a tag nor a file" + nearest(name));
        }
        if (Files.isDirectory(file)) {
            throw new UsageException(name + ": a directory; which log in it?");
        }
        try (InputStream log = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            log.mark(2);
            boolean packed = log.read() == 0x1f && log.read() == 0x8b;
            log.reset();
            return log(name, packed ? new GZIPInputStream(log, 1 << 16) : log, report);
        }
    }

    private int log(String name, InputStream log, ExplanationReport report) throws IOException {
        Explanation explanation = LogReader.read(log);
        report.log(name, explanation, quiet);
        return explanation.causes().isEmpty() ? 1 : 0;
    }

    /** Tags that share a word with what was typed. */
    private static String nearest(String name) {
        TreeSet<String> near = new TreeSet<>();
        for (String word : name.split("[^a-z0-9]+")) {
            if (word.length() > 3) {
                Rule.all().stream()
                        .map(Rule::tag)
                        .filter(tag -> tag.contains(word))
                        .forEach(near::add);
                Message.all().stream()
                        .map(Message::tag)
                        .filter(tag -> tag.contains(word))
                        .forEach(near::add);
            }
        }
        return near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?";
    }
}
