package org.hdrfix.cli;

import java.io.PrintStream;
import java.util.List;
import org.hdrfix.report.PlainOutput;
import org.hdrfix.report.Printable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command {@code hdrfix}: a function of arguments and streams that gives an exit status (0 all well, 1 bad and
 * repairable here, 2 wrong arguments, 3 not judged or not repaired, 4 bad and not repairable here).
 *
 * <p>The picocli model is built by hand and not from annotations: reflection over them costs a cold JVM more than the
 * rest of a check.
 */
public final class Main {
    private static final List<String> COMMANDS =
            List.of("check", "repair", "prove", "undo", "recover", "explain", "hook");

    private Main() {}

    public static void main(String[] args) {
        PrintStream out = plain(System.out);
        PrintStream err = plain(System.err);
        boolean isHook = args.length > 1 && args[0].equals("hook") && args[1].equals("run");
        new OpeningWatch(err, isHook ? 0 : 3).start();
        int status = run(args, out, err);
        out.flush();
        System.exit(status);
    }

    private static PrintStream plain(PrintStream stream) {
        return new PrintStream(new PlainOutput(new java.io.BufferedOutputStream(stream)), true);
    }

    /** Runs one command. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        CommandLine command = commandLine(args);
        command.setUsageHelpAutoWidth(false);
        command.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        ParseResult parsed;
        try {
            parsed = command.parseArgs(args);
        } catch (ParameterException e) {
            err.println("hdrfix: " + Printable.of(e.getMessage()));
            err.println("Try 'hdrfix --help'.");
            return 2;
        }
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        if (last.isUsageHelpRequested()) {
            last.commandSpec().commandLine().usage(out);
            return 0;
        }
        if (last.isVersionHelpRequested()) {
            out.println("hdrfix " + version());
            return 0;
        }
        if (!parsed.hasSubcommand()) {
            err.println("hdrfix: which command? check, repair, prove, undo, recover, explain or hook.");
            err.println("Try 'hdrfix --help'.");
            return 2;
        }
        try {
            if (last.commandSpec().name().equals("explain")) {
                return new ExplainCommand(last, out, err).run(Colour.isTerminal(0));
            }
            if (parsed.subcommand().commandSpec().name().equals("hook")) {
                return new HookCommand(last, out, err).run();
            }
            return new Commands(last, out, err).run();
        } catch (UsageException e) {
            err.println("hdrfix: " + Printable.of(e.getMessage()));
            return 2;
        } catch (RuntimeException | Error e) {
            // A defect of hdrfix: one sentence, never a trace. The trace is for -v.
            err.println("hdrfix: internal error: " + Printable.of(String.valueOf(e)));
            if (last.hasMatchedOption("-v")) {
                e.printStackTrace(err);
            }
            return 3;
        }
    }

    /** With one command, where the arguments name it first: the model of all costs a cold JVM as much as a check. */
    private static CommandLine commandLine(String[] args) {
        // Options are text, flags, and lists of text: for other types picocli loads java.sql and java.time.
        System.setProperty("picocli.converters.excludes", "java.*");
        List<String> wanted = args.length > 0 && COMMANDS.contains(args[0]) ? List.of(args[0]) : COMMANDS;
        return new CommandLine(model(wanted));
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    /** All commands with their options: what is parsed, and what manual pages and completions are written from. */
    public static CommandSpec model() {
        return model(COMMANDS);
    }

    private static CommandSpec model(List<String> commands) {
        CommandSpec top = common(CommandSpec.create().name("hdrfix"));
        top.usageMessage()
                .description(
                        "Finds kernel header trees whose host programs cannot run on this system, and repairs them.");
        commands.forEach(name -> top.addSubcommand(name, command(name)));
        return top;
    }

    private static CommandSpec command(String name) {
        return switch (name) {
            case "check" -> check();
            case "repair" -> repair();
            case "prove" -> prove();
            case "undo" -> undo();
            case "recover" -> recover();
            case "explain" -> common(ExplainCommand.spec());
            case "hook" -> hook();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static CommandSpec check() {
        CommandSpec spec = common(judging(CommandSpec.create()));
        spec.addOption(flag("Exit with 0 whatever is found.", "--exit-zero"));
        spec.usageMessage().description("Judges every header tree of this system, or those named. Changes nothing.");
        return spec;
    }

    private static CommandSpec repair() {
        CommandSpec spec = common(judging(CommandSpec.create()));
        spec.addOption(flag("Do it; without this, only say what would be done.", "--apply"));
        spec.addOption(flag("Stop after what module builds need.", "--needed-only"));
        spec.addOption(OptionSpec.builder("--way")
                .type(String.class)
                .paramLabel("WAY")
                .description("Build only this way: direct, kbuild or make.")
                .build());
        spec.addOption(trust());
        spec.addOption(OptionSpec.builder("--jobs")
                .type(String.class)
                .paramLabel("N")
                .description("Run at most so many compilers at once.")
                .build());
        spec.addOption(OptionSpec.builder("--memory")
                .type(String.class)
                .paramLabel("MIB")
                .description("Reckon with at most so many MiB for all compilers together.")
                .build());
        spec.usageMessage().description("Shows what would repair the header trees; --apply does it.");
        return spec;
    }

    private static CommandSpec prove() {
        CommandSpec spec = common(judging(CommandSpec.create()));
        spec.addOption(OptionSpec.builder("--reference")
                .type(String.class)
                .paramLabel("PATH")
                .description("A module of the kernel, or a directory with its modules (an unpacked image package).")
                .build());
        spec.addOption(trust());
        spec.usageMessage()
                .description("Builds a probe module against a tree and compares it with the kernel's modules."
                        + " Nothing is loaded.");
        return spec;
    }

    private static CommandSpec undo() {
        CommandSpec spec = common(judging(CommandSpec.create()));
        spec.addOption(trust());
        spec.usageMessage().description("Puts back what the last repair changed.");
        return spec;
    }

    private static CommandSpec recover() {
        CommandSpec spec = common(CommandSpec.create());
        spec.addOption(root());
        spec.addOption(flag("Diagnostics go to standard error.", "-v", "--verbose"));
        spec.addOption(flag("Only what was put back.", "-q", "--quiet"));
        spec.usageMessage()
                .description("Puts back what a repair or undo that was cut short has left, as every other command"
                        + " does when it begins. Exits with 0 when no tree is half done, with 3 when one still is.");
        return spec;
    }

    private static OptionSpec trust() {
        return flag("Work as root in a tree that others than root can write to.", "--trust");
    }

    private static CommandSpec hook() {
        CommandSpec spec = common(CommandSpec.create());
        spec.usageMessage().description("The hooks that repair a header tree before DKMS builds in it.");
        spec.addSubcommand("status", hook("Says which hooks are in place, and how they ended last."));
        spec.addSubcommand("install", hook("Installs them for this jar; the package brings its own."));
        spec.addSubcommand("remove", hook("Takes them away again."));
        CommandSpec run = hook("What the hooks run. Exits with 0 whatever happens.");
        run.usageMessage().hidden(true);
        run.addOption(OptionSpec.builder("--event")
                .type(String.class)
                .paramLabel("NAME")
                .description("Which hook it is, for the log.")
                .build());
        run.addOption(OptionSpec.builder("--auto")
                .type(String.class)
                .paramLabel("WHAT")
                .description("repair, report or off, whatever /etc/hdrfix.conf says.")
                .build());
        run.addPositional(trees());
        spec.addSubcommand("run", run);
        return spec;
    }

    private static CommandSpec hook(String description) {
        CommandSpec spec = common(CommandSpec.create());
        spec.addOption(root());
        spec.usageMessage().description(description);
        return spec;
    }

    private static OptionSpec root() {
        return OptionSpec.builder("--root")
                .type(String.class)
                .paramLabel("DIR")
                .description("Judge the system below DIR: an image, a mounted SD card.")
                .build();
    }

    private static PositionalParamSpec trees() {
        return PositionalParamSpec.builder()
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("0..*")
                .paramLabel("TREE|RELEASE")
                .description("A header tree, or the kernel release of one.")
                .build();
    }

    private static CommandSpec judging(CommandSpec spec) {
        spec.addOption(root());
        spec.addOption(OptionSpec.builder("--platform")
                .type(String.class)
                .paramLabel("NAME")
                .description("Judge for this architecture (arm64, armhf, ...).")
                .build());
        spec.addOption(OptionSpec.builder("--color")
                .type(String.class)
                .paramLabel("WHEN")
                .description("auto, always or never.")
                .build());
        spec.addOption(flag("List everything; diagnostics go to standard error.", "-v", "--verbose"));
        spec.addOption(flag("Only results that need action.", "-q", "--quiet"));
        spec.addPositional(trees());
        return spec;
    }

    private static CommandSpec common(CommandSpec spec) {
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version.")
                .build());
        return spec;
    }

    static OptionSpec flag(String description, String name, String... names) {
        return OptionSpec.builder(name, names)
                .type(boolean.class)
                .description(description)
                .build();
    }
}
