package org.hdrfix.cases;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.elf.ElfSpecimen;
import org.hdrfix.platform.Architecture;
import org.hdrfix.platform.PlatformReader;
import org.hdrfix.platform.Toolchain;

/**
 * The binaries of {@code testdata/sample}: a Pi with one tree whose programs came from a machine that nobody tries this on
 * (s390x), and one whose programs are its own. Running it writes them anew.
 */
public final class SampleSystem {
    static final Path SAMPLE = Path.of("testdata/sample");
    private static final List<String> PROGRAMS = List.of(
            "scripts/basic/fixdep",
            "scripts/mod/modpost",
            "scripts/genksyms/genksyms",
            "scripts/kallsyms",
            "scripts/sorttable");

    private SampleSystem() {}

    public static void main(String[] args) throws IOException {
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            Path place = SAMPLE.resolve(file.getKey());
            Files.createDirectories(place.getParent());
            Files.write(place, file.getValue());
            if (!place.toString().endsWith(".o")) {
                place.toFile().setExecutable(true, false);
            }
        }
    }

    /** This machine's own architecture; without a compiler there is nothing to repair with: CI installs one. */
    static Architecture machineWithCompiler() {
        Architecture machine =
                PlatformReader.read(Path.of("/"), Optional.empty()).userland();
        Toolchain toolchain = Toolchain.find(machine, machine);
        assumeTrue(
                toolchain.compiler().isPresent() && toolchain.missingPackages().isEmpty(),
                "no compiler, or none that links, on this machine");
        return machine;
    }

    /** Content by path relative to the sample. */
    static Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String program : PROGRAMS) {
            files.put("usr/src/linux-headers-6.6.31-v8+/" + program, ElfSpecimen.parse("Architecture: s390x\n"));
            files.put("usr/src/linux-headers-6.1.21-v8+/" + program, ElfSpecimen.parse("Architecture: arm64\n"));
        }
        files.put(
                "usr/src/linux-headers-6.6.31-v8+/scripts/mod/modpost.o",
                ElfSpecimen.parse("Architecture: s390x\nType: REL\n"));
        files.put("lib/ld-linux-aarch64.so.1", ElfSpecimen.parse("Architecture: arm64\nStatic: yes\n"));
        return files;
    }
}
