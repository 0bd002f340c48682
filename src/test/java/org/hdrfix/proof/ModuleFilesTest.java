package org.hdrfix.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.hdrfix.elf.ElfClass;
import org.hdrfix.elf.ModuleSpecimen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleFilesTest {
    private static final byte[] MODULE = new ModuleSpecimen(ElfClass.ELF64, ByteOrder.LITTLE_ENDIAN, 183).bytes();

    @TempDir
    Path kernel;

    private Path put(String path, byte[] content) throws IOException {
        Path file = kernel.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    @Test
    void goesOnPastDamagedModules() throws IOException {
        put("a/one.ko", Arrays.copyOf(MODULE, 300));
        put("a/two.ko.gz", new byte[100]);
        Path good = put("a/up.ko", MODULE);
        assertEquals(good, new ModuleFiles().below(kernel).keySet().iterator().next());
    }

    @Test
    void givesUpWhereAllAreDamaged() throws IOException {
        for (char directory = 'a'; directory < 'g'; directory++) {
            for (int i = 10; i < 22; i++) {
                put(directory + "/" + i + ".ko", "no module".getBytes());
            }
        }
        put("h/good.ko", MODULE);
        ModuleFiles files = new ModuleFiles();
        assertEquals(0, files.below(kernel).size());
        assertTrue(files.trouble().contains("is no module"), files.trouble());
    }

    @Test
    void looksAtSoManyEntriesOfADirectoryAndNoMore() throws IOException {
        for (int i = 0; i < 10_050; i++) {
            Files.createFile(kernel.resolve("f" + i));
        }
        assertEquals(10_000, ModuleFiles.children(kernel).size());
    }

    @Test
    void takesALargeFileForNoExample() throws IOException {
        put("a/large.ko", Arrays.copyOf(MODULE, (256 << 10) + 1));
        assertEquals(0, new ModuleFiles().below(kernel).size());
        put("a/small.ko", Arrays.copyOf(MODULE, 256 << 10));
        assertEquals(1, new ModuleFiles().below(kernel).size());
    }

    @Test
    void saysWhatIsWrongWithTheOneThatIsNamed() throws IOException {
        ModuleFiles files = new ModuleFiles();
        assertEquals(0, files.at(put("cut.ko", Arrays.copyOf(MODULE, 300))).size());
        assertTrue(files.trouble().startsWith("cut.ko is damaged: "), files.trouble());
    }
}
