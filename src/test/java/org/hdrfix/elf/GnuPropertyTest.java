package org.hdrfix.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Notes of a static program, as arm64's kernel reads them: each sentence is one of its ways to say ENOEXEC or EIO. */
class GnuPropertyTest {
    private static final int NOTE = 0x200;
    private static final int FEATURES = 0xc0000000;

    @Test
    void takesANoteAsCompilersWriteIt() throws IOException {
        assertEquals(Optional.empty(), damage(note(4, 5, "GNU", FEATURES, 4, 3, 0), 32));
        assertEquals(Optional.empty(), damage(note(4, 5, "GNU", 1, 8, 0, 0, FEATURES, 4, 3, 0), 48));
        assertEquals(Optional.empty(), damage(note(4, 5, "GNU"), 16));
    }

    /** The kernel reads what the file has of it. */
    @Test
    void takesASegmentThatIsLongerThanTheFile() throws IOException {
        assertEquals(Optional.empty(), damage(note(4, 5, "GNU", FEATURES, 4, 3, 0), 1024));
    }

    @ParameterizedTest
    @CsvSource({
        "15, a GNU property note of less than 16 bytes",
        "0, a GNU property note of less than 16 bytes",
        "1025, a GNU property note of 1025 bytes (at most 1024)",
        "-1, a GNU property note of 18446744073709551615 bytes (at most 1024)",
        "24, 'a GNU property note with 16 bytes of properties, of which 8 are there'",
    })
    void refusesANoteOfAnotherSize(long size, String reason) throws IOException {
        assertEquals(Optional.of(reason), damage(note(4, 5, "GNU", FEATURES, 4, 3, 0), size));
    }

    @Test
    void refusesANoteOfAnotherKind() throws IOException {
        Optional<String> reason = Optional.of("a GNU property note that is not one of type 5, \"GNU\"");
        assertEquals(reason, damage(note(4, 1, "GNU", FEATURES, 4, 3, 0), 32));
        assertEquals(reason, damage(note(3, 5, "GNU", FEATURES, 4, 3, 0), 32));
        assertEquals(reason, damage(note(4, 5, "GNX", FEATURES, 4, 3, 0), 32));
    }

    @Test
    void refusesPropertiesThatDoNotFit() throws IOException {
        assertEquals(
                Optional.of("a GNU property note that ends within a property"),
                damage(note(4, 5, "GNU", FEATURES), 20));
        assertEquals(
                Optional.of("a GNU property note with a property of 9 bytes, of which 8 are there"),
                damage(note(4, 5, "GNU", 1, 9, 0, 0), 32));
        // Padded to 8 bytes in a 64-bit file.
        assertEquals(
                Optional.of("a GNU property note with a property of 4 bytes, of which 4 are there"),
                damage(note(4, 5, "GNU", FEATURES, 4, 3), 28));
    }

    @Test
    void refusesPropertiesOutOfOrder() throws IOException {
        Optional<String> reason = Optional.of("a GNU property note with properties out of order");
        assertEquals(reason, damage(note(4, 5, "GNU", 2, 0, 1, 0), 32));
        assertEquals(reason, damage(note(4, 5, "GNU", 2, 0, 2, 0), 32));
        assertEquals(reason, damage(note(4, 5, "GNU", FEATURES, 4, 3, 0, 7, 0), 40));
    }

    @Test
    void wantsFourBytesOfFeaturesOfArm64AndOfNobodyElse() throws IOException {
        ByteBuffer note = note(4, 5, "GNU", FEATURES, 8, 3, 0);
        assertEquals(
                Optional.of("a GNU property note with features of 8 bytes (wanted 4)"),
                damage(note, 32, ElfFile.EM_AARCH64, false));
        assertEquals(Optional.empty(), damage(note, 32, ElfFile.EM_X86_64, false));
    }

    /** The interpreter's own note counts then. */
    @Test
    void leavesOutTheNoteOfAProgramWithAnInterpreter() throws IOException {
        ByteBuffer note = note(4, 1, "GNU", FEATURES, 4, 3, 0);
        assertEquals(Optional.empty(), damage(note, 32, ElfFile.EM_AARCH64, true));
    }

    private static Optional<String> damage(ByteBuffer note, long size) throws IOException {
        return damage(note, size, ElfFile.EM_AARCH64, false);
    }

    /** What is said of a program of three program headers with that note at its end. */
    private static Optional<String> damage(ByteBuffer note, long size, int machine, boolean interpreted)
            throws IOException {
        ByteBuffer file = ByteBuffer.allocate(NOTE + note.limit()).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        file.putShort(16, (short) ElfFile.ET_EXEC).putShort(18, (short) machine).putLong(32, 64);
        file.putShort(54, (short) 56).putShort(56, (short) 3);
        header(file, 64, 1, 0, 0x100);
        header(file, 120, 0x6474e553, NOTE, size);
        header(file, 176, interpreted ? 3 : 0, 0x180, 3);
        file.put(0x180, (byte) '/').put(0x181, (byte) 'l');
        file.position(NOTE);
        file.put(note.duplicate());
        ElfFile read = assertInstanceOf(ElfFile.class, ElfReader.read(new MemoryChannel(file.array())));
        return read.propertyDamage().map(MalformedElf::reason);
    }

    private static void header(ByteBuffer file, int at, int type, long offset, long size) {
        file.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, 0x400000 + offset);
        file.putLong(at + 32, size).putLong(at + 40, size);
    }

    private static ByteBuffer note(int nameSize, int type, String name, int... properties) {
        ByteBuffer note = ByteBuffer.allocate(16 + 4 * properties.length).order(ByteOrder.LITTLE_ENDIAN);
        note.putInt(nameSize).putInt(4 * properties.length).putInt(type);
        note.put((byte) name.charAt(0))
                .put((byte) name.charAt(1))
                .put((byte) name.charAt(2))
                .put((byte) 0);
        for (int word : properties) {
            note.putInt(word);
        }
        return note.flip();
    }
}
