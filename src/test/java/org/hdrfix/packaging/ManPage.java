package org.hdrfix.packaging;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A manual page of section 1, written from the model of a command as man(7) has it. */
final class ManPage {
    /** What holds for every command that does not say it otherwise in its own footer. */
    private static final List<String[]> EXIT_STATUS = List.of(
            new String[] {"0", "Nothing is wrong, or all of it was repaired."},
            new String[] {"1", "A tree is bad, and hdrfix can repair it here."},
            new String[] {"2", "Wrong arguments."},
            new String[] {"3", "A tree could not be judged or repaired; then nothing was changed, or it was put back."},
            new String[] {"4", "A tree is bad and cannot be repaired here; what to do instead is said."});

    private static final List<String[]> FILES = List.of(
            new String[] {"/usr/src/linux-headers-*, /lib/modules/*/build", "Where header trees are looked for."},
            new String[] {"/var/lib/hdrfix", "The originals of what was repaired, for hdrfix undo."},
            new String[] {"/var/log/hdrfix", "What was done to which tree."});

    private final CommandSpec command;
    private final String footing;
    private final StringBuilder roff = new StringBuilder();

    private ManPage(CommandSpec command, String version, Instant time) {
        this.command = command;
        String day = DateTimeFormatter.ISO_LOCAL_DATE.format(time.atOffset(ZoneOffset.UTC));
        this.footing = day + " \"hdrfix " + version + "\" \"User Commands\"";
    }

    /** One of the command itself, then one of each subcommand. */
    static List<ManPage> all(CommandSpec model, String version, Instant time) {
        List<ManPage> pages = new ArrayList<>();
        pages.add(new ManPage(model, version, time));
        for (CommandLine subcommand : model.subcommands().values()) {
            pages.add(new ManPage(subcommand.getCommandSpec(), version, time));
        }
        return pages;
    }

    /** Its name without the section: {@code hdrfix-check}. */
    String name() {
        return command.qualifiedName("-");
    }

    String roff() {
        String description = String.join(" ", command.usageMessage().description());
        line(".TH " + text(name().toUpperCase(Locale.ROOT)) + " 1 " + footing);
        section("NAME");
        line(text(name()) + " \\- " + text(summary(description)));
        section("SYNOPSIS");
        synopsis();
        section("DESCRIPTION");
        line(text(description));
        if (!command.subcommands().isEmpty()) {
            section("COMMANDS");
            command.subcommands()
                    .forEach((name, subcommand) -> entry(
                            bold(name),
                            String.join(
                                    " ",
                                    subcommand.getCommandSpec().usageMessage().description())));
        }
        arguments();
        section("EXIT STATUS");
        exitStatus();
        section("FILES");
        FILES.forEach(file -> entry("\\fI" + text(file[0]) + "\\fR", file[1]));
        section("SEE ALSO");
        line(seeAlso());
        return roff.toString();
    }

    /** The first sentence, as the second half of a NAME line is written. */
    private static String summary(String description) {
        int end = description.indexOf(". ");
        String sentence = end < 0 ? description : description.substring(0, end);
        sentence = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }

    private void synopsis() {
        StringBuilder words = new StringBuilder(bold(command.qualifiedName(" ")));
        if (!command.subcommands().isEmpty()) {
            words.append(" \\fICOMMAND\\fR");
        }
        words.append(" [\\fIOPTION\\fR]...");
        for (ArgSpec positional : command.positionalParameters()) {
            words.append(" [\\fI" + text(positional.paramLabel()) + "\\fR]...");
        }
        line(words.toString());
    }

    private void arguments() {
        section("OPTIONS");
        for (ArgSpec positional : command.positionalParameters()) {
            entry("\\fI" + text(positional.paramLabel()) + "\\fR", description(positional));
        }
        for (OptionSpec option : command.options()) {
            List<String> names = new ArrayList<>();
            for (String name : option.names()) {
                names.add(bold(name));
            }
            String parameter = option.arity().max() == 0 ? "" : " \\fI" + text(option.paramLabel()) + "\\fR";
            entry(String.join(", ", names) + parameter, description(option));
        }
    }

    private static String description(ArgSpec argument) {
        return String.join(" ", argument.description());
    }

    private void exitStatus() {
        String[] footer = command.usageMessage().footer();
        if (footer.length > 0) {
            line(text(String.join(" ", footer).strip()));
        } else {
            EXIT_STATUS.forEach(status -> entry(bold(status[0]), status[1]));
        }
    }

    private String seeAlso() {
        CommandSpec top = command.parent() == null ? command : command.parent();
        List<String> pages = new ArrayList<>();
        if (command != top) {
            pages.add(bold(top.name()) + "(1)");
        }
        for (CommandLine other : top.subcommands().values()) {
            if (other.getCommandSpec() != command) {
                pages.add(bold(other.getCommandSpec().qualifiedName("-")) + "(1)");
            }
        }
        pages.add(bold("dkms") + "(8)");
        return String.join(",\n", pages);
    }

    private void section(String title) {
        line(".SH " + title);
    }

    private void entry(String term, String description) {
        line(".TP");
        line(term);
        line(text(description));
    }

    private void line(String line) {
        roff.append(line).append('\n');
    }

    private static String bold(String words) {
        return "\\fB" + text(words) + "\\fR";
    }

    /** Words as they are: a backslash is one, a hyphen can be copied, and no line begins with a request. */
    static String text(String words) {
        String escaped = words.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
