package org.hdrfix.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Opening} does when a FIFO is where a file was a moment ago. */
class OpeningTest {
    @TempDir
    Path directory;

    private Path fifo() throws Exception {
        Path mkfifo = Path.of("/usr/bin/mkfifo");
        assumeTrue(Files.isExecutable(mkfifo));
        Path fifo = directory.resolve("fifo");
        assertEquals(
                0,
                new ProcessBuilder(mkfifo.toString(), fifo.toString()).start().waitFor());
        return fifo;
    }

    @Test
    void readsFiles() throws IOException {
        byte[] content = {1, 2, 3};
        Path file = Files.write(directory.resolve("file"), content);
        try (InputStream in = Opening.stream(file)) {
            assertArrayEquals(content, in.readAllBytes());
        }
        try (RandomAccessFile open = Opening.random(file.toString())) {
            assertEquals(1, open.read());
        }
        assertThrows(IOException.class, () -> Opening.stream(directory.resolve("none")));
        assertEquals(Optional.empty(), stuckBelow());
    }

    /** The other tests of this JVM open files as well. */
    private Optional<Path> stuckBelow() {
        return Opening.stuck(0).filter(file -> file.startsWith(directory));
    }

    @Test
    void namesAFifoThatDoesNotOpen() throws Exception {
        Path fifo = fifo();
        FutureTask<String> stream = new FutureTask<>(() -> {
            try (InputStream in = Opening.stream(fifo)) {
                return "opened, read " + in.read();
            } catch (IOException e) {
                return "refused";
            }
        });
        FutureTask<String> random = new FutureTask<>(() -> {
            try (RandomAccessFile open = Opening.random(fifo.toString())) {
                return "opened, read " + open.read();
            } catch (IOException e) {
                return "refused";
            }
        });
        for (FutureTask<String> opens : java.util.List.of(stream, random)) {
            Thread thread = new Thread(opens);
            thread.setDaemon(true);
            thread.start();
            assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
                while (!Opening.stuck(3).equals(Optional.of(fifo))) {
                    Thread.sleep(1);
                }
                FileChannel other = FileChannel.open(fifo, StandardOpenOption.WRITE);
                assertEquals("refused", opens.get());
                other.close();
            });
        }
        assertEquals(Optional.empty(), stuckBelow());
    }

    /** With somebody at the other end open(2) returns, and it is read(2) that would wait. */
    @Test
    void refusesAFifoThatOpens() throws Exception {
        Path fifo = fifo();
        Process other = new ProcessBuilder("sh", "-c", "exec sleep 60 <>\"$0\" 3>\"$0\"", fifo.toString()).start();
        try {
            assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
                assertThrows(IOException.class, () -> Opening.stream(fifo));
                assertThrows(IOException.class, () -> Opening.random(fifo.toString()));
            });
        } finally {
            other.destroyForcibly();
        }
    }
}
