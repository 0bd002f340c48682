package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoexecMountTest {
    private static final String ROOT = mount(22, "/", "rw,noatime");

    @TempDir
    private Path root;

    @Test
    void namesTheMountPointThatAPlaceLiesBelow() {
        String mounts = ROOT + mount(31, "/usr/src", "rw,nosuid,noexec,relatime");
        assertEquals(Optional.of("/usr/src"), noexec(mounts, "/usr/src/linux-headers-6.6.5"));
        assertEquals(Optional.of("/usr/src"), noexec(mounts, "/usr/src"));
        assertEquals(Optional.empty(), noexec(mounts, "/usr/src-6.6.5"));
        assertEquals(Optional.empty(), noexec(mounts, "/usr"));
        assertEquals(Optional.of("/"), noexec(mount(22, "/", "ro,noexec"), "/usr/src"));
    }

    @Test
    void asksTheNearestMountAndOfSeveralAtOnePlaceTheLast() {
        String below = ROOT + mount(29, "/usr", "rw,noexec") + mount(31, "/usr/src", "rw,relatime");
        assertEquals(Optional.empty(), noexec(below, "/usr/src/x"));
        assertEquals(Optional.of("/usr/src"), noexec(below + mount(32, "/usr/src", "rw,noexec"), "/usr/src/x"));
        assertEquals(
                Optional.empty(),
                noexec(below + mount(32, "/usr/src", "rw,noexec") + mount(33, "/usr/src", "rw"), "/usr/src/x"));
    }

    @Test
    void takesTheOptionForAWordAndNotForAPartOfOne() {
        assertEquals(Optional.empty(), noexec(ROOT + mount(31, "/usr/src", "rw,noexecute"), "/usr/src/x"));
    }

    @Test
    void readsNamesThatTheKernelHasEscaped() {
        String mounts = ROOT + mount(31, "/media/my\\040disk\\134\\0411", "rw,noexec");
        assertEquals(Optional.of("/media/my disk\\\\0411"), noexec(mounts, "/media/my disk\\\\0411/x"));
    }

    @Test
    void readsTheMountsOfTheRootAndNoneOfThisMachineForAnother() throws IOException {
        Path mountinfo = Files.createDirectories(root.resolve("proc/self")).resolve("mountinfo");
        Files.writeString(mountinfo, ROOT + mount(31, "/usr/src", "rw,noexec"));
        assertEquals(Optional.of("/usr/src"), MachineFacts.noexecMount(root, Path.of("/usr/src/x")));
        Files.delete(mountinfo);
        Files.delete(root.resolve("proc/self"));
        Files.delete(root.resolve("proc"));
        Files.createSymbolicLink(root.resolve("proc"), Path.of("/proc"));
        assertEquals(Optional.empty(), MachineFacts.noexecMount(root, Path.of("/proc")));
    }

    private static Optional<String> noexec(String mountinfo, String place) {
        return MachineFacts.noexecMount(mountinfo, Path.of(place));
    }

    private static String mount(int id, String point, String options) {
        return id + " 1 8:" + id + " / " + point + " " + options + " shared:1 - ext4 /dev/sda rw\n";
    }
}
