package org.hdrfix.kbuild;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JailTest {
    @TempDir
    Path temp;

    /** The small board's kernel is of that kind: no repair came about there. */
    @Test
    void aKernelWithoutUserNamespacesHasAllUsers() throws Exception {
        assertTrue(Jail.isMapped(temp.resolve("uid_map")));
    }

    @Test
    void aContainerHasTheUsersThatItsMapSays() throws Exception {
        Path map = temp.resolve("uid_map");
        Files.writeString(map, "         0          0 4294967295\n");
        assertTrue(Jail.isMapped(map));
        Files.writeString(map, "         0     100000      65536\n");
        assertTrue(Jail.isMapped(map));
        Files.writeString(map, "         0       1000          1\n         1     100000       1000\n");
        assertFalse(Jail.isMapped(map));
    }
}
