package org.hdrfix.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens files for reading that somebody else may exchange meanwhile. Callers look first and open regular files only; but
 * between look and open(2) a FIFO can be put there, which blocks whoever opens it until it is opened for writing too
 * (fifo(7)), and Java can neither pass O_NONBLOCK nor interrupt that call. So what is being opened is noted, for a watch to
 * see what does not come back ({@link #stuck}); and a FIFO with somebody at its other end is refused once it is open, before
 * a read blocks.
 */
public final class Opening {
    private static final Map<Thread, Opening> UNDER_WAY = new ConcurrentHashMap<>();

    private final Path file;
    private int looks;

    private Opening(Path file) {
        this.file = file;
    }

    /** The content of a file. */
    public static InputStream stream(Path file, LinkOption... links) throws IOException {
        return Channels.newInputStream(channel(file, links));
    }

    public static SeekableByteChannel channel(Path file, LinkOption... links) throws IOException {
        SeekableByteChannel channel;
        begin(file);
        try {
            channel = Files.newByteChannel(file, (OpenOption[]) links);
        } finally {
            end();
        }
        try {
            // lseek(2) gives ESPIPE for a FIFO or a socket.
            channel.position();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    /** A file by the classes that a JVM has loaded before main() is reached. */
    public static RandomAccessFile random(String file) throws IOException {
        RandomAccessFile open;
        begin(Path.of(file));
        try {
            open = new RandomAccessFile(file, "r");
        } finally {
            end();
        }
        try {
            open.getFilePointer();
        } catch (IOException e) {
            open.close();
            throw e;
        }
        return open;
    }

    private static void begin(Path file) {
        UNDER_WAY.put(Thread.currentThread(), new Opening(file));
    }

    private static void end() {
        UNDER_WAY.remove(Thread.currentThread());
    }

    /**
     * Looks at what is being opened now; for one watch, which calls it at intervals. It counts looks, not seconds: a
     * process that is stopped for a while is not stuck.
     *
     * @param looks how often one opening must have been seen before
     * @return a file that was being opened then as well
     */
    public static Optional<Path> stuck(int looks) {
        for (Opening opening : UNDER_WAY.values()) {
            if (opening.looks++ >= looks) {
                return Optional.of(opening.file);
            }
        }
        return Optional.empty();
    }
}
