package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InsideRootTest {
    @TempDir
    private Path root;

    @Test
    void givesThePlaceOnThisMachineThatAPathOfTheSystemLeadsTo() throws IOException {
        Path tree = Files.createDirectories(root.resolve("usr/src/linux-headers-5.4.7"));
        Files.createDirectories(root.resolve("lib/modules/5.4.7"));
        Files.createSymbolicLink(root.resolve("lib/modules/5.4.7/build"), Path.of("/usr/src/linux-headers-5.4.7"));
        assertEquals(Optional.of(tree), InsideRoot.resolve(root, "/lib/modules/5.4.7/build"));
    }

    @Test
    void doesNotPassThroughAFileAndGivesNothingForARootThatIsNotThere() throws IOException {
        Files.writeString(root.resolve("Makefile"), "VERSION = 5\n");
        assertEquals(Optional.empty(), InsideRoot.resolve(root, "/Makefile/../Makefile"));
        assertEquals(Optional.empty(), InsideRoot.resolve(root.resolve("absent"), "/"));
    }

    @Test
    void seesAPlaceAsTheSystemDoes() {
        assertEquals("/usr/src/x", InsideRoot.seenFrom(root, root.resolve("usr/src/x")));
        assertEquals("/", InsideRoot.seenFrom(root, root));
        assertEquals("/opt/y", InsideRoot.seenFrom(root, Path.of("/opt/y")));
        assertEquals("/opt/z", InsideRoot.seenFrom(Path.of("/"), Path.of("/opt/z")));
    }
}
