package org.hdrfix.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.hdrfix.platform.Architecture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeInspectorTest {
    @TempDir
    Path temp;

    /** Several machines run under one kernel, with the same options: its own is the one that the catalogue has first. */
    @ParameterizedTest
    @CsvSource({
        "CONFIG_X86_64, amd64",
        "CONFIG_X86_32, i386",
        "CONFIG_ARM64, arm64",
        "CONFIG_ARM, armhf",
        "CONFIG_RISCV CONFIG_64BIT, riscv64",
        "CONFIG_PPC CONFIG_PPC64 CONFIG_CPU_LITTLE_ENDIAN, ppc64el",
        "CONFIG_PPC CONFIG_PPC64 CONFIG_CPU_BIG_ENDIAN, ppc64",
        "CONFIG_MIPS CONFIG_64BIT CONFIG_CPU_LITTLE_ENDIAN, mips64el",
        "CONFIG_S390 CONFIG_64BIT CONFIG_CPU_BIG_ENDIAN, s390x",
        "CONFIG_UNHEARD_OF, none",
    })
    void tellsTheMachineOfAKernelByItsConfiguration(String options, String machine) throws Exception {
        Path root = temp.toRealPath();
        Path tree = root.resolve("usr/src/linux-headers-6.6.1");
        Files.createDirectories(tree.resolve("scripts"));
        Files.createDirectories(tree.resolve("include/config"));
        Files.createDirectories(tree.resolve("include/generated"));
        Files.writeString(tree.resolve("include/generated/utsrelease.h"), "#define UTS_RELEASE \"6.6.1\"\n");
        Files.writeString(tree.resolve("include/config/auto.conf"), options.replace(" ", "=y\n") + "=y\n");

        Optional<HeaderTree> found = HeaderTrees.at(root, tree);
        Optional<Architecture> kernel =
                TreeInspector.inspect(root, found.orElseThrow()).kernelArchitecture();

        assertEquals(machine, kernel.map(Architecture::name).orElse("none"));
    }
}
