package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.elf.ElfReader;
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
        for (Way way : ways) {
            List<BuildTask> left = tasks.stream()
                    .filter(task -> !proven.containsKey(task.path()))
                    .toList();
            Optional<String> script = left.isEmpty() ? Optional.empty() : way.script(left, settings);
            if (script.isPresent()) {
                stage.run("umask 022\n" + script.get(), way.writesTree(), line -> {
                    if (left.stream().anyMatch(task -> task.path().equals(line))) {
                        progress.accept(line);
                    }
                });
                keepLog(way, log);
                prove(left, proven);
            }
        }
        return proven;
    }

    /** Why a program was not built, by its path relative to the tree: one sentence each. */
    public Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    private void prove(List<BuildTask> tasks, Map<String, Path> proven) throws IOException {
        List<BuildTask> judged = new ArrayList<>();
        for (BuildTask task : tasks) {
            Optional<Path> program = stage.built(task.path());
            if (program.isEmpty()) {
                failures.put(task.path(), "was not built");
            } else if (ElfReader.read(program.get()) instanceof ElfFile elf
                    && platform.judge(elf).runs()) {
                judged.add(task);
            } else {
                failures.put(task.path(), "was built, and does not run on this system");
            }
        }
        // Never started before it was judged: a foreign file could be a shell script to execvp(3).
        Map<Integer, Integer> statuses = runsHere ? start(judged) : Map.of();
        for (int i = 0; i < judged.size(); i++) {
            BuildTask task = judged.get(i);
            if (runsHere && !answers(task, statuses.get(i), i)) {
                failures.put(
                        task.path(), "was built, and does not answer as it should (status " + statuses.get(i) + ")");
            } else {
                failures.remove(task.path());
                proven.put(task.path(), stage.built(task.path()).orElseThrow());
            }
        }
    }

    private Map<Integer, Integer> start(List<BuildTask> tasks) throws IOException {
        Map<Integer, Integer> statuses = new LinkedHashMap<>();
        if (tasks.isEmpty()) {
            return statuses;
        }
        StringBuilder script = new StringBuilder("umask 022\n");
        for (int i = 0; i < tasks.size(); i++) {
            String path = tasks.get(i).path();
            script.append("p=\"$OUT/" + path + "\"; [ -f \"$p\" ] || p=./" + path + "\n");
            String arguments = tasks.get(i)
                    .proof()
                    .map(proof -> " " + String.join(" ", proof.arguments()))
                    .orElse("");
            script.append("timeout 20 \"$p\"" + arguments + " </dev/null >\"$OUT/proof." + i + "\" 2>&1; echo \"" + i
                    + " $?\"\n");
        }
        stage.run(script.toString(), false, line -> {
            String[] words = line.split(" ");
            if (words.length == 2 && words[0].matches("\\d{1,4}") && words[1].matches("\\d{1,3}")) {
                statuses.put(Integer.valueOf(words[0]), Integer.valueOf(words[1]));
            }
        });
        return statuses;
    }

    /** 126 and 127 are the shell's "cannot", from 128 on it died of a signal (sh(1)); 124 is timeout's. */
    private boolean answers(BuildTask task, Integer status, int index) throws IOException {
        if (status == null || status >= 124) {
            return false;
        }
        if (task.proof().isEmpty()) {
            return true;
        }
        Path output = stage.built("proof." + index).orElse(null);
        String said = output == null ? "" : new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1);
        List<String> says = task.proof().get().says();
        return status == task.proof().get().status()
                && (says.isEmpty() || says.stream().anyMatch(said::contains));
    }

    private void keepLog(Way way, Path log) throws IOException {
        Optional<Path> written = Scratch.regular(stage.log());
        String text = written.isEmpty() ? "" : Files.readString(written.get(), StandardCharsets.ISO_8859_1);
        Files.writeString(
                log,
                "== " + way.name().toLowerCase(java.util.Locale.ROOT) + "\n" + text,
                StandardCharsets.ISO_8859_1,
                java.nio.file.StandardOpenOption.APPEND);
    }

    /** The ways in the order in which they are tried. */
    public static List<Way> allWays() {
        return List.of(Way.DIRECT, Way.KBUILD, Way.MAKE);
    }
}
