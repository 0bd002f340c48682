package org.hdrfix.elf;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Where the bytes of one file come from. */
interface Source {
    /**
     * Reads bytes from an offset on.
     *
     * @param offset bytes from the start, not beyond the end
     * @param length at least 1
     * @return how many bytes were read, less than {@code length} at the end of the file only
     */
    int read(long offset, byte[] into, int at, int length) throws IOException;

    /** Length in bytes. */
    long size() throws IOException;

    /** Of an open file, by the classes that a JVM has loaded before main() is reached. */
    final class OpenFile implements Source {
        private final RandomAccessFile file;
        private long position;

        /** The file stands at its start. */
        OpenFile(RandomAccessFile file) {
            this.file = file;
        }

        @Override
        public int read(long offset, byte[] into, int at, int length) throws IOException {
            if (position != offset) {
                file.seek(offset);
                position = offset;
            }
            int count = 0;
            while (count < length) {
                int more = file.read(into, at + count, length - count);
                if (more <= 0) {
                    break;
                }
                count += more;
            }
            position += count;
            return count;
        }

        @Override
        public long size() throws IOException {
            return file.length();
        }
    }

    /** Of an open channel. */
    record OpenChannel(SeekableByteChannel channel) implements Source {
        @Override
        public int read(long offset, byte[] into, int at, int length) throws IOException {
            channel.position(offset);
            ByteBuffer buffer = ByteBuffer.wrap(into, at, length);
            while (buffer.hasRemaining() && channel.read(buffer) > 0) {
                // A channel may give less than was asked for.
            }
            return length - buffer.remaining();
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }
    }

    /** Of bytes that are in memory: what was decompressed. */
    record Bytes(byte[] content) implements Source {
        @Override
        public int read(long offset, byte[] into, int at, int length) {
            int count = (int) Math.max(0, Math.min(length, content.length - offset));
            System.arraycopy(content, (int) Math.min(offset, content.length), into, at, count);
            return count;
        }

        @Override
        public long size() {
            return content.length;
        }
    }
}
