package org.hdrfix.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymbolVersionsTest {
    @TempDir
    Path directory;

    private Map<String, Long> of(String text) throws IOException {
        return SymbolVersions.read(Files.writeString(directory.resolve("Module.symvers"), text));
    }

    @Test
    void readsTheLinesOfOldAndNewKernels() throws IOException {
        assertEquals(
                Map.of("module_layout", 0x9060323fL, "kfree", 0x37a0cbaL),
                of("0x9060323f\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\n0x037a0cba\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n"));
    }

    @Test
    void leavesOutWhatItDoesNotUnderstand() throws IOException {
        assertEquals(
                Map.of("good", 1L),
                of(
                        "\nmodule_layout\n0x\tempty\tv\n0xzz\tletters\tv\n0x123456789\tlong\tv\n0x2\tnothing\n0x3\t\tv\n0x1\tgood\tv\n"));
        assertEquals(Map.of(), SymbolVersions.read(directory));
        assertEquals(Map.of(), SymbolVersions.read(directory.resolve("missing")));
    }

    @Test
    void believesNoTableWithMoreSymbolsThanAnyKernelHas() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200_500; i++) {
            text.append("0x1\ts").append(i).append("\tv\n");
        }
        assertEquals(0, of(text.toString()).size());
    }
}
