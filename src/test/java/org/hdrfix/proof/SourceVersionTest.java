package org.hdrfix.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceVersionTest {
    @TempDir
    Path tree;

    private void write(String path, String text) throws IOException {
        Path file = tree.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void readsVersionHWhereverTheKernelWritesIt() throws IOException {
        assertEquals(Optional.empty(), SourceVersion.of(tree));
        write("include/linux/version.h", "#define LINUX_VERSION_CODE 197889\n");
        assertEquals(Optional.of("3.5.1"), SourceVersion.of(tree));
        write(
                "include/generated/uapi/linux/version.h",
                "#define LINUX_VERSION_CODE 393664\n#define KERNEL_VERSION(a,b,c) 0\n");
        assertEquals(Optional.of("6.1.192"), SourceVersion.of(tree));
    }

    @Test
    void whatIsNoNumberIsNoVersion() throws IOException {
        write("include/generated/uapi/linux/version.h", "#define LINUX_VERSION_CODE 99999999999999\n");
        assertEquals(Optional.empty(), SourceVersion.of(tree));
    }

    @Test
    void aSublevelAbove255Is255() {
        assertEquals("5.10.255", SourceVersion.coded("5.10.262"));
        assertEquals("6.12.0", SourceVersion.coded("6.12"));
        assertEquals("4.9.17", SourceVersion.coded("4.9.17"));
    }
}
