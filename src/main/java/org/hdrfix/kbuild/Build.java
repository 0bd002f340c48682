package org.hdrfix.kbuild;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.elf.ElfReader;
import org.hdrfix.elf.ElfReading;
import org.hdrfix.platform.Platform;

/** Builds programs in a stage and proves there that they run. */
public final class Build {
    private final Stage stage;
    private final Platform platform;
    private final boolean runsHere;
    private final Consumer<String> progress;
    private final Map<String, String> failures = new LinkedHashMap<>();

    /**
     * Prepares a build.
     *
     * @param runsHere whether programs of the platform can be started on this machine for the proof
     * @param progress takes the path of each program that is built
     */
    public Build(Stage stage, Platform platform, boolean runsHere, Consumer<String> progress) {
        this.stage = stage;
        this.platform = platform;
        this.runsHere = runsHere;
        this.progress = progress;
    }

    /**
     * Tries ways in order until all tasks are built and proven.
     *
     * @param log where the output of compilers and make is kept
     * @return the proven program of each task that succeeded, on this machine, by its path relative to the tree
     */
    public Map<String, Path> run(List<BuildTask> tasks, List<Way> ways, BuildSettings settings, Path log)
            throws IOException {
        Map<String, Path> proven = new LinkedHashMap<>();
        Files.writeString(log, "");
        try {
            for (Way way : ways) {
                List<BuildTask> left = tasks.stream()
                        .filter(task -> !proven.containsKey(task.path()) && canBeNamed(task))
                        .toList();
                Optional<String> script = left.isEmpty() || !isAllowed(way, settings, left)
                        ? Optional.empty()
                        : way.script(left, settings);
                if (script.isPresent()) {
                    run(way, script.get(), left, settings, proven, log);
                    prove(left, proven);
                }
            }
        } catch (StoppedException e) {
            tasks.stream()
                    .filter(task -> !proven.containsKey(task.path()))
                    .forEach(task -> failures.put(task.path(), "was not built: " + e.getMessage()));
        }
        return proven;
    }

    private void run(
            Way way, String script, List<BuildTask> left, BuildSettings settings, Map<String, Path> proven, Path log)
            throws IOException {
        String heading = "== " + way.name().toLowerCase(java.util.Locale.ROOT);
        try {
            String before = way.writesTree() ? onlyJudged(settings.refused(), proven.keySet()) : "";
            stage.run("umask 022\n" + before + script, way.writesTree(), line -> {
                if (left.stream().anyMatch(task -> task.path().equals(line))) {
                    progress.accept(line);
                }
            });
        } finally {
            Scratch.appendLog(stage.built("log"), heading, log);
        }
    }

    private boolean canBeNamed(BuildTask task) {
        if (BuildTask.isPlain(task.path())) {
            return true;
        }
        failures.put(task.path(), "has a name that nothing can be built as");
        return false;
    }

    /** A makefile may start whatever lies in the tree: it runs only where what does not run here can be taken away first. */
    private boolean isAllowed(Way way, BuildSettings settings, List<BuildTask> left) {
        Optional<String> unnamed = settings.refused().stream()
                .filter(path -> !BuildTask.isPlain(path))
                .findFirst();
        if (!way.writesTree() || stage.runsMakefiles() && unnamed.isEmpty()) {
            return true;
        }
        String reason = unnamed.map(path -> path + " has a name that cannot be handed to a shell")
                .orElse("private namespaces are not to be had, and no makefile of the tree runs without them");
        left.forEach(task -> failures.merge(task.path(), "was not built: " + reason, (first, now) -> first));
        return false;
    }

    /** The tree as make finds it has no program that was not judged to run here, and those that were built just now. */
    private static String onlyJudged(List<String> refused, Set<String> proven) {
        StringBuilder script = new StringBuilder();
        refused.forEach(path -> script.append("rm -f " + path + "\n"));
        proven.forEach(path -> script.append("cp \"$PROOF/" + path + "\" " + path + "\n"));
        return script.toString();
    }

