package org.hdrfix.kbuild;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps what a build runs away from the machine (util-linux: unshare(1), setpriv(1), prlimit(1), mount(8)).
 *
 * <p>Compilers, makefiles and freshly built programs are code of the tree, and a tree may come from anywhere. As root,
 * everything runs
 *
 * <ul>
 *   <li>in mount, process, network, IPC and host name namespaces of its own: every mount read-only but for the stage's
 *       two directories, /dev of five harmless devices, /run empty, so that no daemon's socket is in reach, /proc of its
 *       own processes, read-only; whatever still runs when the first process ends is killed by the kernel, and the first
 *       process dies with hdrfix, however that ends;
 *   <li>as a user that owns nothing and runs nothing else, without groups, without capabilities, and with no_new_privs,
 *       so that no setuid program gives any back;
 *   <li>with limits on processor time, memory, file size and processes, first in line when memory runs out, for half an
 *       hour, and as long as it does not fill the disk ({@link Confined});
 *   <li>with an environment that is written here and empty input.
 * </ul>
 *
 * <p>Where namespaces are not to be had (containers), user, limits, environment and input are the same, a watcher kills
 * all of that user's processes when the command ends or hdrfix dies, and no makefile of the tree runs ({@link
 * CopyStage}): the network cannot be cut there. Without root there is nobody to become: a build then has the rights of
 * whoever started hdrfix, with the limits, environment and input.
 */
final class Jail {
    /** What a set-up exits with when something is refused: nothing of the build has run then. */
    private static final int NO_STAGE = 97;

    static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    /** Debian's policy keeps them free, and systemd's dynamic users end before them. */
    private static final int FIRST_USER = 65520;

    private static final int LAST_USER = 65533;

    private static final List<String> NAMESPACES =
            List.of("--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child");

    /** Before the mounts of a stage; what is wrong is its last line. */
    static final String BEGIN = """
            at=$1 user=$2 linked=
            shift 2
            set -e
            trap 'exit 97' EXIT
            mount -n --make-rprivate /
            mount -n -t tmpfs -o mode=0755,nosuid,nodev,size=1m hdrfix "$at"
            mkdir "$at/tree" "$at/out" "$at/proof" "$at/dev"
            """;

    /**
     * After them, with the words of {@code writable} the mounts that stay so; /run stays where the stage links to it. A mount that another one hides cannot be
     * reached by its path, and needs no sealing; autofs would mount something when it is looked at.
     */
    static final String SEAL = """
            while read -r _ _ _ _ point how rest; do
              case "$rest" in *" - autofs "*) continue ;; esac
              case "$how" in rw*) ;; *) continue ;; esac
              for keep in $writable; do [ "$point" != "$keep" ] || continue 2; done
              point=$(printf '%b' "$point")
              mount -n -o remount,bind,ro "$point" 2>/dev/null && continue
              if [ -d "$point" ] && mountpoint -q "$point"; then
                echo "$point cannot be made read-only"
                exit 97
              fi
            done </proc/self/mountinfo
            mount -n -t tmpfs -o mode=0755,nosuid,noexec,size=64k hdrfix "$at/dev"
            for device in null zero full random urandom; do
              : >"$at/dev/$device"
              mount -n --bind "/dev/$device" "$at/dev/$device"
            done
            ln -s /proc/self/fd "$at/dev/fd"
            ln -s fd/0 "$at/dev/stdin"
            ln -s fd/1 "$at/dev/stdout"
            ln -s fd/2 "$at/dev/stderr"
            mount -n -o remount,ro "$at/dev"
            mount -n --move "$at/dev" /dev
            [ ! -d /run ] || [ -L /run ] || [ -n "$linked" ] || mount -n -t tmpfs -o ro,mode=0755,size=4k hdrfix /run
            mount -n -t proc -o ro,nosuid,nodev,noexec,hidepid=2 proc /proc ||
              mount -n -t proc -o ro,nosuid,nodev,noexec proc /proc ||
              mount -n -t tmpfs -o ro,size=4k hdrfix /proc
            """;

    /**
     * The command, as a child: the first process of the namespace stays root's, so that it keeps the signal that it gets
     * when hdrfix dies (prctl(2), PR_SET_PDEATHSIG: changing the user clears it), and nothing in there can end it.
     */
    static final String RUN = """
            trap - EXIT
            set +e
            "$@" </dev/null
            exit $?
            """;

    /** Kills all processes of a user and then itself; kill(2): -1 is everything that the caller may signal. */
    private static final String WATCH = """
            user=$1
            shift
            end_all() { setpriv --reuid="$user" --regid="$user" --clear-groups sh -c 'kill -KILL -1'; }
            exec 3<&0 </dev/null
            { trap '' HUP INT TERM; cat <&3 >/dev/null; end_all; } >/dev/null 2>&1 &
            "$@" 3<&-
            status=$?
            end_all
            kill -KILL $!
            exit $status
            """;

    private static int user;

    private Jail() {}

