package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolchainTest {
    @TempDir
    private Path root;

    @Test
    void findsTheCompilerAsItIsCalledThroughItsAlternatives() throws IOException {
        program("usr/bin/aarch64-linux-gnu-gcc-12");
        link("usr/bin/gcc", "aarch64-linux-gnu-gcc-12");
        link("etc/alternatives/cc", "/usr/bin/gcc");
        link("usr/bin/cc", "/etc/alternatives/cc");
        program("usr/bin/make");
        header("usr/include/stdio.h");
        directory("usr/include/aarch64-linux-gnu");
        directory("usr/local/include");
        assertEquals(
                new Toolchain(
                        path("usr/bin/cc"),
                        path("usr/bin/make"),
                        List.of(
                                root.resolve("usr/local/include"),
                                root.resolve("usr/include/aarch64-linux-gnu"),
                                root.resolve("usr/include")),
                        List.of()),
                find("arm64", "arm64"));
    }

    @ParameterizedTest
    @CsvSource({
        "cc gcc clang, cc",
        "gcc clang gcc-13, gcc",
        "clang gcc-13 cc1, clang",
        "gcc-9 gcc-13 clang-15 gcc-ar-14, gcc-13",
        "clang-15 clang-format-16 gcc-4.9, clang-15"
    })
    void prefersTheUsualNameAndElseTheHighestVersion(String installed, String chosen) throws IOException {
        for (String name : installed.split(" ")) {
            program("usr/bin/" + name);
        }
        assertEquals(path("usr/bin/" + chosen), find("armhf", "armhf").compiler());
    }

    @Test
    void looksIntoAllFourDirectoriesAndNowhereElse() throws IOException {
        program("usr/local/bin/cc");
        assertEquals(Optional.empty(), find("armhf", "armhf").compiler());
        program("bin/cc");
        assertEquals(path("bin/cc"), find("armhf", "armhf").compiler());
        program("sbin/cc");
        assertEquals(path("sbin/cc"), find("armhf", "armhf").compiler());
        program("usr/bin/cc");
        assertEquals(path("usr/bin/cc"), find("armhf", "armhf").compiler());
        program("usr/sbin/cc");
        assertEquals(path("usr/sbin/cc"), find("armhf", "armhf").compiler());
    }

    @Test
    void namesWhatToInstallOnABareSystemButNotMake() {
        Toolchain none = find("riscv64", "riscv64");
        assertEquals(new Toolchain(Optional.empty(), Optional.empty(), List.of(), List.of("gcc", "libc6-dev")), none);
    }

    @Test
    void namesOnlyWhatIsMissing() throws IOException {
        program("usr/bin/gcc");
        assertEquals(List.of("libc6-dev"), find("armel", "armel").missingPackages());
        Files.delete(root.resolve("usr/bin/gcc"));
        header("usr/include/stdio.h");
        assertEquals(List.of("gcc"), find("armel", "armel").missingPackages());
    }

    @Test
    void takesNeitherADanglingLinkNorADirectoryNorAFileThatIsNotExecutableForACompiler() throws IOException {
        link("usr/bin/cc", "/etc/alternatives/cc-of-yesterday");
        directory("usr/bin/gcc");
        header("usr/bin/clang");
        assertEquals(Optional.empty(), find("arm64", "arm64").compiler());
    }

    @Test
    void takesTheCrossCompilerForAnotherMachineAndNeverItsOwn() throws IOException {
        program("usr/bin/gcc");
        header("usr/include/stdio.h");
        Toolchain none = find("armhf", "amd64");
        assertEquals(Optional.empty(), none.compiler());
        assertEquals(List.of("gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"), none.missingPackages());

        program("usr/bin/arm-linux-gnueabihf-gcc");
        header("usr/arm-linux-gnueabihf/include/stdio.h");
        Toolchain cross = find("armhf", "amd64");
        assertEquals(path("usr/bin/arm-linux-gnueabihf-gcc"), cross.compiler());
        assertEquals(
                List.of(root.resolve("usr/arm-linux-gnueabihf/include"), root.resolve("usr/include")),
                cross.includeDirectories());
        assertEquals(List.of(), cross.missingPackages());
    }

    @Test
    void writesCrossPackagesAsDebianDoes() {
        assertEquals(
                List.of("gcc-x86-64-linux-gnu", "libc6-dev-amd64-cross"),
                find("amd64", "arm64").missingPackages());
        assertEquals(
                List.of("gcc-i686-linux-gnu", "libc6-dev-i386-cross"),
                find("i386", "amd64").missingPackages());
    }

    @Test
    void takesHeadersInstalledBesideItsOwnForAnotherMachine() throws IOException {
        program("usr/bin/i686-linux-gnu-gcc-12");
        header("usr/include/stdio.h");
        header("usr/include/i386-linux-gnu/bits/types.h");
        Toolchain cross = find("i386", "amd64");
        assertEquals(path("usr/bin/i686-linux-gnu-gcc-12"), cross.compiler());
        assertEquals(List.of(), cross.missingPackages());
    }

    private Toolchain find(String userland, String machine) {
        return Toolchain.find(
                root,
                Architectures.named(userland).orElseThrow(),
                Architectures.named(machine).orElseThrow());
    }

    private Optional<Path> path(String path) {
        return Optional.of(root.resolve(path));
    }

    private void program(String path) throws IOException {
        header(path);
        Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void header(String path) throws IOException {
        directory(path.substring(0, path.lastIndexOf('/')));
        Files.writeString(root.resolve(path), "");
    }

    private void directory(String path) throws IOException {
        Files.createDirectories(root.resolve(path));
    }

    private void link(String path, String target) throws IOException {
        directory(path.substring(0, path.lastIndexOf('/')));
        Files.createSymbolicLink(root.resolve(path), Path.of(target));
    }
}
