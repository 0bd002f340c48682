package org.hdrfix.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.patch.PatchResult.Applied;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers that byteshift.patch creates. */
class ByteshiftTest {
    private static final Map<String, Optional<byte[]>> HEADERS = headers();

    @Test
    void createsTheTwoHeadersAndNothingElse() {
        assertEquals(
                List.of("tools/include/tools/be_byteshift.h", "tools/include/tools/le_byteshift.h"),
                new ArrayList<>(HEADERS.keySet()));
    }

    @Test
    void eachHeaderDefinesItsTwelveFunctions() {
        int found = 0;
        for (String order : List.of("be", "le")) {
            String header = new String(
                    HEADERS.get("tools/include/tools/" + order + "_byteshift.h").orElseThrow(),
                    StandardCharsets.US_ASCII);
            for (int bits : List.of(16, 32, 64)) {
                String type = "uint" + bits + "_t";
                for (String definition : List.of(
                        "static inline " + type + " __get_unaligned_" + order + bits + "(const uint8_t *p)\n{",
                        "static inline void __put_unaligned_" + order + bits + "(" + type + " val, uint8_t *p)\n{",
                        "static inline " + type + " get_unaligned_" + order + bits + "(const void *p)\n{",
                        "static inline void put_unaligned_" + order + bits + "(" + type + " val, void *p)\n{")) {
                    assertTrue(header.contains(definition), definition);
                    found++;
                }
            }
        }
        assertEquals(24, found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gnu89", "gnu11"})
    void everyFunctionReadsAndWritesUnalignedValues(String standard, @TempDir Path directory) throws Exception {
        for (Map.Entry<String, Optional<byte[]>> header : HEADERS.entrySet()) {
            Path file = directory.resolve(header.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, header.getValue().orElseThrow());
        }
        Files.writeString(directory.resolve("test.c"), program());
        Process compiler = start(
                directory,
                "cc",
                "-std=" + standard,
                "-O2",
                "-Wall",
                "-Wextra",
                "-Wconversion",
                "-Wcast-qual",
                "-Werror",
                "-Itools/include",
                "-o",
                "test",
                "test.c");
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, compiler.waitFor(), said);

        Process test = start(directory, directory.resolve("test").toString());
        String output = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("48 right\n", output);
        assertEquals(0, test.waitFor());
    }

    /** Every function at every offset from 1 to 2, each with bytes of its own, and with guards on both sides. */
    private static String program() {
        StringBuilder program = new StringBuilder("#include <stdio.h>\n#include <string.h>\n"
                + "#include <tools/be_byteshift.h>\n#include <tools/le_byteshift.h>\n\n"
                + "static int right;\n\n"
                + "static void check(int ok, const char *name)\n{\n"
                + "\tif (ok)\n\t\tright++;\n\telse\n\t\tprintf(\"%s is wrong\\n\", name);\n}\n\n"
                + "int main(void)\n{\n\tuint8_t b[16], want[16];\n\n");
        int value = 0x81;
        for (int offset : List.of(1, 2)) {
            for (String order : List.of("be", "le")) {
                for (int bits : List.of(16, 32, 64)) {
                    for (String prefix : List.of("__", "")) {
                        int[] bytes = new int[bits / 8];
                        for (int i = 0; i < bytes.length; i++) {
                            bytes[i] = value = (value * 37 + 11) & 0xff;
                        }
                        program.append(check(prefix, order, bits, offset, bytes));
                    }
                }
            }
        }
        return program.append("\tprintf(\"%d right\\n\", right);\n\treturn right != 48;\n}\n")
                .toString();
    }

    private static String check(String prefix, String order, int bits, int offset, int[] bytes) {
        StringBuilder literal = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            int significant = order.equals("be") ? i : bytes.length - 1 - i;
            literal.append(String.format("%02x", bytes[significant]));
            expected.append("\twant[")
                    .append(offset + i)
                    .append("] = ")
                    .append(bytes[i])
                    .append(";\n");
        }
        String value = "0x" + literal + (bits == 64 ? "ULL" : "U");
        String get = prefix + "get_unaligned_" + order + bits;
        String put = prefix + "put_unaligned_" + order + bits;
        return "\tmemset(b, 0x5a, sizeof(b));\n\tmemset(want, 0x5a, sizeof(want));\n" + expected
                + "\t" + put + "(" + value + ", b + " + offset + ");\n"
                + "\tcheck(!memcmp(b, want, sizeof(b)), \"" + put + "\");\n"
                + "\tcheck(" + get + "(want + " + offset + ") == " + value + ", \"" + get + "\");\n";
    }

    private static Process start(Path directory, String... command) {
        try {
            return new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            System.out.println("BYTESHIFT HEADERS NOT COMPILED: " + e.getMessage());
            assumeTrue(false, "BYTESHIFT HEADERS NOT COMPILED: " + e.getMessage());
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Optional<byte[]>> headers() {
        PatchSet patch = BundledPatches.all().stream()
                .filter(bundled -> bundled.name().equals("byteshift"))
                .findFirst()
                .orElseThrow()
                .patch();
        return assertInstanceOf(Applied.class, patch.apply(path -> Optional.empty()))
                .changes();
    }
}
