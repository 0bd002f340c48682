package org.hdrfix.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hdrfix.catalogue.CatalogueException;
import org.junit.jupiter.api.Test;

class BundledPatchesTest {
    private static final String DIFF = "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n";

    @Test
    void everyPatchOfTheFolderStandsInTheSeriesOnce() throws IOException {
        Path folder = Path.of("patches");
        try (Stream<Path> files = Files.list(folder)) {
            List<String> present = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("series"))
                    .sorted()
                    .toList();
            assertEquals(
                    present,
                    BundledPatches.series(Files.readString(folder.resolve("series"))).stream()
                            .sorted()
                            .toList());
        }
    }

    @Test
    void everyPatchSaysWhatItCuresAndWhere() {
        assertFalse(BundledPatches.all().isEmpty());
        for (BundledPatch patch : BundledPatches.all()) {
            assertFalse(patch.cures().isEmpty(), patch.name());
            assertFalse(patch.description().isBlank(), patch.name());
            assertFalse(patch.present().allOf().isEmpty(), patch.name());
        }
    }

    @Test
    void isReadOnce() {
        assertSame(BundledPatches.all(), BundledPatches.all());
    }

    @Test
    void seriesHoldsNamesAndComments() {
        assertEquals(List.of("a.patch", "b-2.patch"), BundledPatches.series("# all\n\na.patch # first\n b-2.patch\n"));
        assertThrows(CatalogueException.class, () -> BundledPatches.series("a.patch -p2\n"));
        assertThrows(CatalogueException.class, () -> BundledPatches.series("../a.patch\n"));
    }

    @Test
    void readsTheHeaderUpToABlankLineOrTheDiff() {
        String header = "Description: Title\n More\nKernels: 4.4-4.19\nCures: one two\nPresent: p | q\nAbsent: r\n";
        for (String between : List.of("", "\nFree text: more\n", "---\n", "\n---\n p | 1 +\n\n")) {
            BundledPatch patch = read("name.patch", header + between + DIFF);

            assertEquals("name", patch.name());
            assertEquals("Title\nMore", patch.description());
            assertEquals(new KernelRange(4, 4, 4, 19), patch.kernels());
            assertEquals(Set.of("one", "two"), patch.cures());
            assertEquals(List.of(List.of("p", "q")), patch.present().allOf());
            assertEquals(List.of(List.of("r")), patch.absent().allOf());
            assertEquals("x", patch.patch().files().get(0).path());
        }
    }

    @Test
    void refusesAHeaderThatLacksAFieldOrHasAWrongOne() {
        assertThrows(CatalogueException.class, () -> read("a.patch", DIFF));
        assertThrows(CatalogueException.class, () -> read("a.patch", "Kernels: 3.5-\nCures: x\n\n" + DIFF));
        assertThrows(CatalogueException.class, () -> read("a.patch", "Description: A\nCures: x\n\n" + DIFF));
        assertThrows(CatalogueException.class, () -> read("a.patch", "Description: A\nKernels: 3.5-\n\n" + DIFF));
        assertThrows(
                CatalogueException.class, () -> read("a.patch", "Description: A\nKernels: new\nCures: x\n\n" + DIFF));
        assertThrows(
                CatalogueException.class,
                () -> read("a.patch", "Description: A\nKernels: 3.5-\nCures: x\nAbsent: ../y\n\n" + DIFF));
    }

    @Test
    void byteshiftFitsTreesThatHaveASorterAndNotItsHeaders() {
        BundledPatch byteshift = byteshift();

        assertEquals(Set.of("missing-byteshift"), byteshift.cures());
        assertTrue(byteshift.fits(Set.of("scripts/sorttable.c")::contains, 6, 12));
        assertTrue(byteshift.fits(Set.of("scripts/sortextable.c")::contains, 3, 5));
        assertFalse(byteshift.fits(Set.of("scripts/sortextable.c")::contains, 3, 4));
        assertFalse(byteshift.fits(Set.of("scripts/recordmcount.c")::contains, 6, 12));
        assertFalse(
                byteshift.fits(Set.of("scripts/sorttable.c", "tools/include/tools/be_byteshift.h")::contains, 6, 12));
    }

    @Test
    void byteshiftNeverReplacesAHeaderThatATreeHas() {
        assertInstanceOf(
                PatchResult.Conflict.class,
                byteshift()
                        .patch()
                        .apply(path -> path.endsWith("le_byteshift.h")
                                ? Optional.of("theirs\n".getBytes(StandardCharsets.US_ASCII))
                                : Optional.empty()));
    }

    /** Start-up time: the library is for runs that patch. */
    @Test
    void loadsTheDiffLibraryOnlyWhenAPatchFits() throws Exception {
        URL classes = BundledPatches.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader alone = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            List<?> patches = (List<?>) alone.loadClass(BundledPatches.class.getName())
                    .getMethod("all")
                    .invoke(null);
            Object patch = alone.loadClass(BundledPatch.class.getName())
                    .getMethod("patch")
                    .invoke(patches.get(0));
            Function<String, Optional<byte[]>> foreign = path -> Optional.of(new byte[] {'x'});
            Function<String, Optional<byte[]>> missing = path -> Optional.empty();

            assertEquals(
                    PatchResult.Conflict.class.getName(),
                    apply(patch, foreign).getClass().getName());
            InvocationTargetException thrown =
                    assertThrows(InvocationTargetException.class, () -> apply(patch, missing));
            assertInstanceOf(NoClassDefFoundError.class, thrown.getCause());
        }
    }

    private static Object apply(Object patch, Function<String, Optional<byte[]>> contentOf) throws Exception {
        return patch.getClass().getMethod("apply", Function.class).invoke(patch, contentOf);
    }

    private static BundledPatch byteshift() {
        return BundledPatches.all().stream()
                .filter(patch -> patch.name().equals("byteshift"))
                .findFirst()
                .orElseThrow();
    }

    private static BundledPatch read(String name, String text) {
        return BundledPatch.read(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
