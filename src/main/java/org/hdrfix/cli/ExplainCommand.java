package org.hdrfix.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.hdrfix.diagnosis.Rule;
import org.hdrfix.explain.Explanation;
import org.hdrfix.explain.LogReader;
import org.hdrfix.explain.Message;
import org.hdrfix.report.ExplanationReport;
import org.hdrfix.report.Printable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code hdrfix explain}: a rule by its tag, or the cause behind a log. It looks at no tree and at no system.
 *
 * <p>Exit status: 0 explained, 1 no known message in what was read, 2 wrong arguments or an unknown tag, 3 a log
 * that cannot be read. Of several arguments 3 goes before 2, and 1 is given only where nothing was explained.
 */
final class ExplainCommand {
    /** A compressed log may unpack to no end: 1 GiB of it is read. */
    private static final long MOST_UNPACKED = 1L << 30;

    private final ParseResult arguments;
    private final PrintStream err;
    private final boolean quiet;
    private final ExplanationReport report;
    private boolean explained;
    private int status;

    ExplainCommand(ParseResult arguments, PrintStream out, PrintStream err) {
        this.arguments = arguments;
        this.err = err;
        this.quiet = arguments.matchedOptionValue("-q", false);
        Optional<String> colour = Optional.ofNullable(arguments.matchedOptionValue("--color", (String) null));
        report = new ExplanationReport(out, Colour.wanted(colour), arguments.matchedOptionValue("-v", false));
    }

    static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.addOption(Main.flag("List all tags.", "--list"));
        spec.addOption(OptionSpec.builder("--color")
                .type(String.class)
                .paramLabel("WHEN")
                .description("auto, always or never.")
                .build());
        spec.addOption(Main.flag("List every cause and every harmless line.", "-v", "--verbose"));
        spec.addOption(Main.flag("Say nothing where no message is known.", "-q", "--quiet"));
        spec.addPositional(PositionalParamSpec.builder()
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("0..*")
                .paramLabel("TAG|FILE|-")
                .description("A rule, or the output of make, dkms (make.log), insmod, modprobe or dmesg;"
                        + " - is standard input, which is read as well when nothing is named.")
                .build());
        spec.usageMessage()
                .description("Explains a rule, or the cause behind a failed build's log. Looks at no tree.")
                .footer(
                        "",
                        "Exit status: 0 explained, 1 no known message, 2 wrong arguments or an",
                        "unknown tag, 3 a log could not be read.");
        return spec;
    }

    int run(boolean terminalInput) {
        if (arguments.matchedOptionValue("--list", false)) {
            tags().forEach(report::entry);
            return 0;
        }
        List<String> names = arguments.matchedPositionalValue(0, List.<String>of());
        if (names.isEmpty()) {
            if (terminalInput) {
                throw new UsageException("explain what? A rule's tag, a log file, or - and the log on standard input");
            }
            names = List.of("-");
        }
        for (String name : names) {
            explain(name, names.size() > 1);
        }
        return status > 1 || !explained ? status : 0;
    }

    private void explain(String name, boolean oneOfSeveral) {
        Optional<Message> message = Message.of(name);
        Optional<Rule> rule =
                Rule.all().stream().filter(r -> r.tag().equals(name)).findFirst();
        if (rule.isPresent()) {
            report.rule(rule.get(), message);
            explained = true;
        } else if (message.isPresent()) {
            report.message(message.get());
            explained = true;
        } else if (name.equals("-")) {
            log("standard input", oneOfSeveral ? "-" : "", System.in);
        } else {
            file(name, oneOfSeveral);
        }
    }

    private void file(String name, boolean oneOfSeveral) {
        Path file;
        try {
            file = Path.of(name);
        } catch (InvalidPathException e) {
            fail(3, name + ": not a file name");
            return;
        }
        if (!Files.exists(file)) {
            if (name.contains("/") || name.contains(".")) {
                fail(3, name + ": no such file");
            } else {
                fail(2, name + ": neither a rule nor a file" + near(name));
            }
            return;
        }
        if (Files.isDirectory(file)) {
            fail(3, name + ": a directory; explain reads a log (hdrfix check judges a header tree)");
            return;
        }
        // A FIFO is welcome here: the user named it, as with <(make).
        try (InputStream in = Files.newInputStream(file)) {
            log(name, oneOfSeveral ? name : "", in);
        } catch (IOException e) {
            fail(3, name + ": cannot be read: " + reason(e));
        }
    }

    private void log(String name, String shown, InputStream in) {
        try {
            BufferedInputStream bytes = new BufferedInputStream(in, 1 << 16);
            bytes.mark(16);
            byte[] magic = bytes.readNBytes(6);
            bytes.reset();
            Explanation explanation;
            if (starts(magic, 0x1f, 0x8b)) {
                explanation = LogReader.explain(new GZIPInputStream(bytes, 1 << 16), MOST_UNPACKED);
            } else {
                Optional<String> unpack = unpacker(magic);
                if (unpack.isPresent()) {
                    fail(3, name + ": " + unpack.get());
                    return;
                }
                explanation = LogReader.explain(bytes, Long.MAX_VALUE);
            }
            boolean found = !explanation.causes().isEmpty();
            if (found || !quiet) {
                report.log(shown, explanation);
            }
            explained |= found;
            status = found ? status : Math.max(status, 1);
        } catch (IOException e) {
            fail(3, name + ": cannot be read: " + reason(e));
        }
    }

    /** What to do with a file that is no text, by its first bytes. */
    private static Optional<String> unpacker(byte[] magic) {
        if (starts(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return Optional.of("compressed with xz; unpack it: xzcat FILE | hdrfix explain -");
        }
        if (starts(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
            return Optional.of("compressed with zstd; unpack it: zstdcat FILE | hdrfix explain -");
        }
        if (starts(magic, 'B', 'Z', 'h')) {
            return Optional.of("compressed with bzip2; unpack it: bzcat FILE | hdrfix explain -");
        }
        if (starts(magic, 'P', 'K', 3, 4)) {
            return Optional.of("a zip archive; unpack it: unzip -p FILE | hdrfix explain -");
        }
        if (starts(magic, 0x7f, 'E', 'L', 'F')) {
            return Optional.of("a program or a module, not a log");
        }
        return Optional.empty();
    }

    private static boolean starts(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /** All tags with what they mean, the rules first. */
    private static Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        Rule.all().forEach(rule -> tags.put(rule.tag(), rule.cause()));
        Message.all().forEach(message -> tags.putIfAbsent(message.tag(), message.cause()));
        return tags;
    }

    private static String near(String name) {
        List<String> near = tags().keySet().stream()
                .filter(tag -> tag.contains(name) || distance(tag, name) <= 3)
                .limit(4)
                .toList();
        return near.isEmpty() ? "; hdrfix explain --list has all tags" : "; near it: " + String.join(", ", near);
    }

    /** How many letters to change, add or drop (Levenshtein). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }

    private void fail(int worse, String message) {
        err.println("hdrfix: " + Printable.of(message));
        status = Math.max(status, worse);
    }

    private static String reason(IOException e) {
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof java.io.EOFException ? "it is cut off" : String.valueOf(e.getMessage());
    }
}
