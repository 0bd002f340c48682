package org.hdrfix.platform;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.hdrfix.elf.ElfReading;

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
    public Platform {
        loaders = loaders.map(Set::copyOf);
        glibcVersions = Set.copyOf(glibcVersions);
        handlers = List.copyOf(handlers);
    }

    /** Whether a program would run here; a file that is no ELF program is malformed. */
    public Verdict judge(ElfReading reading) {
        throw new UnsupportedOperationException();
    }
}
