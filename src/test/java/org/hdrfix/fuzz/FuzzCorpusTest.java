package org.hdrfix.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kept input, and changed ones, get an answer: no exception but the declared one, no second, no 32 MB. */
class FuzzCorpusTest {
    private static final long SEED = 20261121;

    /** Changed inputs of each target; in the long run as many as a day of real use would not show. */
    private static final int MUTANTS = LongRun.asked() ? 200_000 : 2_000;

    private static final long MOST_NANOSECONDS = 1_000_000_000;

    /** What is allocated in all is never less than what is in use at once. */
    private static final long MOST_BYTES = 32L << 20;

    @ParameterizedTest
    @EnumSource
    void answersEveryInput(FuzzTarget target) throws IOException {
        System.out.println("FuzzCorpusTest: " + target + ", seed " + SEED);
        List<byte[]> inputs = inputs(target);
        assertTrue(inputs.size() >= 3, target + " has " + inputs.size() + " inputs");
        // Classes are loaded once, and not by an input.
        target.read(inputs.get(0));
        for (byte[] input : inputs) {
            read(target, input);
        }
        Random random = new Random(SEED);
        for (int i = 0; i < MUTANTS; i++) {
            read(target, mutate(inputs, random));
        }
    }

    private static void read(FuzzTarget target, byte[] input) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long from = threads.getCurrentThreadCpuTime();
        try {
            target.read(input);
        } catch (RuntimeException e) {
            Path kept = Files.write(Path.of("target", "fuzz-" + target + "-failed"), input);
            throw new AssertionError("the input is in " + kept, e);
        }
        long nanoseconds = threads.getCurrentThreadCpuTime() - from;
        long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
        assertTrue(nanoseconds < MOST_NANOSECONDS, () -> nanoseconds + " ns for " + input.length + " bytes");
        assertTrue(bytes < MOST_BYTES, () -> bytes + " bytes allocated for " + input.length + " bytes");
    }

    private static List<byte[]> inputs(FuzzTarget target) throws IOException {
        try (Stream<Path> files = Files.list(target.corpus())) {
            return files.sorted().map(FuzzCorpusTest::bytes).toList();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** One to four changes: a byte, a cut, a piece of another input, a piece again and again. */
    private static byte[] mutate(List<byte[]> inputs, Random random) {
        byte[] bytes = inputs.get(random.nextInt(inputs.size())).clone();
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            if (bytes.length == 0) {
                return bytes;
            }
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = java.util.Arrays.copyOf(bytes, at);
                case 3 -> {
                    byte[] other = inputs.get(random.nextInt(inputs.size()));
                    int length = Math.min(random.nextInt(64), Math.min(other.length, bytes.length - at));
                    System.arraycopy(other, random.nextInt(other.length - length + 1), bytes, at, length);
                }
                default -> {
                    int length = Math.min(random.nextInt(40), bytes.length - at);
                    byte[] more = java.util.Arrays.copyOf(bytes, bytes.length + 20 * length);
                    for (int i = 0; i < 20; i++) {
                        System.arraycopy(bytes, at, more, bytes.length + i * length, length);
                    }
                    bytes = more;
                }
            }
        }
        return bytes;
    }
}
