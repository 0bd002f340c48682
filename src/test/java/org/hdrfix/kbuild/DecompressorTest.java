package org.hdrfix.kbuild;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecompressorTest {
    private static final Map<String, String> PROGRAMS = Map.of(".gz", "gzip", ".xz", "xz", ".zst", "zstd");

    @TempDir
    Path directory;

    /** A file with the content, packed by the program that people would take. */
    private Path packed(String suffix, byte[] content) throws IOException, InterruptedException {
        Path program = Path.of("/usr/bin", PROGRAMS.get(suffix));
        assumeTrue(
                Files.isExecutable(program) || Files.isExecutable(Path.of("/bin", PROGRAMS.get(suffix))),
                program + " is not installed");
        Path plain = Files.write(directory.resolve("plain"), content);
        Path packed = directory.resolve("a.ko" + suffix);
        int status = new ProcessBuilder(PROGRAMS.get(suffix), "-c")
                .redirectInput(plain.toFile())
                .redirectOutput(packed.toFile())
                .start()
                .waitFor();
        assertEquals(0, status);
        return packed;
    }

    private static String complaint(Path file, int most) {
        return assertThrows(IOException.class, () -> Decompressor.read(file, most))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ".xz", ".zst"})
    void givesBackWhatWasPacked(String suffix) throws Exception {
        byte[] content = new byte[70_001];
        new Random(20261122).nextBytes(content);
        Path packed = packed(suffix, content);
        assertTrue(Decompressor.isCompressed(packed));
        assertArrayEquals(content, Decompressor.read(packed, content.length));
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ".xz", ".zst"})
    void takesNoMoreThanItMay(String suffix) throws Exception {
        Path bomb = packed(suffix, new byte[64 << 20]);
        assertTrue(Files.size(bomb) < 100_000);
        assertEquals("a.ko" + suffix + " decompresses to more than 1 MiB", complaint(bomb, 1 << 20));
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ".xz", ".zst"})
    void saysInOneSentenceThatAFileIsDamaged(String suffix) throws Exception {
        byte[] content = new byte[70_001];
        new Random(20261123).nextBytes(content);
        byte[] whole = Files.readAllBytes(packed(suffix, content));
        Path cut = Files.write(directory.resolve("cut.ko" + suffix), Arrays.copyOf(whole, whole.length / 2));
        assertTrue(complaint(cut, 1 << 20).startsWith("cut.ko" + suffix + " cannot be decompressed ("));
        Path other = Files.write(directory.resolve("other.ko" + suffix), content);
        assertTrue(complaint(other, 1 << 20).startsWith("other.ko" + suffix + " cannot be decompressed ("));
        Path empty = Files.createFile(directory.resolve("empty.ko" + suffix));
        assertTrue(complaint(empty, 1 << 20).startsWith("empty.ko" + suffix + " cannot be decompressed ("));
    }

    /** The .xz File Format, 3.1: the first block's header stands behind 12 bytes and has its own CRC32. */
    @Test
    void lendsNoMemoryToAnXzFileThatAsksForMuch() throws Exception {
        byte[] bytes = Files.readAllBytes(packed(".xz", "content".getBytes()));
        int header = 12;
        int crc = header + bytes[header] * 4;
        assertEquals(0x21, bytes[header + 2], "LZMA2");
        // 512 MiB of dictionary.
        bytes[header + 4] = 34;
        CRC32 sum = new CRC32();
        sum.update(bytes, header, crc - header);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(crc, (int) sum.getValue());
        Path greedy = Files.write(directory.resolve("greedy.ko.xz"), bytes);
        assertEquals(
                0, new ProcessBuilder("xz", "-t", greedy.toString()).start().waitFor(), "the file itself is whole");
        assertTrue(complaint(greedy, 1 << 20).startsWith("greedy.ko.xz cannot be decompressed ("));
    }

    @Test
    void opensNothingButRegularFiles() throws IOException {
        Path named = Files.createDirectory(directory.resolve("directory.gz"));
        assertEquals("directory.gz is not a regular file", complaint(named, 10));
    }
}
