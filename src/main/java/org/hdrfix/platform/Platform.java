package org.hdrfix.platform;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.elf.ElfReading;
import org.hdrfix.elf.MalformedElf;
import org.hdrfix.elf.NotElf;

/**
 * What one system executes: the machine hdrfix runs on, or the one whose file system lies under {@code --root}. What is
 * not known is absent, and nothing is judged by it.
 *
 * @param root absolute path of the directory that is its {@code /}
 * @param userland architecture of its programs, never taken from {@code uname -m}
 * @param basis where the userland was read: "--platform", "var/lib/dpkg/arch", "var/lib/dpkg/status", "bin/sh"
 * @param loaders loaders known to the catalogue that exist and are executable in this root, by their absolute path in
 *     it; nothing where the root holds no userland of this architecture (an unpacked package, another --platform)
 * @param glibcVersions symbol versions that the root's libc.so.6 defines; empty where it has none or it is not read
 * @param pageSize bytes, when the root is this machine's own
 * @param armCpu ARM architecture version of the processor (6, 7, 8), when the root is this machine's own
 * @param handlers enabled binfmt_misc handlers, when the root is this machine's own
 * @param model what the device tree calls the board
 * @param distribution NAME and VERSION_ID of os-release ("Debian 12")
 * @param runningRelease release of the running kernel, when the root is this machine's own
 */
