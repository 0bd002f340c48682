package org.hdrfix.tree;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.elf.ElfReader;
import org.hdrfix.elf.ElfReading;
import org.hdrfix.elf.MalformedElf;
import org.hdrfix.elf.NotElf;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.Architectures;
import org.hdrfix.platform.InsideRoot;

/** Looks at one tree and writes down what is there; reads, and never follows a link out of the system's root. */
public final class TreeInspector {
    /** How deep and how much is looked at before a tree is called hostile. */
    private static final int DEEPEST = 64;

    private static final int MOST_ENTRIES = 200_000;

    /** How many ELF files are remembered, and how many names in them: a tree has 100, and 10 in each. */
    private static final int MOST_ELF_FILES = 4096;

    private static final int MOST_NAMES = 16_384;

    /** The smallest ELF header, elf(5): shorter files are none. */
    private static final long SMALLEST_ELF = 52;

    /** Objects that kbuild compiles for the kernel, for trees without {@code .cmd} files. */
    private static final Set<String> KERNEL_OBJECTS = Set.of("scripts/mod/empty.o", "scripts/module-common.o");

    /** What checks and proofs ask of the configuration, beside what the catalogues ask. */
    private static final Set<String> OPTIONS_OF_CHECKS = Set.of("CONFIG_OF", "CONFIG_CC_IS_CLANG");

    private static final String EVERY_MODULE = "every module";

    private final Path root;
    private final HeaderTree tree;
    private final Map<String, ElfReading> files = new TreeMap<>();
    private final Set<String> notExecutable = new HashSet<>();
    private int names;
    private String obstacle;

    private TreeInspector(Path root, HeaderTree tree) {
        this.root = root;
        this.tree = tree;
    }

    /**
     * Inspects a tree.
     *
     * @param root absolute real path of the {@code /} of the system it belongs to
     */
    public static Inspection inspect(Path root, HeaderTree tree) {
        return new TreeInspector(root, tree).inspect();
    }

    private Inspection inspect() {
        for (String part : List.of("scripts", "tools")) {
            walk(part);
        }
        for (KnownProgram known : KnownProgram.all()) {
            Path file = tree.root().resolve(known.path());
            // The walk saw scripts/ and tools/; a few programs lie elsewhere (certs/extract-cert).
            if (!known.path().startsWith("scripts/")
                    && !known.path().startsWith("tools/")
                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                read(known.path(), file);
            }
        }
        Set<String> enabled = enabledOptions();
        Optional<Architecture> kernel = kernelArchitecture(enabled);

        Map<String, HostProgram> programs = new LinkedHashMap<>();
        List<TreeObject> objects = new ArrayList<>();
        List<String> plugins = new ArrayList<>();
        List<String> others = new ArrayList<>();
        files.forEach((path, reading) -> {
            if (reading instanceof ElfFile elf && elf.isObject()) {
                objects.add(new TreeObject(path, elf, kindOf(path, elf, kernel)));
            } else if (reading instanceof ElfFile elf && isLibrary(path, elf)) {
                plugins.add(path);
            } else if (reading instanceof ElfFile elf
                    && elf.type() != ElfFile.ET_EXEC
                    && elf.type() != ElfFile.ET_DYN) {
                others.add(path);
            } else if (reading instanceof MalformedElf && path.endsWith(".o")) {
                others.add(path);
            } else {
                programs.put(path, program(path, Optional.of(reading), enabled));
            }
        });
        for (KnownProgram known : KnownProgram.all()) {
            if (need(known, enabled).isPresent() && !programs.containsKey(known.path())) {
                Optional<Path> there = place(known.path());
                Optional<ElfReading> lost = there.flatMap(TreeInspector::lostContent);
                if (there.isEmpty() || lost.isPresent()) {
                    there.ifPresent(file -> noteMode(known.path(), file));
                    programs.put(known.path(), program(known.path(), lost, enabled));
                }
            }
        }
        List<HostProgram> sorted = new ArrayList<>(programs.values());
        sorted.sort(TreeInspector::mostNeededFirst);
        return new Inspection(
                tree,
                sorted,
                objects,
                plugins,
                others,
                enabled,
                kernel,
                GeneratedConfiguration.of(root, tree),
                SymbolVersions.of(tree.root()),
                Releases.of(tree, directory("scripts").filter(Files::isDirectory)),
                scriptsLink(),
                Optional.ofNullable(obstacle));
    }