    /** Why a program was not built, by its path relative to the tree: one sentence each. */
    public Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    private void prove(List<BuildTask> tasks, Map<String, Path> proven) throws IOException {
        Map<BuildTask, Path> judged = new LinkedHashMap<>();
        for (BuildTask task : tasks) {
            Optional<Path> program = stage.built(task.path());
            if (program.isEmpty()) {
                failures.put(task.path(), "was not built");
            } else if (mayStart(ElfReader.read(program.get()))) {
                judged.put(task, program.get());
            } else {
                failures.put(task.path(), "was built, and does not run on this system");
            }
        }
        // Never started before it was judged: a foreign file could be a shell script to execvp(3).
        Map<String, Integer> statuses = runsHere ? start(List.copyOf(judged.keySet())) : Map.of();
        int index = 0;
        for (Map.Entry<BuildTask, Path> program : judged.entrySet()) {
            BuildTask task = program.getKey();
            Integer status = statuses.get(task.path());
            if (runsHere && !answers(task, status, index++)) {
                failures.put(task.path(), "was built, and does not answer as it should (status " + status + ")");
            } else {
                failures.remove(task.path());
                proven.put(task.path(), program.getValue());
            }
        }
    }

    private boolean mayStart(ElfReading program) {
        return platform.judge(program).runs() && program instanceof ElfFile file && platform.trusts(file);
    }

    /** The exit status of each program, by its path, where it was started. */
    private Map<String, Integer> start(List<BuildTask> tasks) throws IOException {
        Map<String, Integer> statuses = new LinkedHashMap<>();
        if (tasks.isEmpty()) {
            return statuses;
        }
        StringBuilder script = new StringBuilder("umask 022\n");
        for (int i = 0; i < tasks.size(); i++) {
            String arguments = tasks.get(i)
                    .proof()
                    .map(proof -> " " + String.join(" ", proof.arguments()))
                    .orElse("");
            script.append("timeout -s KILL 20 \"$PROOF/" + tasks.get(i).path() + "\"" + arguments
                    + " </dev/null >\"$OUT/proof." + i + "\" 2>&1; echo \"" + i + " $?\"\n");
        }
        stage.run(script.toString(), false, line -> {
            String[] words = line.split(" ");
            if (words.length == 2 && words[0].matches("\\d{1,4}") && words[1].matches("\\d{1,3}")) {
                int index = Integer.parseInt(words[0]);
                if (index < tasks.size()) {
                    statuses.put(tasks.get(index).path(), Integer.valueOf(words[1]));
                }
            }
        });
        return statuses;
    }

    /**
     * 126 and 127 are the shell's "cannot", from 128 on it died of a signal (sh(1)); 124 is timeout's. What is known to
     * answer with such a status (tools/objtool: 129, as git does) has to say the right words too.
     */
    private boolean answers(BuildTask task, Integer status, int index) throws IOException {
        if (status == null) {
            return false;
        }
        if (task.proof().isEmpty()) {
            return status < 124;
        }
        String said = said(stage.built("proof." + index));
        List<String> says = task.proof().get().says();
        return status == task.proof().get().status()
                && (says.isEmpty() || says.stream().anyMatch(said::contains));
    }

    /** The beginning of what a program printed: it says who it is at once, or never. */
    private static String said(Optional<Path> output) throws IOException {
        if (output.isEmpty()) {
            return "";
        }
        try (InputStream in = Files.newInputStream(output.get())) {
            return new String(in.readNBytes(1 << 16), StandardCharsets.ISO_8859_1);
        }
    }

    /** Whether this process has root's rights, which a build has to lose first. */
    public static boolean isRoot() {
        return Jail.isRoot();
    }

    /** The ways in the order in which they are tried. */
    public static List<Way> allWays() {
        return List.of(Way.DIRECT, Way.KBUILD, Way.MAKE);
    }
}
