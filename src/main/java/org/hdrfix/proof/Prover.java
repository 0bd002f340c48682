package org.hdrfix.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.JudgedProgram;
import org.hdrfix.diagnosis.Severity;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.Inspection;

/**
 * Proves, without loading anything, that a module which is built against a tree would load into the tree's kernel. It
 * builds a probe, looks for modules of that kernel, and compares.
 *
 * <p>The oldest story: scripts/ of linux-headers-3.18.0 in a tree of 3.18.8. The module compiled, and insmod oopsed in
 * load_module. Its vermagic was right, as is the table of symbol versions where a tree brings the right Module.symvers:
 * both are texts that a tree copies. What cannot be copied is where the compiler puts init_module in struct module.
 */
public final class Prover {
    /** 16 MiB, in bytes: a kernel's Module.symvers has 2, its configuration 0.3. */
    static final long MOST_TEXT = 16L << 20;

    /** What a build reads whole. */
    private static final List<String> TEXTS =
            List.of("Module.symvers", ".config", "include/config/auto.conf", "include/generated/autoconf.h");

    private final Path root;
    private final Architecture machine;
    private final Consumer<String> log;

    /**
     * Prepares proofs.
     *
     * @param root absolute path of the system's {@code /}
     * @param machine what this machine's own userland is
     * @param log takes what is worth a line in the diagnostic log
     */
    public Prover(Path root, Architecture machine, Consumer<String> log) {
        this.root = root;
        this.machine = machine;
        this.log = log;
    }

    /** Whether there is a compiler for the machine of a tree's kernel, and make. */
    public boolean hasCompiler(Inspection inspection) {
        return inspection
                .kernelArchitecture()
                .map(this::toolchain)
                .filter(toolchain ->
                        toolchain.compiler().isPresent() && toolchain.make().isPresent())
                .isPresent();
    }

    /**
     * Proves one tree.
     *
     * @param diagnosis how the tree is
     * @param reference a module of the kernel, or a directory with its modules; else they are looked for in /lib/modules
     * @param options what to add to a command line that the reader may copy, with a leading space, or empty
     */
    public Proof prove(Diagnosis diagnosis, Optional<Path> reference, String options) {
        Inspection inspection = diagnosis.inspection();
        HeaderTree tree = inspection.tree();
        Optional<Proof> obstacle = damage(tree).or(() -> obstacle(diagnosis, options));
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        KernelFinder finder =
                new KernelFinder(root, diagnosis.evidence().platform().runningRelease());
        Optional<Kernel> kernel = reference.isPresent() ? finder.named(reference.get()) : finder.of(tree);
        if (kernel.isEmpty()) {
            return nothingToCompare(tree, finder, reference.isPresent(), options);
        }
        try {
            Architecture architecture = inspection.kernelArchitecture().orElseThrow();
            Built built = new Probe(root, tree, log)
                    .build(
                            settings(architecture, isClangs(inspection)),
                            toolchain(architecture).compiler().orElseThrow().toString());
            return new Proof(
                    tree,
                    Comparisons.of(built, kernel.get()),
                    List.copyOf(kernel.get().modules().keySet()),
                    Optional.empty());
        } catch (Probe.FailedException e) {
            Optional<Finding> cause = cause(diagnosis);
            return Proof.impossible(
                    tree,
                    "no module builds here: " + e.getMessage()
                            + cause.map(known -> " (" + known.rule().tag() + ": " + known.what() + ")")
                                    .orElse(""),
                    cause.map(known -> known.obstacle()
                            .flatMap(Finding.Obstacle::command)
                            .orElse("hdrfix check" + options + " " + tree.release())));
        } catch (IOException e) {
            return Proof.impossible(tree, "the probe could not be built: " + e.getMessage(), Optional.empty());
        }
    }

    private static Proof nothingToCompare(HeaderTree tree, KernelFinder finder, boolean named, String options) {
        String reason = "nothing of the kernel to compare with: " + finder.trouble();
        Optional<String> program = finder.missingProgram();
        if (program.isPresent()) {
            return Proof.impossible(
                    tree,
                    reason,
                    Optional.of("sudo apt install " + (program.get().equals("xz") ? "xz-utils" : program.get())));
        }
        if (named) {
            return Proof.impossible(tree, reason, Optional.empty());
        }
        // Debian's packages: modules lie in linux-image up to 6.12, in linux-modules in 7.2.
        return Proof.impossible(
                tree,
                reason + "; take the package that has them, linux-image-" + tree.release() + " or linux-modules-"
                        + tree.release(),
                Optional.of("dpkg -x linux-[im]*-" + tree.release() + "_*.deb /tmp/kernel && sudo hdrfix prove"
                        + options + " --reference /tmp/kernel " + tree.release()));
    }