    /** By hand: the comparators of java.util cost a cold JVM three classes that no archive can hold. */
    private static int mostNeededFirst(HostProgram one, HostProgram other) {
        int needed = Boolean.compare(other.isNeeded(), one.isNeeded());
        int need = needed == 0 ? needOf(one).compareTo(needOf(other)) : needed;
        return need == 0 ? one.path().compareTo(other.path()) : need;
    }

    private static String needOf(HostProgram program) {
        String need = program.need().orElse("");
        return need.equals(EVERY_MODULE) ? "" : need;
    }

    private void walk(String part) {
        Optional<Path> top = directory(part);
        if (top.isEmpty()) {
            return;
        }
        try {
            Files.walkFileTree(top.get(), EnumSet.noneOf(FileVisitOption.class), DEEPEST, new Reader(part, top.get()));
        } catch (IOException e) {
            obstacle = part + ": " + e.getMessage();
        }
    }

    /** A directory of the tree, behind links of its own system. */
    private Optional<Path> directory(String part) {
        if (!tree.root().startsWith(root)) {
            // A tree that was named by a path outside the root is judged where it lies.
            return Optional.of(tree.root().resolve(part)).filter(Files::isDirectory);
        }
        return InsideRoot.resolve(root, tree.seenAs() + "/" + part);
    }

    private final class Reader implements FileVisitor<Path> {
        private final String part;
        private final Path top;
        private int entries;

        Reader(String part, Path top) {
            this.part = part;
            this.top = top;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return count();
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && attributes.size() >= SMALLEST_ELF) {
                read(part + "/" + top.relativize(file), file);
            } else if (attributes.isDirectory()) {
                obstacle = part + ": deeper than " + DEEPEST + " directories";
            }
            return count();
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            obstacle = part + "/" + top.relativize(file) + ": cannot be read ("
                    + e.getClass().getSimpleName() + ")";
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        private FileVisitResult count() {
            if (++entries <= MOST_ENTRIES) {
                return FileVisitResult.CONTINUE;
            }
            obstacle = part + ": more than " + MOST_ENTRIES + " entries";
            return FileVisitResult.TERMINATE;
        }
    }

    private void read(String path, Path file) {
        try {
            ElfReading reading = ElfReader.read(file);
            if (reading instanceof NotElf) {
                return;
            }
            if (!survivesAsText(file.getFileName())) {
                // Facts are kept by their path as text: another file would be meant.
                obstacle = path + ": a program whose name this locale cannot write";
                return;
            }
            names += reading instanceof ElfFile elf ? names(elf) : 0;
            if (files.size() == MOST_ELF_FILES) {
                obstacle = path + ": more than " + MOST_ELF_FILES + " ELF files before it";
            } else if (names > MOST_NAMES) {
                obstacle = path + ": more than " + MOST_NAMES + " names in the ELF files before it";
            } else {
                files.put(path, reading);
                noteMode(path, file);
            }
        } catch (IOException e) {
            obstacle = path + ": cannot be read (" + e.getClass().getSimpleName() + ")";
        }
    }