public record Platform(
        Path root,
        Architecture userland,
        String basis,
        Optional<Set<String>> loaders,
        Set<String> glibcVersions,
        OptionalLong pageSize,
        OptionalInt armCpu,
        List<BinfmtHandler> handlers,
        Optional<String> model,
        Optional<String> distribution,
        Optional<String> runningRelease) {
    // elf.h
    private static final int EI_OSABI = 7;
    private static final byte[] ARM_FDPIC = {65};

    public Platform {
        loaders = loaders.map(Set::copyOf);
        glibcVersions = Set.copyOf(glibcVersions);
        handlers = List.copyOf(handlers);
    }

    /**
     * Whether a program would run here; a file that is no ELF program is malformed.
     *
     * <p>The order is the kernel's (fs/binfmt_elf.c: machine, interpreter, mapping of the segments), then ld.so's (the
     * dynamic section, the versions), then the processor's. What is not known of this system is not held against the
     * program.
     */
    public Verdict judge(ElfReading reading) {
        return reading instanceof ElfFile file ? judge(file) : malformed(reason(reading), Optional.empty());
    }

    private Verdict judge(ElfFile file) {
        return noProgram(file)
                .or(() -> foreignMachine(file))
                .or(() -> forNoMmu(file))
                .or(() -> tooManyHeaders(file))
                .or(() -> unusableInterpreter(file))
                .or(() -> damagedProperty(file))
                .or(() -> nowhereToStart(file))
                .or(() -> misalignedSegments(file))
                .or(() -> unmappable(file))
                .or(() -> damagedDynamicSection(file))
                .or(() -> newerGlibc(file))
                .or(() -> newerCpu(file))
                .orElse(Verdict.RUNS);
    }

    /**
     * The mount point that keeps programs at a place from being started, whatever they are: one with the option noexec
     * (EACCES). Nothing where the mounts are not this system's own.
     *
     * @param place absolute path on this machine, inside the root
     */
    public Optional<String> noexecMount(Path place) {
        return MachineFacts.noexecMount(root, Path.of(InsideRoot.seenFrom(root, place)));
    }

    private static String reason(ElfReading reading) {
        return reading instanceof MalformedElf malformed ? malformed.reason() : ((NotElf) reading).reason();
    }

    private Optional<Verdict> noProgram(ElfFile file) {
        if (file.type() == ElfFile.ET_EXEC || file.type() == ElfFile.ET_DYN) {
            return Optional.empty();
        }
        String what = file.isObject() ? "an object file, not a program" : "ELF of type " + file.type();
        return Optional.of(malformed(what, emulator(file)));
    }

    /** arch/arm/include/asm/elf.h, elf_check_fdpic(): programs for processors without an MMU. arm64 does not look. */
    private Optional<Verdict> forNoMmu(ElfFile file) {
        return userland.machine() == ElfFile.EM_ARM && file.head().match(EI_OSABI, ARM_FDPIC, new byte[0])
                ? Optional.of(malformed("for processors without an MMU (OSABI 65)", emulator(file)))
                : Optional.empty();
    }

    private Optional<Verdict> foreignMachine(ElfFile file) {
        return userland.matches(file) || startsBeside(file)
                ? Optional.empty()
                : failing(Verdict.Kind.FOREIGN_MACHINE, Architectures.describe(file), userland.name(), file);
    }

    /**
     * Whether the kernel starts programs of another architecture beside the userland's. A loader of that machine is the
     * sign, for static programs too: a kernel can be built without 32-bit support. Where class, order and machine are the
     * same (armel on armhf) no kernel refuses, and a loader that is missing is the next reason.
     */
    private boolean startsBeside(ElfFile file) {
        for (String name : userland.alsoRuns()) {
            Optional<Architecture> other = Architectures.named(name).filter(known -> known.starts(file));
            if (other.isEmpty()) {
                continue;
            }
            boolean isRefusedByNobody =
                    other.get().sharesMachine(userland) && (file.interpreter().isEmpty() || loaders.isPresent());
            if (isRefusedByNobody || hasLoader(other.get())) {
                return userland.elfClass() == file.elfClass() || !NarrowPrograms.areRefused(this);
            }
        }
        return false;
    }

    /** The table of program headers has to fit into a page (load_elf_phdrs()). */
    private Optional<Verdict> tooManyHeaders(ElfFile file) {
        return file.headerBytes() <= page()
                ? Optional.empty()
                : Optional.of(malformed(
                        file.headerBytes() + " bytes of program headers (at most " + page() + ")", emulator(file)));
    }

    /** No kernel has smaller pages than 4 KiB. */
    private long page() {
        return pageSize.orElse(4096);
    }

    private Optional<Verdict> damagedProperty(ElfFile file) {
        // arm's own kernel does not look at the note; which kernel runs an armhf userland is not known, and no compiler
        // for 32-bit ARM writes one.
        boolean looks = file.machine() == ElfFile.EM_AARCH64 || file.machine() == ElfFile.EM_ARM;
        return looks
                ? file.propertyDamage().map(damage -> malformed(damage.reason(), emulator(file)))
                : Optional.empty();
    }

    private Optional<Verdict> unmappable(ElfFile file) {
        return file.unmappable().map(reason -> malformed(reason, emulator(file)));
    }

    private Optional<Verdict> nowhereToStart(ElfFile file) {
        if (!file.startsInItsCode()) {
            return Optional.of(malformed("it starts outside its executable segments", emulator(file)));
        }
        return file.startsAligned()
                ? Optional.empty()
                : Optional.of(malformed(
                        "it starts between two instructions, at 0x" + Long.toHexString(file.entry()), emulator(file)));
    }

    private boolean hasLoader(Architecture architecture) {
        return loaders.isPresent() && architecture.loaders().stream().anyMatch(loaders.get()::contains);
    }

    private Optional<Verdict> unusableInterpreter(ElfFile file) {
        if (loaders.isEmpty() || file.interpreter().isEmpty() || hasOwnLoader(file)) {
            return Optional.empty();
        }
        String interpreter = file.interpreter().get();
        // A relative one is looked for where the program is started: it is nowhere for sure.
        Optional<RootPath> loader = interpreter.startsWith("/")
                ? RootPath.resolve(root, interpreter).filter(RootPath::isProgram)
                : Optional.empty();
        if (loader.isEmpty()) {
            return failing(Verdict.Kind.MISSING_INTERPRETER, interpreter, ownLoader(), file);
        }
        return RootFile.elf(root, interpreter)
                        .filter(elf -> isLoaderOf(file, elf))
                        .isPresent()
                ? Optional.empty()
                : failing(Verdict.Kind.FOREIGN_INTERPRETER, interpreter, ownLoader(), file);
    }

    private String ownLoader() {
        return userland.loaders().stream()
                .filter(loaders.orElseThrow()::contains)
                .findFirst()
                .orElse("");
    }

    /** Whether a program asks for one of the installed loaders that the catalogue knows for its machine. */
    private boolean hasOwnLoader(ElfFile file) {
        String interpreter = file.interpreter().orElseThrow();
        return loaders.orElseThrow().contains(interpreter) && isKnownLoader(interpreter, file);
    }

    private static boolean isKnownLoader(String interpreter, ElfFile file) {
        for (Architecture architecture : Architectures.all()) {
            if (architecture.sharesMachine(file) && architecture.loaders().contains(interpreter)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a program that runs here may be started by hdrfix: its loader, which is code as well, is one that the
     * catalogue names for its machine, by an absolute path. A program can name any file as its loader.
     */
    public boolean trusts(ElfFile file) {
        return file.interpreter()
                .map(interpreter -> isKnownLoader(interpreter, file))
                .orElse(true);
    }

    /** The kernel wants the same machine of both (ELIBBAD), the class goes with it; and the loader is mapped as well. */
    private boolean isLoaderOf(ElfFile program, ElfFile loader) {
        return loader.machine() == program.machine()
                && loader.elfClass() == program.elfClass()
                && (loader.type() == ElfFile.ET_DYN || loader.type() == ElfFile.ET_EXEC)
                && loader.headerBytes() <= page()
                && loader.fitsPagesOf(page())
                && loader.unmappable().isEmpty()
                && loader.startsInItsCode();
    }

    private Optional<Verdict> misalignedSegments(ElfFile file) {
        if (file.fitsPagesOf(page())) {
            return Optional.empty();
        }
        long fitting = page();
        while (fitting > 1 && !file.fitsPagesOf(fitting)) {
            fitting /= 2;
        }
        return failing(Verdict.Kind.MISALIGNED_SEGMENTS, size(fitting), size(page()), file);
    }

    private static String size(long bytes) {
        return bytes >= 1024 ? bytes / 1024 + " KiB" : bytes + (bytes == 1 ? " byte" : " bytes");
    }

    private Optional<Verdict> damagedDynamicSection(ElfFile file) {
        return file.interpreter().isEmpty()
                ? Optional.empty()
                : file.dynamicDamage().map(damage -> malformed(damage.reason(), emulator(file)));
    }

    private Optional<Verdict> newerGlibc(ElfFile file) {
        // The versions are those of the userland's own libc: an i386 program on amd64 has another one.
        if (glibcVersions.isEmpty() || !userland.matches(file)) {
            return Optional.empty();
        }
        Optional<GlibcVersion> wants = file.neededVersions().entrySet().stream()
                .flatMap(library -> library.getValue().stream().filter(version -> lacks(library.getKey(), version)))
                .map(GlibcVersion::new)
                .max(Comparator.naturalOrder());
        return wants.flatMap(version -> failing(Verdict.Kind.NEWER_GLIBC, version.symbol(), glibc(), file));
    }

    /**
     * Whether a library does not define a version. libc's are known; its neighbours (libm, libpthread) define other
     * sets of the same numbers, and are opened only for a number above all of libc's. Other libraries are not judged.
     */
    private boolean lacks(String library, String version) {
        if (library.equals(SystemLibrary.LIBC)) {
            return !glibcVersions.contains(version);
        }
        Optional<GlibcVersion> newest = newestGlibc();
        if (newest.isEmpty() || new GlibcVersion(version).compareTo(newest.get()) <= 0) {
            return false;
        }
        return SystemLibrary.find(root, userland, library)
                .map(file -> !file.definedVersions().contains(version))
                .orElse(true);
    }

    private String glibc() {
        return newestGlibc().map(GlibcVersion::release).orElse("");
    }

    private Optional<GlibcVersion> newestGlibc() {
        return glibcVersions.stream()
                .map(GlibcVersion::new)
                .filter(GlibcVersion::isNumbered)
                .max(Comparator.naturalOrder());
    }

    private Optional<Verdict> newerCpu(ElfFile file) {
        if (armCpu.isEmpty() || file.machine() != ElfFile.EM_ARM) {
            return Optional.empty();
        }
        return file.arm()
                .flatMap(ArmVersion::of)
                .filter(version -> !version.runsOn(armCpu.getAsInt()))
                .flatMap(version -> failing(Verdict.Kind.NEWER_CPU, version.label(), "ARMv" + armCpu.getAsInt(), file));
    }

    private Optional<Verdict> failing(Verdict.Kind kind, String wants, String has, ElfFile file) {
        return Optional.of(new Verdict(kind, wants, has, emulator(file)));
    }

    private static Verdict malformed(String reason, Optional<String> emulator) {
        return new Verdict(Verdict.Kind.MALFORMED, reason, "", emulator);
    }

    private Optional<String> emulator(ElfFile file) {
        return handlers.stream()
                .filter(handler -> handler.takes(file.head()))
                .map(BinfmtHandler::name)
                .findFirst();
    }
}
