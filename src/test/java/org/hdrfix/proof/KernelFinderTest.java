package org.hdrfix.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.hdrfix.elf.ElfClass;
import org.hdrfix.elf.ModuleSpecimen;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.KernelRelease;
import org.hdrfix.tree.TreeLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFinderTest {
    private static final String RELEASE = "6.1.2-made";

    @TempDir
    Path temp;

    private Path root;

    @BeforeEach
    void resolvesTheRoot() throws IOException {
        root = temp.toRealPath();
    }

    private static ModuleSpecimen specimen() {
        return new ModuleSpecimen(ElfClass.ELF64, ByteOrder.LITTLE_ENDIAN, 183);
    }

    private Path put(String path, byte[] content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    private HeaderTree tree(String release, String... links) {
        return new HeaderTree(
                root.resolve("t"),
                "/t",
                new KernelRelease(release),
                TreeLayout.of(root.resolve("t")),
                Optional.empty(),
                List.of(links));
    }

    private KernelFinder finder() {
        return new KernelFinder(root, Optional.empty());
    }

    @Test
    void takesTheFirstUsefulModuleOfEachDirectory() throws IOException {
        String kernel = "lib/modules/" + RELEASE + "/kernel/";
        put(kernel + "crypto/aaa.ko", specimen().layout(0x380, 0x138, -1).bytes());
        put(kernel + "crypto/bbb.ko", specimen().bytes());
        put(kernel + "crypto/ccc.ko", specimen().bytes());
        put(kernel + "fs/deep/er/ddd.ko", specimen().bytes());
        put(kernel + "fs/readme", specimen().bytes());
        put(kernel + "net/broken.ko", new byte[] {0x7f, 'E', 'L', 'F', 9});
        Kernel found = finder().of(tree(RELEASE)).orElseThrow();
        assertEquals(
                List.of("/" + kernel + "crypto/bbb.ko", "/" + kernel + "fs/deep/er/ddd.ko"),
                List.copyOf(found.modules().keySet()));
        assertEquals(RELEASE, found.release().value());
    }

    @Test
    void goesByTheBuildLinkBeforeTheTreesOwnWord() throws IOException {
        put(
                "lib/modules/6.1.3-linked/kernel/fs/a.ko",
                specimen().vermagic("6.1.3-linked SMP ").bytes());
        put("lib/modules/" + RELEASE + "/kernel/fs/a.ko", specimen().bytes());
        assertEquals(
                "6.1.3-linked",
                finder().of(tree(RELEASE, "6.1.3-linked"))
                        .orElseThrow()
                        .release()
                        .value());
        assertEquals(
                RELEASE,
                finder().of(tree(RELEASE, "6.1.3-linked", RELEASE))
                        .orElseThrow()
                        .release()
                        .value());
    }

    @Test
    void leavesOutOneOfAnotherKernel() throws IOException {
        String kernel = "lib/modules/" + RELEASE + "/kernel/";
        put(kernel + "a/odd.ko", specimen().vermagic("5.10.1 SMP ").bytes());
        put(kernel + "b/one.ko", specimen().bytes());
        put(kernel + "c/two.ko", specimen().bytes());
        assertEquals(2, finder().of(tree(RELEASE)).orElseThrow().modules().size());
    }

    @Test
    void readsGzippedModulesAndTheConfigurationInBoot() throws IOException {
        Path module = root.resolve("lib/modules/" + RELEASE + "/kernel/fs/a.ko.gz");
        Files.createDirectories(module.getParent());
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(module))) {
            out.write(specimen().bytes());
        }
        put("boot/config-" + RELEASE, "CONFIG_SMP=y\nCONFIG_MODULE_SIG=y\n".getBytes());
        Kernel found = finder().of(tree(RELEASE)).orElseThrow();
        assertEquals("/boot/config-" + RELEASE, found.configurationPlace());
        assertTrue(found.configuration().orElseThrow().isOn("SMP"));
        assertEquals(new SignaturePolicy(Optional.empty(), false), found.signatures());
    }

    @Test
    void takesAnUnpackedPackageADirectoryOrOneModule() throws IOException {
        Path module = put(
                "image/lib/modules/" + RELEASE + "/kernel/fs/a.ko", specimen().bytes());
        put("image/boot/config-" + RELEASE, "CONFIG_MODULE_SIG_FORCE=y\n".getBytes());
        for (Path reference : List.of(root.resolve("image"), root.resolve("image/lib/modules/" + RELEASE), module)) {
            Kernel found = finder().named(reference).orElseThrow();
            assertEquals(1, found.modules().size());
            assertEquals(
                    Optional.of("CONFIG_MODULE_SIG_FORCE=y"), found.signatures().refusal());
        }
    }

    @Test
    void saysWhyThereIsNone() throws IOException {
        KernelFinder finder = finder();
        assertEquals(Optional.empty(), finder.of(tree("9.9.9")));
        assertEquals("no modules in /lib/modules/9.9.9/kernel", finder.trouble());
        put("lib/modules/" + RELEASE + "/kernel/fs/a.ko", "#!/bin/sh\n".getBytes());
        assertEquals(Optional.empty(), finder.of(tree(RELEASE)));
        assertTrue(finder.trouble().endsWith("a.ko is no module: a script: #!/bin/sh"), finder.trouble());
        assertEquals(Optional.empty(), finder.named(root));
        put("lib/modules/second/kernel/fs/a.ko", specimen().bytes());
        assertEquals(Optional.empty(), finder.named(root));
        assertTrue(finder.trouble().endsWith("name one of them"), finder.trouble());
    }

    @Test
    void aRunningKernelSaysWhetherItIsLockedDown() throws IOException {
        Optional<Path> here = Optional.of(root);
        put("proc/cmdline", "root=/dev/sda1 quiet\n".getBytes());
        put("sys/kernel/security/lockdown", "[none] integrity confidentiality\n".getBytes());
        assertEquals(new SignaturePolicy(Optional.empty(), true), SignaturePolicy.of(Optional.empty(), here));
        put("sys/kernel/security/lockdown", "none [integrity] confidentiality\n".getBytes());
        assertTrue(SignaturePolicy.of(Optional.empty(), here)
                .refusal()
                .orElseThrow()
                .startsWith("lockdown"));
        put("proc/cmdline", "quiet module.sig_enforce=1\n".getBytes());
        assertTrue(SignaturePolicy.of(Optional.empty(), here)
                .refusal()
                .orElseThrow()
                .contains("cmdline"));
        put("sys/module/module/parameters/sig_enforce", "Y\n".getBytes());
        assertTrue(SignaturePolicy.of(Optional.empty(), here)
                .refusal()
                .orElseThrow()
                .contains("is on"));
    }
}
