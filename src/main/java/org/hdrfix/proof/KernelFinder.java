package org.hdrfix.proof;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.elf.KernelModule;
import org.hdrfix.platform.InsideRoot;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.KernelRelease;

/** Finds the kernel that a tree is for: its modules, its configuration, its policy. */
final class KernelFinder {
    private static final Path HERE = Path.of("/");

    private final Path root;
    private final Optional<String> runningRelease;
    private String trouble = "";
    private Optional<String> missingProgram = Optional.empty();

    /**
     * Prepares a search.
     *
     * @param root absolute path of the system's {@code /}
     * @param runningRelease of the kernel that runs, where the root is this machine's own
     */
    KernelFinder(Path root, Optional<String> runningRelease) {
        this.root = root;
        this.runningRelease = runningRelease;
    }

    /** Why none was found, in one sentence. */
    String trouble() {
        return trouble;
    }

    /** The program without which its modules cannot be unpacked. */
    Optional<String> missingProgram() {
        return missingProgram;
    }

    /** The kernel of a tree: that of /lib/modules whose build link leads to it, else that of its release. */
    Optional<Kernel> of(HeaderTree tree) {
        Set<String> releases = new LinkedHashSet<>();
        if (tree.modulesLinks().contains(tree.release().value())) {
            releases.add(tree.release().value());
        }
        releases.addAll(tree.modulesLinks());
        releases.add(tree.release().value());
        trouble = "no modules in /lib/modules/" + tree.release() + "/kernel";
        for (String release : releases) {
            Optional<Path> kernel = InsideRoot.resolve(root, "/lib/modules/" + release + "/kernel")
                    .filter(Files::isDirectory);
            if (kernel.isPresent()) {
                ModuleFiles files = new ModuleFiles();
                Optional<Kernel> found = kernel(files.below(kernel.get()), Optional.empty());
                if (found.isPresent()) {
                    return found;
                }
                trouble = "/lib/modules/" + release + "/kernel: " + files.trouble();
                missingProgram = files.missingProgram();
            }
        }
        return Optional.empty();
    }

    /**
     * The kernel that a person named: by a module of it, by a directory laid out as /lib/modules/RELEASE, or by the
     * directory that its image package was unpacked to.
     */
    Optional<Kernel> named(Path reference) {
        ModuleFiles files = new ModuleFiles();
        Map<Path, KernelModule> modules;
        if (Files.isRegularFile(reference)) {
            modules = files.at(reference);
        } else {
            List<Path> kernels = kernelsIn(reference);
            if (kernels.size() != 1) {
                trouble = kernels.isEmpty()
                        ? reference + " is no module and has no kernel/ or lib/modules/RELEASE/kernel"
                        : reference + " has the modules of " + kernels.size() + " kernels: name one of them";
                return Optional.empty();
            }
            modules = files.below(kernels.get(0));
        }
        trouble = reference + ": " + files.trouble();
        missingProgram = files.missingProgram();
        return kernel(modules, Optional.of(reference));
    }

    private static List<Path> kernelsIn(Path directory) {
        if (Files.isDirectory(directory.resolve("kernel"))) {
            return List.of(directory.resolve("kernel"));
        }
        for (String modules : List.of("lib/modules", "usr/lib/modules")) {
            List<Path> kernels = new ArrayList<>();
            for (Path release : ModuleFiles.children(directory.resolve(modules))) {
                if (Files.isDirectory(release.resolve("kernel"))) {
                    kernels.add(release.resolve("kernel"));
                }
            }
            if (!kernels.isEmpty()) {
                return kernels;
            }
        }
        return List.of();
    }

    private Optional<Kernel> kernel(Map<Path, KernelModule> modules, Optional<Path> reference) {
        if (modules.isEmpty()) {
            return Optional.empty();
        }
        String vermagic = usualVermagic(modules);
        Map<String, KernelModule> named = new LinkedHashMap<>();
        modules.forEach((file, module) -> {
            if (vermagic(module).equals(vermagic)) {
                named.put(InsideRoot.seenFrom(root, file), module);
            }
        });
        String release = vermagic.split("\\s+")[0];
        List<Path> places = new ArrayList<>();
        boolean running = root.equals(HERE) && runningRelease.equals(Optional.of(release));
        if (running) {
            places.add(HERE.resolve("proc/config.gz"));
        }
        if (reference.isPresent()) {
            // Beside the modules of an unpacked package, which lie three or four directories deep in it.
            Path at = modules.keySet().iterator().next();
            for (at = at.getParent(); at != null; at = at.getParent()) {
                places.add(at.resolve("boot").resolve("config-" + release));
                places.add(at.resolve("config"));
            }
        } else {
            InsideRoot.resolve(root, "/lib/modules/" + release + "/config").ifPresent(places::add);
        }
        InsideRoot.resolve(root, "/boot/config-" + release).ifPresent(places::add);
        for (Path place : places) {
            Optional<Configuration> found = Configuration.read(place);
            if (found.isPresent()) {
                return Optional.of(new Kernel(
                        new KernelRelease(release),
                        named,
                        found,
                        InsideRoot.seenFrom(root, place),
                        SignaturePolicy.of(found, running ? Optional.of(root) : Optional.empty())));
            }
        }
        return Optional.of(new Kernel(
                new KernelRelease(release),
                named,
                Optional.empty(),
                "no /boot/config-" + release + " that can be read" + (running ? ", no /proc/config.gz" : ""),
                SignaturePolicy.of(Optional.empty(), running ? Optional.of(root) : Optional.empty())));
    }

    /** The one that most of them have: somebody may have put one of another kernel there. */
    private static String usualVermagic(Map<Path, KernelModule> modules) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        modules.values().forEach(module -> counts.merge(vermagic(module), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow();
    }

    private static String vermagic(KernelModule module) {
        return module.info("vermagic").orElse("").strip();
    }
}
