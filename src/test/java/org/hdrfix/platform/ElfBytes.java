package org.hdrfix.platform;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The smallest ELF files on disk that a reader of systems looks at: a static program, and a library with versions. */
final class ElfBytes {
    private static final int EHDR64 = 64;
    private static final int PHDR64 = 56;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;

    private ElfBytes() {}

    /** A static program of one segment. */
    static byte[] program(int bits, ByteOrder order, int machine, int flags) {
        return bits == 64 ? program64(order, machine, flags) : program32(order, machine, flags);
    }

    private static byte[] program64(ByteOrder order, int machine, int flags) {
        ByteBuffer file = header64(order, 2, machine, flags, 1, 120);
        header(file, PT_LOAD, 0, 120);
        return file.array();
    }

    private static byte[] program32(ByteOrder order, int machine, int flags) {
        ByteBuffer file = ByteBuffer.allocate(84).order(order);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 1, endianness(order), 1}).position(16);
        file.putShort((short) 2).putShort((short) machine).putInt(1);
        file.putInt(0x10054).putInt(52).putInt(0).putInt(flags);
        file.putShort((short) 52).putShort((short) 32).putShort((short) 1);
        file.putShort((short) 40).putShort((short) 0).putShort((short) 0);
        file.putInt(PT_LOAD).putInt(0).putInt(0x10000).putInt(0x10000);
        file.putInt(84).putInt(84).putInt(5).putInt(0x1000);
        return file.array();
    }

    /** A 64-bit little-endian library whose .gnu.version_d defines these versions. */
    static byte[] library64(int machine, String... versions) {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        names.write(0);
        int[] nameAt = new int[versions.length];
        for (int i = 0; i < versions.length; i++) {
            nameAt[i] = names.size();
            names.writeBytes(versions[i].getBytes(StandardCharsets.US_ASCII));
            names.write(0);
        }
        while (names.size() % 8 != 0) {
            names.write(0);
        }
        int dynamicAt = EHDR64 + 2 * PHDR64;
        int namesAt = dynamicAt + 5 * 16;
        int verdefAt = namesAt + names.size();
        int size = verdefAt + versions.length * 28;

        ByteBuffer file = header64(ByteOrder.LITTLE_ENDIAN, 3, machine, 0, 2, size);
        header(file, PT_LOAD, 0, size);
        header(file, PT_DYNAMIC, dynamicAt, 5 * 16);
        file.putLong(5).putLong(namesAt); // DT_STRTAB
        file.putLong(10).putLong(names.size()); // DT_STRSZ
        file.putLong(0x6ffffffc).putLong(verdefAt); // DT_VERDEF
        file.putLong(0x6ffffffd).putLong(versions.length); // DT_VERDEFNUM
        file.putLong(0).putLong(0);
        file.put(names.toByteArray());
        for (int i = 0; i < versions.length; i++) {
            boolean isLast = i == versions.length - 1;
            file.putShort((short) 1)
                    .putShort((short) 0)
                    .putShort((short) (i + 1))
                    .putShort((short) 1);
            file.putInt(0).putInt(20).putInt(isLast ? 0 : 28);
            file.putInt(nameAt[i]).putInt(0);
        }
        return file.array();
    }

    private static ByteBuffer header64(ByteOrder order, int type, int machine, int flags, int headers, int size) {
        ByteBuffer file = ByteBuffer.allocate(size).order(order);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, endianness(order), 1}).position(16);
        file.putShort((short) type).putShort((short) machine).putInt(1);
        file.putLong(120).putLong(EHDR64).putLong(0).putInt(flags);
        file.putShort((short) EHDR64).putShort((short) PHDR64).putShort((short) headers);
        return file.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    }

    private static void header(ByteBuffer file, int type, long offset, long size) {
        file.putInt(type).putInt(5).putLong(offset).putLong(offset).putLong(offset);
        file.putLong(size).putLong(size).putLong(type == PT_LOAD ? 0x10000 : 8);
    }

    private static byte endianness(ByteOrder order) {
        return (byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2);
    }
}
