package org.hdrfix.platform;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.hdrfix.elf.ArmAttributes;
import org.hdrfix.elf.ElfClass;
import org.hdrfix.elf.ElfFile;
import org.hdrfix.elf.HeadBytes;
import org.hdrfix.elf.MalformedElf;
import org.hdrfix.elf.Segment;

/** ELF files made by hand, field by field: a test says what matters to it, the rest is that of an ordinary program. */
final class MadeElf {
    private final ElfClass elfClass;
    private final ByteOrder order;
    private final int machine;
    private final int flags;
    private int type = ElfFile.ET_DYN;
    private byte[] head = {0x7f, 'E', 'L', 'F'};
    private Optional<String> interpreter = Optional.empty();
    private final Map<String, Set<String>> neededVersions = new LinkedHashMap<>();
    private final List<Segment> segments = new ArrayList<>(List.of(new Segment(0, 0x10000, 0x800, 0x800, 5, 0x10000)));
    private long entry = 0x10400;
    private int headerBytes = 0x1f8;
    private Optional<ArmAttributes> arm = Optional.empty();
    private Optional<MalformedElf> propertyDamage = Optional.empty();
    private Optional<MalformedElf> damage = Optional.empty();

    private MadeElf(int bits, ByteOrder order, int machine, int flags) {
        this.elfClass = bits == 64 ? ElfClass.ELF64 : ElfClass.ELF32;
        this.order = order;
        this.machine = machine;
        this.flags = flags;
    }

    static MadeElf little(int bits, int machine, int flags) {
        return new MadeElf(bits, ByteOrder.LITTLE_ENDIAN, machine, flags);
    }

    static MadeElf big(int bits, int machine, int flags) {
        return new MadeElf(bits, ByteOrder.BIG_ENDIAN, machine, flags);
    }

    static MadeElf amd64() {
        return little(64, 62, 0).interpreter("/lib64/ld-linux-x86-64.so.2");
    }

    static MadeElf i386() {
        return little(32, 3, 0).interpreter("/lib/ld-linux.so.2");
    }

    static MadeElf arm64() {
        return little(64, 183, 0).interpreter("/lib/ld-linux-aarch64.so.1");
    }

    static MadeElf armhf() {
        return little(32, 40, 0x5000400).interpreter("/lib/ld-linux-armhf.so.3");
    }

    static MadeElf armel() {
        return little(32, 40, 0x5000200).interpreter("/lib/ld-linux.so.3");
    }

    MadeElf statically() {
        interpreter = Optional.empty();
        type = ElfFile.ET_EXEC;
        return this;
    }

    MadeElf type(int value) {
        type = value;
        return this;
    }

    MadeElf interpreter(String path) {
        interpreter = Optional.of(path);
        return this;
    }

    MadeElf head(int... bytes) {
        head = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            head[i] = (byte) bytes[i];
        }
        return this;
    }

    MadeElf entry(long address) {
        entry = address;
        return this;
    }

    MadeElf headerBytes(int size) {
        headerBytes = size;
        return this;
    }

    MadeElf property(String reason) {
        propertyDamage = Optional.of(new MalformedElf(reason, 0x1a0));
        return this;
    }

    /** In the place of the segments that an ordinary program has. */
    MadeElf only(Segment... wanted) {
        segments.clear();
        segments.addAll(List.of(wanted));
        return this;
    }

    MadeElf needs(String library, String... versions) {
        neededVersions.put(library, Set.of(versions));
        return this;
    }

    MadeElf segment(long offset, long address) {
        segments.add(new Segment(offset, address, 0x123, 0x456, 6, 0x1000));
        return this;
    }

    MadeElf cpuArch(int tag) {
        arm = Optional.of(new ArmAttributes(OptionalInt.of(tag), Optional.of('A'), true));
        return this;
    }

    MadeElf floats(boolean hard) {
        arm = Optional.of(new ArmAttributes(OptionalInt.empty(), Optional.empty(), hard));
        return this;
    }

    MadeElf damaged(String reason) {
        damage = Optional.of(new MalformedElf(reason, 0x2e8));
        return this;
    }

    ElfFile file() {
        return new ElfFile(
                new HeadBytes(head),
                elfClass,
                order,
                type,
                machine,
                flags,
                entry,
                headerBytes,
                interpreter,
                List.of(),
                neededVersions,
                Set.of(),
                segments,
                arm,
                propertyDamage,
                damage);
    }
}