    static boolean isRoot() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * The user that builds run as: one that has no process, so that all of its processes can be killed.
     *
     * @throws StageException where there is none
     */
    static synchronized int user() throws IOException {
        if (user == 0) {
            if (!isMapped(Path.of("/proc/self/uid_map"))) {
                throw new StageException("this container has no users from " + FIRST_USER + " to " + LAST_USER);
            }
            Set<Integer> busy = busyUsers();
            int count = LAST_USER - FIRST_USER + 1;
            int start = (int) (ProcessHandle.current().pid() % count);
            for (int i = 0; i < count && user == 0; i++) {
                int candidate = FIRST_USER + (start + i) % count;
                user = busy.contains(candidate) ? 0 : candidate;
            }
            if (user == 0) {
                throw new StageException("every user from " + FIRST_USER + " to " + LAST_USER + " has processes");
            }
        }
        return user;
    }

    /**
     * Whether the user namespace that hdrfix runs in has them.
     *
     * @param map its lines of user_namespaces(7); a kernel without such namespaces has no such file, and all users
     */
    static boolean isMapped(Path map) throws IOException {
        if (Files.notExists(map)) {
            return true;
        }
        for (String line : Files.readAllLines(map)) {
            String[] words = line.strip().split("\\s+");
            if (Long.parseLong(words[0]) <= FIRST_USER
                    && LAST_USER < Long.parseLong(words[0]) + Long.parseLong(words[2])) {
                return true;
            }
        }
        return false;
    }

    private static Set<Integer> busyUsers() throws IOException {
        Set<Integer> busy = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                try {
                    busy.add((Integer) Files.getAttribute(process, "unix:uid"));
                } catch (IOException e) {
                    // It has ended.
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return busy;
    }

    /**
     * Runs a script in all namespaces, as the user that builds.
     *
     * @param setUp the script before it, of {@link #BEGIN}, the mounts of a stage, {@link #SEAL} and {@link #RUN}
     * @param mountPoint where the view appears
     * @param arguments of the set-up, behind those of {@link #BEGIN}
     * @param directory the stage's own, on the file system that takes what is written
     * @param lines takes what both print
     * @return the script's exit status
     * @throws StageException where the set-up is refused something; with its last line
     */
    static int runSealed(
            String setUp,
            String mountPoint,
            List<String> arguments,
            String script,
            Path directory,
            Consumer<String> lines)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("setpriv", "--pdeathsig=KILL", "unshare", "--mount"));
        words.addAll(NAMESPACES);
        words.addAll(List.of("sh", "-c", setUp, "hdrfix", mountPoint, String.valueOf(user())));
        words.addAll(arguments);
        words.addAll(unprivileged(mountPoint + "/out", mountPoint + "/proof"));
        words.addAll(List.of("sh", "-c", script));
        String[] last = {"namespaces are not to be had"};
        int status = Confined.run(words, Optional.of(directory), line -> {
            last[0] = line;
            lines.accept(line);
        });
        if (status == NO_STAGE) {
            throw new StageException(last[0]);
        }
        return status;
    }

    /** A command without namespaces; the set of its processes ends with it. */
    static List<String> watched(List<String> command) throws IOException {
        List<String> words = new ArrayList<>(
                isRoot()
                        ? List.of("sh", "-c", WATCH, "hdrfix", String.valueOf(user()))
                        : List.of("sh", "-c", "exec \"$@\" </dev/null", "hdrfix"));
        words.addAll(command);
        return words;
    }

    /** A filter, from a file to the output: it needs no view of its own, and gets no network where that can be had. */
    static List<String> filter(List<String> command) throws IOException {
        List<String> words = new ArrayList<>();
        if (isRoot() && Namespaces.AVAILABLE) {
            words.addAll(List.of("setpriv", "--pdeathsig=KILL", "unshare"));
            words.addAll(NAMESPACES);
        }
        words.addAll(unprivileged("/nonexistent", "/nonexistent"));
        words.addAll(command);
        return words;
    }

    private static final class Namespaces {
        static final boolean AVAILABLE = available();

        private static boolean available() {
            try {
                List<String> words = new ArrayList<>(List.of("unshare"));
                words.addAll(NAMESPACES);
                words.add("true");
                return Confined.run(words, Optional.empty(), line -> {}) == 0;
            } catch (IOException e) {
                return false;
            }
        }
    }

    /**
     * The words that turn the command behind them into an unprivileged one.
     *
     * @param out where it may write
     * @param proof where programs lie that are to be started
     */
    static List<String> unprivileged(String out, String proof) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "prlimit",
                "--cpu=600",
                "--as=4294967296",
                "--fsize=268435456",
                "--core=0",
                "--nproc=" + (isRoot() ? 512 : 512 + threads())));
        if (isRoot()) {
            words.addAll(List.of(
                    "setpriv",
                    "--reuid=" + user(),
                    "--regid=" + user(),
                    "--clear-groups",
                    "--no-new-privs",
                    "--inh-caps=-all",
                    "--ambient-caps=-all",
                    "--bounding-set=-all",
                    "--pdeathsig=KILL"));
        }
        words.addAll(List.of(
                "env",
                "-i",
                "PATH=" + PATH,
                "LC_ALL=C",
                "HOME=/nonexistent",
                "TERM=dumb",
                "OUT=" + out,
                "PROOF=" + proof,
                "TMPDIR=" + out));
        return words;
    }

    /** Every thread of the machine: RLIMIT_NPROC counts what the user runs already, a desktop too. */
    private static int threads() {
        try {
            String load = Files.readString(Path.of("/proc/loadavg"), StandardCharsets.US_ASCII);
            return Integer.parseInt(load.substring(load.indexOf('/') + 1).split(" ")[0]);
        } catch (IOException | RuntimeException e) {
            return 4096;
        }
    }
}
