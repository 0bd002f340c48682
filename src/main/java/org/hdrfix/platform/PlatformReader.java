package org.hdrfix.platform;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hdrfix.elf.ElfFile;

/**
 * Finds out what the system under a root directory is. It is asked what its programs are, and the kernel is not:
 * {@code uname -m} says aarch64 on a Raspberry Pi OS whose programs are all armhf. Everything is looked up inside the
 * root, read up to a limit, and absent where it cannot be read.
 */
public final class PlatformReader {
    private static final String OVERRIDE = "--platform";
    private static final String DPKG_ARCH = "var/lib/dpkg/arch";
    private static final String DPKG_STATUS = "var/lib/dpkg/status";
    private static final String SHELL = "bin/sh";

    private final Path root;
    private final List<String> lookedAt = new ArrayList<>();

    private PlatformReader(Path root) {
        this.root = root;
    }

    /** What a root says it is, and where it says so. */
    private record Userland(Architecture architecture, String basis) {}

    /**
     * Reads a system.
     *
     * @param root absolute path; {@code /} is this machine
     * @param override dpkg's name of the architecture to judge for, from {@code --platform}
     * @throws UnknownPlatformException when nothing says what it is, or the override is not in the catalogue
     */
    public static Platform read(Path root, Optional<String> override) {
        return new PlatformReader(root).read(override);
    }

    private Platform read(Optional<String> override) {
        Optional<Architecture> wanted = override.map(PlatformReader::overridden);
        Optional<Userland> own = own();
        if (wanted.isPresent()) {
            // By name: a record's equals() costs a cold JVM more than reading the whole catalogue.
            return own.isPresent()
                            && !own.get()
                                    .architecture()
                                    .name()
                                    .equals(wanted.get().name())
                    ? unseen(wanted.get())
                    : seen(new Userland(wanted.get(), OVERRIDE));
        }
        return seen(own.orElseThrow(this::unknown));
    }

    private static Architecture overridden(String name) {
        return Architectures.named(name)
                .orElseThrow(() -> new UnknownPlatformException(
                        OVERRIDE + " " + name + ": not an architecture that hdrfix knows; those are " + names()));
    }

    /** Another system than the one in the root: nothing that is found here is about it. */
    private Platform unseen(Architecture architecture) {
        return platform(
                new Userland(architecture, OVERRIDE), Optional.empty(), Set.of(), MachineFacts.NONE, Optional.empty());
    }

    private Platform seen(Userland userland) {
        Set<String> loaders = loaders();
        Optional<ElfFile> libc = SystemLibrary.find(root, userland.architecture(), SystemLibrary.LIBC);
        boolean hasUserland =
                libc.isPresent() || userland.architecture().loaders().stream().anyMatch(loaders::contains);
        return platform(
                userland,
                hasUserland ? Optional.of(loaders) : Optional.empty(),
                libc.map(ElfFile::definedVersions).orElse(Set.of()),
                MachineFacts.read(root, userland.architecture()),
                OsRelease.read(root));
    }

    private Platform platform(
            Userland userland,
            Optional<Set<String>> loaders,
            Set<String> glibcVersions,
            MachineFacts machine,
            Optional<String> distribution) {
        return new Platform(
                root,
                userland.architecture(),
                userland.basis(),
                loaders,
                glibcVersions,
                machine.pageSize(),
                machine.armCpu(),
                machine.handlers(),
                machine.model(),
                distribution,
                machine.runningRelease());
    }

    private Set<String> loaders() {
        Set<String> found = new LinkedHashSet<>();
        for (Architecture architecture : Architectures.all()) {
            for (String loader : architecture.loaders()) {
                if (RootPath.resolve(root, loader).filter(RootPath::isProgram).isPresent()) {
                    found.add(loader);
                }
            }
        }
        return found;
    }

    private Optional<Userland> own() {
        return dpkgArch().or(this::dpkgStatus).or(this::shell);
    }

    /** Line 1 is the system's own; the others are foreign architectures. The file is absent where there are none. */
    private Optional<Userland> dpkgArch() {
        return named(DPKG_ARCH, RootFile.text(root, "/" + DPKG_ARCH, 4096).map(text -> text.split("\n", 2)[0].strip()));
    }

    private Optional<Userland> dpkgStatus() {
        return named(DPKG_STATUS, DpkgStatus.architecture(root, "/" + DPKG_STATUS));
    }

    private Optional<Userland> named(String basis, Optional<String> name) {
        Optional<Architecture> architecture = name.flatMap(Architectures::named);
        if (architecture.isEmpty()) {
            lookedAt.add(basis + name.map(value -> " (\"" + value + "\")").orElse(" (says nothing)"));
        }
        return architecture.map(known -> new Userland(known, basis));
    }

    private Optional<Userland> shell() {
        Optional<ElfFile> file = RootFile.elf(root, "/" + SHELL);
        Optional<Architecture> architecture = file.flatMap(Architectures::of);
        if (architecture.isEmpty()) {
            lookedAt.add(SHELL
                    + file.map(elf -> " (" + Architectures.describe(elf) + ")").orElse(" (no ELF program)"));
        }
        return architecture.map(known -> new Userland(known, SHELL));
    }

    private UnknownPlatformException unknown() {
        return new UnknownPlatformException("cannot tell what system " + root + " is, having looked at "
                + String.join(", ", lookedAt) + "; say it with " + OVERRIDE + " NAME, one of " + names());
    }

    private static String names() {
        return Architectures.all().stream().map(Architecture::name).collect(Collectors.joining(", "));
    }
}