    private static boolean survivesAsText(Path name) {
        String text = name.toString();
        try {
            return text.chars().allMatch(c -> c < 0x80)
                    || name.getFileSystem().getPath(text).equals(name);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static int names(ElfFile elf) {
        return elf.needed().size()
                + elf.definedVersions().size()
                + elf.neededVersions().values().stream().mapToInt(Set::size).sum();
    }

    private HostProgram program(String path, Optional<ElfReading> reading, Set<String> enabled) {
        Optional<KnownProgram> known = KnownProgram.at(path);
        Optional<String> need = known.flatMap(program -> need(program, enabled));
        return new HostProgram(
                path, reading, known, need, !notExecutable.contains(path), reading.isPresent() && keptByMake(path));
    }

    /** Whether a program can be executed, by its mode alone: root may execute what anybody may (execve(2)). */
    private void noteMode(String path, Path file) {
        try {
            if (KnownProgram.at(path).isPresent() && ((Integer) Files.getAttribute(file, "unix:mode") & 0111) == 0) {
                notExecutable.add(path);
            }
        } catch (IOException e) {
            // What cannot be asked is taken for executable.
        }
    }

    /** Why module builds in this tree run the program. */
    private Optional<String> need(KnownProgram known, Set<String> enabled) {
        for (List<String> words : known.needs()) {
            if (words.stream().allMatch(word -> holds(word, enabled))) {
                return Optional.of(words.stream()
                        .filter(word -> word.startsWith("CONFIG_"))
                        .findFirst()
                        .map(option -> option + "=y")
                        .orElse(EVERY_MODULE));
            }
        }
        return Optional.empty();
    }

    private boolean holds(String word, Set<String> enabled) {
        if (word.startsWith("kernel<")) {
            return tree.release().isBefore(word.substring("kernel<".length()));
        }
        if (word.startsWith("kernel>=")) {
            return !tree.release().isBefore(word.substring("kernel>=".length()));
        }
        if (word.startsWith("file:")) {
            return Files.exists(tree.root().resolve(word.substring("file:".length())));
        }
        return word.equals("always") || enabled.contains(word);
    }

    private Set<String> enabledOptions() {
        Set<String> wanted = new HashSet<>(KnownProgram.options());
        Architectures.all().forEach(architecture -> wanted.addAll(architecture.kernelConfigs()));
        CompilerOption.all().forEach(option -> wanted.add(option.option()));
        wanted.addAll(List.of("CONFIG_GCC_PLUGINS", "CONFIG_MODULE_SIG_ALL", "CONFIG_MODULE_SIG_FORCE"));
        wanted.addAll(OPTIONS_OF_CHECKS);
        Path auto = tree.root().resolve("include/config/auto.conf");
        return TreeText.enabled(Files.isRegularFile(auto) ? auto : tree.root().resolve(".config"), wanted);
    }

    private static Optional<Architecture> kernelArchitecture(Set<String> enabled) {
        Architecture best = null;
        for (Architecture architecture : Architectures.all()) {
            int options = architecture.kernelConfigs().size();
            // Of several that fit, the one that asks for most fits best (ppc64el asks for more than powerpc); of equals
            // the
            // first, as the catalogue says.
            if (options > 0
                    && enabled.containsAll(architecture.kernelConfigs())
                    && (best == null || options > best.kernelConfigs().size())) {
                best = architecture;
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * Whose object it is. kbuild writes the compiler's command line beside each object: only objects for the kernel are
     * compiled with -D__KERNEL__ and -nostdinc (the kernel's scripts/Makefile.lib).
     */
    private TreeObject.Kind kindOf(String path, ElfFile elf, Optional<Architecture> kernel) {
        Path file = tree.root().resolve(path);
        Optional<String> command = TreeText.head(file.resolveSibling("." + file.getFileName() + ".cmd"), 8192);
        boolean forKernel = command.isPresent()
                ? command.get().contains("-D__KERNEL__") || command.get().contains("-nostdinc")
                : KERNEL_OBJECTS.contains(path)
                        || kernel.filter(a -> isOf(a, elf)).isPresent();
        return forKernel ? TreeObject.Kind.KERNEL : TreeObject.Kind.HOST;
    }

    private static boolean isOf(Architecture architecture, ElfFile elf) {
        return elf.machine() == architecture.machine()
                && elf.elfClass() == architecture.elfClass()
                && elf.order().equals(architecture.order());
    }

    private static boolean isLibrary(String path, ElfFile elf) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return elf.type() == ElfFile.ET_DYN
                && elf.interpreter().isEmpty()
                && (name.endsWith(".so") || name.contains(".so."));
    }

    /** Whether kbuild's rules would find nothing to do for a program: command line recorded, and newer than its source. */
    private boolean keptByMake(String path) {
        Path file = tree.root().resolve(path);
        Path command = file.resolveSibling("." + file.getFileName() + ".cmd");
        Path source = file.resolveSibling(file.getFileName() + ".c");
        try {
            return Files.isRegularFile(command)
                    && Files.isRegularFile(source)
                    && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(source)) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private Optional<Path> place(String path) {
        if (!tree.root().startsWith(root)) {
            return Optional.of(tree.root().resolve(path)).filter(Files::exists);
        }
        return InsideRoot.resolve(root, tree.seenAs() + "/" + path);
    }

    /** A file that a full disk or a power cut has left empty, or full of zeros. A script may stand in for a program. */
    private static Optional<ElfReading> lostContent(Path file) {
        try {
            return Files.isRegularFile(file)
                            && ElfReader.read(file) instanceof NotElf other
                            && (other.equals(NotElf.EMPTY) || other.equals(NotElf.DATA))
                    ? Optional.of(other)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<String> scriptsLink() {
        Path scripts = tree.root().resolve("scripts");
        if (!Files.isSymbolicLink(scripts)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readSymbolicLink(scripts).toString());
        } catch (IOException e) {
            return Optional.of("?");
        }
    }
}
