package org.hdrfix.packaging;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.Architectures;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What the shells offer after {@code hdrfix}, from the model of the commands. */
final class Completions {
    /** The header trees of the machine: by release, as people name them. */
    private static final String RELEASES = "find /usr/src /lib/modules -mindepth 1 -maxdepth 1 2>/dev/null"
            + " | sed -n 's|^/lib/modules/||p; s|^/usr/src/linux-headers-||p' | sort -u";

    /** What the label of an argument stands for. */
    private static final Map<String, List<String>> VALUES = Map.of(
            "WHEN", List.of("auto", "always", "never"),
            "WAY", List.of("direct", "kbuild", "make"),
            "NAME", Architectures.all().stream().map(Architecture::name).toList());

    private final CommandSpec model;

    /**
     * Completions of a command with subcommands.
     *
     * @param model is changed: what stands for a file becomes one, which is what picocli goes by
     */
    Completions(CommandSpec model) {
        this.model = model;
        for (CommandLine subcommand : model.subcommands().values()) {
            name(subcommand.getCommandSpec());
        }
    }

    private static void name(CommandSpec command) {
        for (OptionSpec option : List.copyOf(command.options())) {
            List<String> values = VALUES.get(option.paramLabel());
            if (values != null) {
                command.remove(option);
                command.addOption(
                        option.toBuilder().completionCandidates(values).build());
            } else if (isPath(option)) {
                command.remove(option);
                command.addOption(OptionSpec.builder(option.names())
                        .type(File.class)
                        .paramLabel(option.paramLabel())
                        .description(option.description())
                        .build());
            }
        }
        for (PositionalParamSpec positional : List.copyOf(command.positionalParameters())) {
            if (isPath(positional)) {
                command.remove(positional);
                command.addPositional(PositionalParamSpec.builder()
                        .type(File[].class)
                        .paramLabel(positional.paramLabel())
                        .description(positional.description())
                        .build());
            }
        }
    }

    private static boolean isPath(ArgSpec argument) {
        return List.of(argument.paramLabel().split("[|]")).stream()
                .anyMatch(List.of("DIR", "PATH", "TREE", "FILE")::contains);
    }

    private static boolean isRelease(ArgSpec argument) {
        return argument.paramLabel().contains("RELEASE");
    }

    /** Without the first line: bash reads the file, nothing starts it. */
    String bash() {
        return AutoComplete.bash(model.name(), new CommandLine(model)).replaceFirst("^#!.*\n", "");
    }

    String zsh() {
        StringBuilder text = new StringBuilder("#compdef hdrfix\n\n");
        text.append("_hdrfix_release() {\n  local -a releases\n  releases=(${(f)\"$(" + RELEASES + ")\"})\n"
                + "  _alternative \"releases:kernel release:($releases)\" 'files:header tree:_files'\n}\n\n");
        text.append("_hdrfix() {\n  local -a commands=(\n");
        model.subcommands()
                .forEach((name, subcommand) ->
                        text.append("    " + quoted(name + ":" + summary(subcommand.getCommandSpec())) + "\n"));
        text.append("  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n");
        text.append("    _arguments" + zshOptions(model) + "\n    return\n  fi\n");
        text.append("  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n");
        model.subcommands()
                .forEach((name, subcommand) -> text.append(
                        "  " + name + ")\n    _arguments" + zshOptions(subcommand.getCommandSpec()) + "\n    ;;\n"));
        return text.append("  esac\n}\n\n_hdrfix \"$@\"\n").toString();
    }

    private static String zshOptions(CommandSpec command) {
        StringBuilder text = new StringBuilder();
        for (OptionSpec option : command.options()) {
            for (String name : option.names()) {
                text.append(" \\\n      "
                        + quoted(
                                name + "[" + zshText(String.join(" ", option.description())) + "]" + zshValue(option)));
            }
        }
        for (PositionalParamSpec positional : command.positionalParameters()) {
            text.append(" \\\n      "
                    + quoted("*:" + zshText(positional.paramLabel()) + ":"
                            + (isRelease(positional) ? "_hdrfix_release" : "_files")));
        }
        return text.toString();
    }

    private static String zshValue(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        String label = ":" + option.paramLabel() + ":";
        List<String> values = candidates(option);
        if (!values.isEmpty()) {
            return label + "(" + String.join(" ", values) + ")";
        }
        return label + (option.paramLabel().equals("DIR") ? "_files -/" : "_files");
    }

    /** Brackets and colons part the fields of an argument. */
    private static String zshText(String text) {
        return text.replace("[", "\\[").replace("]", "\\]").replace(":", "\\:");
    }

    String fish() {
        StringBuilder text = new StringBuilder("complete -c hdrfix -f\n");
        fishOptions(text, model, "__fish_use_subcommand");
        model.subcommands().forEach((name, subcommand) -> {
            CommandSpec command = subcommand.getCommandSpec();
            text.append("complete -c hdrfix -n __fish_use_subcommand -a " + name + " -d " + fishQuoted(summary(command))
                    + "\n");
            fishOptions(text, command, "__fish_seen_subcommand_from " + name);
        });
        return text.toString();
    }

    private static void fishOptions(StringBuilder text, CommandSpec command, String where) {
        String start = "complete -c hdrfix -n " + fishQuoted(where);
        for (OptionSpec option : command.options()) {
            text.append(start);
            for (String name : option.names()) {
                text.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
            }
            text.append(fishValue(option) + " -d " + fishQuoted(String.join(" ", option.description())) + "\n");
        }
        for (PositionalParamSpec positional : command.positionalParameters()) {
            text.append(start + " -F");
            text.append(isRelease(positional) ? " -a " + fishQuoted("(" + RELEASES + ")") : "");
            text.append("\n");
        }
    }

    private static String fishValue(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        List<String> values = candidates(option);
        if (!values.isEmpty()) {
            return " -x -a " + fishQuoted(String.join(" ", values));
        }
        return option.paramLabel().equals("DIR") ? " -x -a '(__fish_complete_directories)'" : " -r -F";
    }

    private static List<String> candidates(OptionSpec option) {
        List<String> values = new ArrayList<>();
        if (option.completionCandidates() != null) {
            option.completionCandidates().forEach(values::add);
        }
        return values;
    }

    private static String summary(CommandSpec command) {
        return List.of(command.usageMessage().description()).stream()
                .collect(Collectors.joining(" "))
                .replaceFirst("[.] .*|[.]$", "");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String fishQuoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
