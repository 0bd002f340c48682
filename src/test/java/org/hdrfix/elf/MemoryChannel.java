package org.hdrfix.elf;

import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file in memory that counts what is read of it. It can claim to be longer than its bytes: a hole of zeros follows. */
public final class MemoryChannel implements SeekableByteChannel {
    private final byte[] bytes;
    private final long size;
    private final int most;
    private long position;
    private long bytesRead;

    public MemoryChannel(byte[] bytes) {
        this(bytes, bytes.length, Integer.MAX_VALUE);
    }

    /**
     * @param size length that the file claims
     * @param most bytes that one call gives at most
     */
    MemoryChannel(byte[] bytes, long size, int most) {
        this.bytes = bytes;
        this.size = size;
        this.most = most;
    }

    long bytesRead() {
        return bytesRead;
    }

    @Override
    public int read(ByteBuffer into) {
        if (position >= size) {
            return -1;
        }
        int count = (int) Math.min(Math.min(into.remaining(), most), size - position);
        for (int i = 0; i < count; i++) {
            long at = position + i;
            into.put(at < bytes.length ? bytes[(int) at] : 0);
        }
        position += count;
        bytesRead += count;
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
        if (newPosition < 0 || newPosition > size) {
            throw new AssertionError("position " + newPosition + " of " + size);
        }
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int write(ByteBuffer from) {
        throw new AssertionError("a reader writes");
    }

    @Override
    public SeekableByteChannel truncate(long newSize) {
        throw new AssertionError("a reader truncates");
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
