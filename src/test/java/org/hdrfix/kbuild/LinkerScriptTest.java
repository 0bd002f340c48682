package org.hdrfix.kbuild;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the preprocessor makes of a linker script is believed only where it is one. */
class LinkerScriptTest {
    private static final List<String> ARGUMENTS = List.of("-E", "-P", "-nostdinc", "-Iinclude", "-DOWN=.own");

    @TempDir
    Path temp;

    private Path tree;

    @BeforeEach
    void makesATree() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "no compiler");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        tree = Files.createDirectories(temp.toRealPath().resolve("tree"));
        Files.createDirectories(tree.resolve("scripts"));
        Files.createDirectories(tree.resolve("include"));
    }

    @Test
    void expandsWhatTheSourceIncludes() throws IOException {
        Files.writeString(tree.resolve("include/more.h"), "SECTIONS { OWN : { *(OWN) } }\n");

        assertEquals(Optional.of("SECTIONS { .own : { *(.own) } }\n"), made("/* script */\n#include <more.h>\n"));
    }

    @Test
    void refusesWhatFailsAndWhatIsNoLinkerScript() throws IOException {
        assertEquals(Optional.empty(), made("#include <not-there.h>\nSECTIONS { }\n"));
        assertEquals(Optional.empty(), made("nothing of the kind\n"));
        assertEquals(Optional.empty(), made(""));
        assertEquals(Optional.empty(), made("#left over\nSECTIONS { }\n"));
    }

    @Test
    void keepsWhatTheCompilerSaysAndWritesNothingToTheTree() throws IOException {
        made("#include <not-there.h>\n");

        assertTrue(Files.readString(temp.resolve("log")).contains("not-there.h: No such file"));
        assertTrue(Files.notExists(tree.resolve("scripts/module.lds")));
    }

    private Optional<String> made(String source) throws IOException {
        Files.writeString(tree.resolve("scripts/module.lds.S"), source);
        try (Stage stage = new CopyStage(tree)) {
            return LinkerScript.make(stage, "/usr/bin/cc", "scripts/module.lds.S", ARGUMENTS, temp.resolve("log"))
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
