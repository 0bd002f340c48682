package org.hdrfix.kbuild;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

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
                        + " -D_FILE_OFFSET_BITS=64 -pipe -o \"$OUT/" + task.path() + "\" " + includes(task);
                String compile = task.recipes().stream()
                        .map(words -> compiler + String.join(" ", words))
                        .collect(Collectors.joining(" || "));
                jobs.append(i + ") echo 'cc " + task.path() + "'; mkdir -p \"$OUT/" + task.directory() + "\"; "
                        + generate(task) + "{ " + compile + "; } && echo '" + task.path() + "' >&3;;\n");
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
    /**
     * kbuild's route for external modules, one directory of the tree at a time; below tools/, where kbuild is not at home,
     * the directory's own makefile.
     */
    KBUILD(true) {
        @Override
        Optional<String> script(List<BuildTask> tasks, BuildSettings settings) {
            String makes = tasks.stream()
                    .filter(task -> task.makeDirectory().isEmpty())
                    .map(BuildTask::directory)
                    .distinct()
                    // fixdep comes first: every other directory needs it. No trailing slash: uutils' dirname loses
                    // modpost.
                    .sorted((a, b) -> Boolean.compare(!a.equals("scripts/basic"), !b.equals("scripts/basic")))
                    .map(directory -> make(settings) + " CONFIG_SECURITY_SELINUX= CONFIG_BUILDTIME_TABLE_SORT="
                            + " CONFIG_GCC_PLUGINS= M=" + directory + " " + directory + "\n")
                    .collect(Collectors.joining());
            String own = tasks.stream()
                    .flatMap(task -> task.makeDirectory().stream())
                    .distinct()
                    .map(directory -> make(settings) + " -C " + directory + "\n")
                    .collect(Collectors.joining());
            return Optional.of(fresh(tasks) + makes + own);
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

    private final boolean writesTree;

    Way(boolean writesTree) {
        this.writesTree = writesTree;
    }

    /** Whether it writes to the tree as it sees it, and not only to its output directory. */
    public boolean writesTree() {
        return writesTree;
    }

    abstract Optional<String> script(List<BuildTask> tasks, BuildSettings settings);

    private static String includes(BuildTask task) {
        return task.generated().stream()
                .map(source -> "-I" + BuildTask.GENERATED + "/" + source.directory() + " ")
                .distinct()
                .collect(Collectors.joining());
    }

    /** One after the other: a lexer includes what the parser's generator writes. */
    private static String generate(BuildTask task) {
        return task.generated().stream()
                .map(source -> "mkdir -p " + BuildTask.GENERATED + "/" + source.directory() + "; "
                        + source.command(BuildTask.GENERATED) + "; ")
                .collect(Collectors.joining());
    }

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
        if (tasks.stream().anyMatch(task -> task.makeDirectory().isPresent())) {
            // Libraries and a fixdep of their own: what is left of the building machine is linked otherwise.
            script.append("find " + String.join(" ", Stage.TOOLS)
                    + " -type f \\( -name '*.[oa]' -o -name '.*.cmd' -o -name '.*.d' -o -name fixdep \\)"
                    + " -exec rm -f {} + 2>/dev/null\n");
        }
        return script.toString();
    }
}