    /** What check says of a tree in which no module builds, where it says anything. */
    private static Optional<Finding> cause(Diagnosis diagnosis) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .findFirst();
    }

    /** A text that no kernel has so large would keep a build busy for minutes. */
    private static Optional<Proof> damage(HeaderTree tree) {
        for (String path : TEXTS) {
            long size = tree.root().resolve(path).toFile().length();
            if (size > MOST_TEXT) {
                return Optional.of(Proof.impossible(
                        tree,
                        path + " has " + (size >> 20) + " MiB, more than any kernel's: it is damaged",
                        Optional.empty()));
            }
        }
        return Optional.empty();
    }

    /** What can be seen to be missing before anything is tried. */
    private Optional<Proof> obstacle(Diagnosis diagnosis, String options) {
        HeaderTree tree = diagnosis.inspection().tree();
        Optional<Architecture> kernel = diagnosis.inspection().kernelArchitecture();
        if (kernel.isEmpty()) {
            return Optional.of(Proof.impossible(
                    tree, "the tree's configuration does not say for which machine its kernel is", Optional.empty()));
        }
        if (!diagnosis.evidence().platform().userland().equals(machine)) {
            return Optional.of(Proof.impossible(
                    tree,
                    "the tree's host programs are for "
                            + diagnosis.evidence().platform().userland().name() + ", this machine is "
                            + machine.name(),
                    Optional.empty()));
        }
        Optional<JudgedProgram> broken = diagnosis.evidence().programs().stream()
                .filter(judged -> isRun(judged, diagnosis) && !judged.runs())
                .findFirst();
        if (broken.isPresent()) {
            return Optional.of(Proof.impossible(
                    tree,
                    broken.get().program().path() + " does not run here: repair the tree first",
                    Optional.of("sudo hdrfix repair --apply" + options + " " + tree.release())));
        }
        Toolchain toolchain = toolchain(kernel.get());
        List<String> missing = new ArrayList<>();
        if (toolchain.compiler().isEmpty()) {
            missing.add(toolchain.missingPackages().get(0));
        }
        if (isClangs(diagnosis.inspection()) && !Files.isExecutable(Path.of("/usr/bin/clang"))) {
            missing.addAll(List.of("clang", "lld", "llvm"));
        }
        if (toolchain.make().isEmpty()) {
            missing.add("make");
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(Proof.impossible(
                        tree,
                        "no compiler for the kernel's machine (" + kernel.get().label() + "): "
                                + String.join(" ", missing) + " not installed",
                        Optional.of("sudo apt install " + String.join(" ", missing))));
    }

    /** Whether the build of a module runs a program: the needed ones, and what these start (modpost.real-lsb-64). */
    private static boolean isRun(JudgedProgram judged, Diagnosis diagnosis) {
        return judged.program().isNeeded()
                || diagnosis.evidence().programs().stream()
                        .anyMatch(needed -> needed.program().isNeeded()
                                && judged.program()
                                        .path()
                                        .startsWith(needed.program().path() + "."));
    }

    private static boolean isClangs(Inspection inspection) {
        return inspection.enabled().contains("CONFIG_CC_IS_CLANG");
    }

    private List<String> settings(Architecture kernel, boolean clangs) {
        List<String> settings = new ArrayList<>();
        settings.add("ARCH=" + kernel.kernelArch());
        if (!isOwn(kernel)) {
            settings.add("CROSS_COMPILE=" + kernel.triplet() + "-");
        }
        if (clangs) {
            settings.add("LLVM=1");
        }
        return settings;
    }

    private Toolchain toolchain(Architecture kernel) {
        return Toolchain.find(isOwn(kernel) ? machine : kernel, machine);
    }

    /** Whether this machine's own compiler makes modules for the kernel: armel and armhf have one kernel. */
    private boolean isOwn(Architecture kernel) {
        return kernel.machine() == machine.machine()
                && kernel.elfClass() == machine.elfClass()
                && kernel.order().equals(machine.order());
    }
}
