package org.hdrfix.kbuild;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hdrfix.tree.Recipe;

/** A way to build programs in a stage: the shell text that does it. Whether it worked is told by looking, not by its status. */
public enum Way {
    /** Compiles from the catalogue's recipes; no makefile of the tree runs. */
    DIRECT(false) {
        @Override
        Optional<String> script(List<BuildTask> tasks, BuildSettings settings) {
            StringBuilder jobs = new StringBuilder("job() { case $1 in\n");
            StringBuilder numbers = new StringBuilder();
            for (int i = 0; i < tasks.size(); i++) {
                BuildTask task = tasks.get(i);
                if (task.recipes().isEmpty()) {
                    continue;
                }
                numbers.append(' ').append(i);
                // -O0: the programs run for milliseconds, and a board compiles for minutes. -w: old sources, new
                // compilers.
                String compiler = settings.compiler() + " -O0 -w -std=" + settings.standard()
                        + " -D_FILE_OFFSET_BITS=64 -pipe -o \"$OUT/" + task.path() + "\" ";
                String compile = task.recipes().stream()
                        .map(words -> copies(words) + compiler + arguments(words))
                        .collect(Collectors.joining(" || "));
                jobs.append(i + ") echo 'cc " + task.path() + "'; mkdir -p \"$OUT/" + task.directory() + "\"; { "
                        + compile + "; } && echo '" + task.path() + "' >&3;;\n");
            }
            if (numbers.isEmpty()) {
                return Optional.empty();
            }
            jobs.append("esac; }\n");
            return Optional.of("exec 3>&1 >\"$OUT/log\" 2>&1\ncat >\"$OUT/jobs\" <<'END_OF_JOBS'\n" + jobs
                    + "job \"$1\"\nEND_OF_JOBS\nprintf '%s\\n'" + numbers + " | xargs -n 1 -P " + settings.jobs()
                    + " sh \"$OUT/jobs\"\n");
        }
    },
    /** kbuild's route for external modules, one directory of the tree at a time. */
    KBUILD(true) {
        @Override
        Optional<String> script(List<BuildTask> tasks, BuildSettings settings) {
            String makes = tasks.stream()
                    .map(BuildTask::directory)
                    .distinct()
                    // fixdep comes first: every other directory needs it. No trailing slash: uutils' dirname loses
                    // modpost.
                    .sorted((a, b) -> Boolean.compare(!a.equals("scripts/basic"), !b.equals("scripts/basic")))
                    .map(directory -> make(settings) + " CONFIG_SECURITY_SELINUX= CONFIG_BUILDTIME_TABLE_SORT="
                            + " CONFIG_GCC_PLUGINS= M=" + directory + " " + directory + "\n")
                    .collect(Collectors.joining());
            return Optional.of(fresh(tasks) + makes);
        }
    },
    /** {@code make scripts}, kept from remaking the configuration: that would delete autoconf.h (failures.md, fact 1). */
    MAKE(true) {
        @Override
        Optional<String> script(List<BuildTask> tasks, BuildSettings settings) {
            return Optional.of(fresh(tasks) + make(settings)
                    + " -o include/config/auto.conf -o include/config/auto.conf.cmd -o include/generated/autoconf.h"
                    + " -o include/generated/rustc_cfg scripts\n");
        }
    };

    /** Copies of the shipped files among the words, with the name that they are included by. */
    private static String copies(List<String> words) {
        StringBuilder copies = new StringBuilder();
        for (String word : words) {
            if (word.endsWith(Recipe.SHIPPED)) {
                String from = word.startsWith("+") ? word.substring(1) : word;
                copies.append(
                        "mkdir -p \"" + directoryOf(copy(from)) + "\" && cp " + from + " \"" + copy(from) + "\" && ");
            }
        }
        return copies.toString();
    }

    private static String arguments(List<String> words) {
        return words.stream()
                .map(word -> !word.endsWith(Recipe.SHIPPED)
                        ? word
                        : word.startsWith("+")
                                ? "-I\"" + directoryOf(copy(word.substring(1))) + "\""
                                : "\"" + copy(word) + "\"")
                .collect(Collectors.joining(" "));
    }

    private static String copy(String shipped) {
        return "$OUT/shipped/" + shipped.substring(0, shipped.length() - Recipe.SHIPPED.length());
    }

    private static String directoryOf(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private final boolean writesTree;

    Way(boolean writesTree) {
        this.writesTree = writesTree;
    }

    /** Whether it writes to the tree as it sees it, and not only to its output directory. */
    public boolean writesTree() {
        return writesTree;
    }

    abstract Optional<String> script(List<BuildTask> tasks, BuildSettings settings);

    private static String make(BuildSettings settings) {
        return "make -k --no-print-directory -j" + settings.jobs() + " HOSTCC=" + settings.compiler()
                + settings.kernelArch().map(arch -> " ARCH=" + arch).orElse("")
                + (settings.crossPrefix().isEmpty() ? "" : " CROSS_COMPILE=" + settings.crossPrefix());
    }

    /** What is up to date by its time is kept by make, foreign or not: so program, object and command line go first. */
    private static String fresh(List<BuildTask> tasks) {
        StringBuilder script = new StringBuilder("exec >\"$OUT/log\" 2>&1\n");
        for (BuildTask task : tasks) {
            String name = task.path().substring(task.path().lastIndexOf('/') + 1);
            script.append("rm -f " + task.path() + " " + task.directory() + "/." + name + ".cmd\n");
        }
        script.append("find scripts -name '*.o' ! -name empty.o -exec rm -f {} +\n");
        return script.toString();
    }
}
