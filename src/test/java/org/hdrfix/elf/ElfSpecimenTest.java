package org.hdrfix.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElfSpecimenTest {
    @ParameterizedTest
    @MethodSource("org.hdrfix.elf.ElfSpecimen#architectures")
    void makesTheSameOfADescriptionAndOfCalls(String name) {
        assertArrayEquals(
                ElfSpecimen.of(name)
                        .needed("libz.so.1")
                        .versions("libz.so.1", "ZLIB_1.2")
                        .bytes(),
                ElfSpecimen.parse("Architecture: " + name + "\nNeeded: libz.so.1\nVersions: libz.so.1 ZLIB_1.2\n"));
    }

    @Test
    void takesEveryKey() throws IOException {
        byte[] bytes = ElfSpecimen.parse("""
                # a comment
                Class: 32
                Order: big
                Machine: 40
                Flags: 0x5000400
                Os-Abi: 65
                Type: EXEC
                Interpreter: /lib/ld-odd.so.9
                Needed: liba.so.1
                 libb.so.2
                Versions: liba.so.1 A_1 A_2,
                 libb.so.2 B_3
                Defines: libd.so.4 D_5
                Align: 8192
                Congruent: 32768
                Arm-Cpu-Arch: 14
                Arm-Profile: M
                Arm-Hard-Float: yes
                Section-Headers: yes
                Padding: 77
                """);
        assertEquals(65, bytes[7]);
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(new MemoryChannel(bytes)));
        assertEquals(ElfFile.ET_EXEC, file.type());
        assertEquals(Optional.of("/lib/ld-odd.so.9"), file.interpreter());
        assertEquals(List.of("liba.so.1", "libb.so.2"), file.needed());
        assertEquals(Map.of("liba.so.1", Set.of("A_1", "A_2"), "libb.so.2", Set.of("B_3")), file.neededVersions());
        assertEquals(Set.of("D_5"), file.definedVersions());
        assertEquals(8192, file.segments().get(1).alignment());
        assertEquals(
                32768,
                Long.lowestOneBit(file.segments().get(1).address()
                        - file.segments().get(1).offset()));
        assertEquals(Optional.of(new ArmAttributes(OptionalInt.of(14), Optional.of('M'), true)), file.arm());
    }

    @Test
    void leavesOutWhatIsNone() throws IOException {
        byte[] bytes = ElfSpecimen.parse("Architecture: s390x\nInterpreter: none\nNeeded: none\n");
        ElfFile file = assertInstanceOf(ElfFile.class, ElfReader.read(new MemoryChannel(bytes)));
        assertEquals(Optional.empty(), file.interpreter());
        assertEquals(List.of(), file.needed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Architecture: sparc64",
                "Machin: 62",
                "Class: 33",
                "Order: middle",
                "Type: CORE",
                "Static: perhaps",
                "Class: 32\n\nClass: 64"
            })
    void refusesWhatItDoesNotKnow(String description) {
        assertThrows(IllegalArgumentException.class, () -> ElfSpecimen.parse(description));
    }
}
