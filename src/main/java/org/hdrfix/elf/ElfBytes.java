package org.hdrfix.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of one file through two windows: its first block, which holds all that most answers need, and one that
 * moves. Nothing is ever read as a whole, so the size a file claims costs neither time nor memory.
 */
final class ElfBytes {
    /** What is read of every file: enough for binfmt_misc's 128 bytes, the ELF header and the first line of a script. */
    static final int FIRST_READ = 256;

    /** Size of a window, bytes; linkers put program headers, interpreter and often .dynstr in the first one. */
    private static final int BLOCK = 8192;

    /** Longest thing that is read in one piece: a window starts at a multiple of this, so it always holds as much. */
    private static final int PIECE = BLOCK / 2;

    /** Bound on the work that offsets in the file can cause: 4 MiB; the largest real libc.so.6 takes a few dozen. */
    private static final int MAX_REFILLS = 512;

    private final Source source;
    private byte[] head = new byte[FIRST_READ];
    private ByteBuffer headView = ByteBuffer.wrap(head);
    private int headLength;
    private byte[] window = {};
    private ByteBuffer windowView = ByteBuffer.wrap(window);
    private long windowStart;
    private int windowLength;
    private int refills;
    private long size;
    private ElfClass elfClass = ElfClass.ELF32;

    ElfBytes(Source source) throws IOException {
        this.source = source;
        headLength = source.read(0, head, 0, FIRST_READ);
        size = headLength;
    }

    /** The first bytes, at most {@link #FIRST_READ}. */
    byte[] firstBytes() {
        return Arrays.copyOf(head, Math.min(headLength, FIRST_READ));
    }

    /** From here on numbers are read as this class and byte order, and the whole file is within reach. */
    void become(ElfClass elfClass, ByteOrder order) throws IOException {
        this.elfClass = elfClass;
        headView.order(order);
        windowView.order(order);
        size = Math.max(source.size(), headLength);
    }

    /** Length of the file in bytes; before {@link #become}, of what was read of it. */
    long size() {
        return size;
    }

    int unsignedByte(long offset) throws IOException, Damage {
        return at(offset, 1).get() & 0xff;
    }

    int half(long offset) throws IOException, Damage {
        return at(offset, 2).getShort() & 0xffff;
    }

    long word(long offset) throws IOException, Damage {
        return at(offset, 4).getInt() & 0xffffffffL;
    }

    /** An address, an offset or a size of the file's class. One of 64 bits with the highest set comes as negative. */
    long nativeWord(long offset) throws IOException, Damage {
        return elfClass == ElfClass.ELF64 ? at(offset, 8).getLong() : word(offset);
    }

    /** How many bytes such a number takes. */
    int nativeSize() {
        return elfClass == ElfClass.ELF64 ? 8 : 4;
    }

    /**
     * A text that ends with a NUL, one char for each byte.
     *
     * @param limit bytes that it may take up, its NUL included
     */
    String text(long offset, long limit) throws IOException, Damage {
        int most = (int) Math.min(Math.min(limit, PIECE), size - offset);
        if (most <= 0) {
            throw new Damage("a name starts beyond what may hold it", offset);
        }
        ByteBuffer piece = at(offset, most);
        int start = piece.position();
        for (int end = start; end < start + most; end++) {
            if (piece.get(end) == 0) {
                return new String(piece.array(), start, end - start, StandardCharsets.ISO_8859_1);
            }
        }
        throw new Damage("a name has no end within " + most + " bytes", offset);
    }

    /**
     * A part of the file in one piece, for tables that are read out of order.
     *
     * @param most bytes that such a table may have
     */
    ByteBuffer piece(long offset, long length, int most) throws IOException, Damage {
        if (length < 0 || length > most) {
            throw new Damage("a table of " + Long.toUnsignedString(length) + " bytes (at most " + most + ")", offset);
        }
        if (!holds(offset, length)) {
            throw new Damage("a table ends beyond the file, which ends at byte " + size, offset);
        }
        byte[] piece = new byte[(int) length];
        int count = length == 0 ? 0 : source.read(offset, piece, 0, piece.length);
        requireRead(count == piece.length, offset + count);
        return ByteBuffer.wrap(piece).order(headView.order());
    }

    /** Whether a range lies inside the file; an offset or length that is negative was beyond 2^63. */
    boolean holds(long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    private ByteBuffer at(long offset, int length) throws IOException, Damage {
        if (!holds(offset, length)) {
            throw new Damage(
                    "the file ends at byte " + size + ", " + length + " bytes were wanted at byte "
                            + Long.toUnsignedString(offset),
                    size);
        }
        if (offset + length <= BLOCK) {
            growHead((int) offset + length);
            return headView.position((int) offset);
        }
        if (offset < windowStart || offset + length > windowStart + windowLength) {
            moveWindow(offset, length);
        }
        return windowView.position((int) (offset - windowStart));
    }

    private void growHead(int wanted) throws IOException, Damage {
        if (wanted <= headLength) {
            return;
        }
        if (head.length < BLOCK) {
            // Only now: for the many files that are no programs, clearing a block would take longer than reading them.
            head = Arrays.copyOf(head, BLOCK);
            headView = ByteBuffer.wrap(head).order(headView.order());
        }
        headLength += source.read(headLength, head, headLength, BLOCK - headLength);
        requireRead(wanted <= headLength, headLength);
    }

    private void moveWindow(long offset, int length) throws IOException, Damage {
        if (++refills > MAX_REFILLS) {
            throw new Damage("tables are scattered over more than " + MAX_REFILLS + " blocks", offset);
        }
        if (window.length == 0) {
            window = new byte[BLOCK];
            windowView = ByteBuffer.wrap(window).order(headView.order());
        }
        windowStart = offset - offset % PIECE;
        windowLength = source.read(windowStart, window, 0, BLOCK);
        requireRead(offset + length <= windowStart + windowLength, windowStart + windowLength);
    }

    private static void requireRead(boolean enough, long end) throws Damage {
        if (!enough) {
            throw new Damage("the file was cut off at byte " + end + " while it was read", end);
        }
    }
}
