package org.hdrfix.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.hdrfix.fuzz.LongRun;
import org.junit.jupiter.api.Test;

/** No bytes make the reader throw, read much or wait. */
class HostileElfTest {
    private static final long SEED = 20261121;
    private static final int MUTANTS = LongRun.asked() ? 1_000_000 : 20_000;

    /** What one file may cost, whatever it holds: two windows' worth of slack above the documented 4 MiB. */
    private static final long MOST_READ = 4 * 1024 * 1024 + 16384;

    @Test
    void hasAnAnswerForEveryTruncation() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (byte[] bytes : specimens()) {
                for (int length = 0; length <= bytes.length; length++) {
                    byte[] cut = Arrays.copyOf(bytes, length);
                    assertSane(ElfReader.read(new MemoryChannel(cut)), length);
                }
            }
        });
    }

    @Test
    void callsEveryTruncationBeforeTheEndOfTheSegmentsMalformed() throws IOException {
        for (byte[] bytes : specimens()) {
            if (assertInstanceOf(ElfFile.class, ElfReader.read(new MemoryChannel(bytes)))
                    .isObject()) {
                continue;
            }
            ElfFile whole = (ElfFile) ElfReader.read(new MemoryChannel(bytes));
            Segment last = whole.segments().get(1);
            int end = (int) (last.offset() + last.fileSize());
            assertInstanceOf(MalformedElf.class, ElfReader.read(new MemoryChannel(Arrays.copyOf(bytes, end - 1))));
            ElfFile enough =
                    assertInstanceOf(ElfFile.class, ElfReader.read(new MemoryChannel(Arrays.copyOf(bytes, end))));
            assertEquals(whole.needed(), enough.needed());
        }
    }

    @Test
    void hasAnAnswerForEveryMutant() {
        System.out.println("HostileElfTest: seed " + SEED);
        Random random = new Random(SEED);
        List<byte[]> specimens = specimens();
        int[] kinds = new int[4];
        assertTimeoutPreemptively(Duration.ofMillis(10_000 + 3 * MUTANTS), () -> {
            for (int i = 0; i < MUTANTS; i++) {
                byte[] mutant = mutate(specimens.get(i % specimens.size()).clone(), random);
                MemoryChannel channel = new MemoryChannel(mutant);
                ElfReading reading = ElfReader.read(channel);
                assertSane(reading, mutant.length);
                assertTrue(channel.bytesRead() <= MOST_READ, () -> channel.bytesRead() + " bytes read");
                kinds[kind(reading)]++;
            }
        });
        // A mutator that only ever makes files that are refused at once would prove nothing.
        for (int kind : kinds) {
            assertTrue(kind > MUTANTS / 200, () -> "kinds of answers: " + Arrays.toString(kinds));
        }
    }

    @Test
    void readsLittleOfAHugeFile() throws IOException {
        long size = 15L << 40;
        byte[] bytes = ElfSpecimen.of("arm64").withoutSectionHeaders().bytes();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // The second PT_LOAD holds the rest of the file, and PT_DYNAMIC lies in the hole at its end.
        int load = 64 + 2 * 56;
        buffer.putLong(load + 32, size - buffer.getLong(load + 8));
        buffer.putLong(load + 40, size);
        buffer.putLong(load + 56 + 16, buffer.getLong(load + 16) + size - buffer.getLong(load + 8) - 64);
        MemoryChannel channel = new MemoryChannel(bytes, size, Integer.MAX_VALUE);
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(channel));
        assertEquals(List.of(), file.needed());
        assertTrue(channel.bytesRead() <= 3 * 8192, () -> channel.bytesRead() + " bytes read");
    }

    @Test
    void endsWhenNeededVersionsOverlap() throws IOException {
        // Entries of 16 bytes, one every 8: vn_version 1 and vn_cnt 0, then 8 as both vn_file and vn_next.
        assertEndsByCounting(overlapping(0x6ffffffeL, 1, 8));
    }

    @Test
    void endsWhenDefinedVersionsOverlap() throws IOException {
        // Entries of 20 bytes, one every 12: vd_version 1 and the base flag, then 12 as both vd_ndx and vd_next.
        assertEndsByCounting(overlapping(0x6ffffffcL, 0x10001, 12, 0));
    }

    @Test
    void endsWhenTheDynamicSectionDoesNot() throws IOException {
        byte[] bytes =
                ElfSpecimen.of("amd64").withoutSectionHeaders().padding(300_000).bytes();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int load = 64 + 2 * 56;
        int start = (int) buffer.getLong(load + 8);
        buffer.putLong(load + 32, bytes.length - start);
        buffer.putLong(load + 40, bytes.length);
        for (int at = start; at + 16 <= bytes.length; at += 16) {
            buffer.putLong(at, 1);
            buffer.putLong(at + 8, 1);
        }
        MemoryChannel channel = new MemoryChannel(bytes);
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(channel));
        assertEquals(
                "no DT_NULL in the first 4096 dynamic entries",
                file.dynamicDamage().orElseThrow().reason());
        assertTrue(channel.bytesRead() < 100_000, () -> channel.bytesRead() + " bytes read");
    }

    @Test
    void endsWhenThereAreTooManyNames() throws IOException {
        String[] libraries = new String[3000];
        Arrays.fill(libraries, "libsame.so");
        ElfFile file = assertInstanceOf(
                ElfFile.class,
                ElfReader.read(new MemoryChannel(
                        ElfSpecimen.of("amd64").needed(libraries).bytes())));
        assertEquals("more than 1024 names", file.dynamicDamage().orElseThrow().reason());
        assertEquals(1024, file.needed().size());
    }

    @Test
    void doesNotRememberALongName() throws IOException {
        byte[] bytes = ElfSpecimen.of("amd64").needed("lib" + "x".repeat(1021)).bytes();
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(new MemoryChannel(bytes)));
        assertEquals(
                "a name has no end within 1024 bytes",
                file.dynamicDamage().orElseThrow().reason());
    }

    @Test
    void endsWhenNamesAreScattered() throws IOException {
        String[] libraries = new String[1000];
        Arrays.setAll(libraries, i -> "lib" + i + ".so");
        int padding = 9_000_000;
        byte[] bytes = ElfSpecimen.of("amd64")
                .needed(libraries)
                .withoutSectionHeaders()
                .padding(padding)
                .bytes();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int load = 64 + 2 * 56;
        long offset = buffer.getLong(load + 8);
        long address = buffer.getLong(load + 16);
        buffer.putLong(load + 32, bytes.length - offset);
        buffer.putLong(load + 40, bytes.length);
        // Every name is an empty one in a block of its own.
        int entry = (int) buffer.getLong(load + 56 + 8);
        for (int i = 0; buffer.getLong(entry) != 0; entry += 16) {
            if (buffer.getLong(entry) == 1) {
                buffer.putLong(entry + 8, 8999L * i++);
            } else if (buffer.getLong(entry) == 5) {
                buffer.putLong(entry + 8, address + bytes.length - padding - offset);
            } else if (buffer.getLong(entry) == 10) {
                buffer.putLong(entry + 8, padding);
            }
        }
        MemoryChannel channel = new MemoryChannel(bytes);
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(channel));
        assertEquals(
                "tables are scattered over more than 512 blocks",
                file.dynamicDamage().orElseThrow().reason());
        assertTrue(channel.bytesRead() <= MOST_READ, () -> channel.bytesRead() + " bytes read");
    }

    private static void assertEndsByCounting(byte[] bytes) throws IOException {
        MemoryChannel channel = new MemoryChannel(bytes);
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(channel));
        assertEquals("more than 1024 names", file.dynamicDamage().orElseThrow().reason());
        assertTrue(channel.bytesRead() <= MOST_READ, () -> channel.bytesRead() + " bytes read");
    }

    /** A program whose table of versions repeats a pattern of words up to the end of the file. */
    private static byte[] overlapping(long tag, int... pattern) {
        byte[] bytes = ElfSpecimen.of("amd64")
                .versions("libc.so.6", "GLIBC_2.34")
                .defines("libown.so.1", "OWN_1")
                .withoutSectionHeaders()
                .padding(200_000)
                .bytes();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int load = 64 + 2 * 56;
        long offset = buffer.getLong(load + 8);
        long distance = buffer.getLong(load + 16) - offset;
        buffer.putLong(load + 32, bytes.length - offset);
        buffer.putLong(load + 40, bytes.length);
        int table = (bytes.length - 200_000 + 15) / 16 * 16;
        for (int i = 0; table + 4 * i + 4 <= bytes.length; i++) {
            buffer.putInt(table + 4 * i, pattern[i % pattern.length]);
        }
        for (int at = (int) buffer.getLong(load + 56 + 8); buffer.getLong(at) != 0; at += 16) {
            if (buffer.getLong(at) == tag) {
                buffer.putLong(at + 8, table + distance);
            } else if (buffer.getLong(at) == tag + 1) {
                buffer.putLong(at + 8, 0xffffffffL);
            } else if (buffer.getLong(at) >= 0x6ffffffcL) {
                // The other table of the two is none of this test's business.
                buffer.putLong(at, 0x6000000dL);
            }
        }
        return bytes;
    }

    private static List<byte[]> specimens() {
        List<byte[]> specimens = new ArrayList<>();
        for (String name : List.of("amd64", "armhf", "powerpc", "s390x")) {
            specimens.add(ElfSpecimen.of(name)
                    .needed("libm.so.6", "libc.so.6")
                    .versions("libm.so.6", "GLIBC_2.29")
                    .versions("libc.so.6", "GLIBC_2.4", "GLIBC_2.34")
                    .defines("libown.so.3", "OWN_1.0", "OWN_1.1")
                    .bytes());
        }
        specimens.add(ElfSpecimen.of("armel").type(ElfFile.ET_REL).arm(6).bytes());
        specimens.add(ElfSpecimen.of("arm64").linkedStatically().bytes());
        return specimens;
    }

    /** One to four changes: a bit, a byte, a number at a place where numbers stand, a cut, a copied range. */
    private static byte[] mutate(byte[] bytes, Random random) {
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(8)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> {
                    if (random.nextInt(4) == 0) {
                        bytes = Arrays.copyOf(bytes, Math.max(at, 1));
                    }
                }
                case 3 -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(64), bytes.length - Math.max(at, from));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
                case 4 -> bytes[random.nextInt(Math.min(8, bytes.length))] = (byte) random.nextInt(4);
                default -> putExtreme(bytes, at / 4 * 4, random);
            }
        }
        return bytes;
    }

    private static void putExtreme(byte[] bytes, int at, Random random) {
        long[] values = {0, 1, -1, 0x7fffffff, 0x80000000L, Long.MIN_VALUE, Long.MAX_VALUE, random.nextInt(2000)};
        long value = values[random.nextInt(values.length)];
        int size = 1 << random.nextInt(4);
        for (int i = 0; i < size && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >> 8 * (random.nextBoolean() ? i : size - 1 - i));
        }
    }

    private static int kind(ElfReading reading) {
        if (reading instanceof ElfFile file) {
            return file.dynamicDamage().isPresent() ? 1 : 0;
        }
        return reading instanceof MalformedElf ? 2 : 3;
    }

    private static void assertSane(ElfReading reading, int length) {
        if (reading instanceof MalformedElf malformed) {
            assertSane(malformed, length);
        } else if (reading instanceof ElfFile file) {
            file.dynamicDamage().ifPresent(damage -> assertSane(damage, length));
            file.interpreter().ifPresent(path -> assertTrue(path.indexOf('\0') < 0 && path.length() < 4096));
            assertTrue(file.needed().size() <= 1024);
        }
    }

    private static void assertSane(MalformedElf malformed, int length) {
        assertTrue(malformed.reason().chars().allMatch(letter -> letter >= 0x20 && letter <= 0x7e), malformed.reason());
        assertFalse(malformed.reason().isEmpty());
        assertTrue(malformed.offset() >= 0 && malformed.offset() <= length, malformed::toString);
    }
}
