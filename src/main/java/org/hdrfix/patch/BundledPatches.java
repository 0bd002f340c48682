package org.hdrfix.patch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hdrfix.catalogue.CatalogueException;

/** The patches that hdrfix carries: the folder {@code patches/}, in the order of its {@code series} (quilt(1)). */
public final class BundledPatches {
    private static final String FOLDER = "/org/hdrfix/patches/";

    private BundledPatches() {}

    /** Read at the first call. */
    public static List<BundledPatch> all() {
        return Loaded.PATCHES;
    }

    private static final class Loaded {
        static final List<BundledPatch> PATCHES = names().stream()
                .map(name -> BundledPatch.read(name, resource(name)))
                .toList();
    }

    private static List<String> names() {
        return series(new String(resource("series"), StandardCharsets.UTF_8));
    }

    /** The file names of a series; what stands behind {@code #} is a comment. */
    static List<String> series(String text) {
        List<String> names = text.lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
        for (String name : names) {
            if (!name.matches("[a-z0-9][a-z0-9.-]*\\.patch")) {
                throw new CatalogueException("series: not the name of a patch, or with options: \"" + name + "\"");
            }
        }
        return names;
    }

    private static byte[] resource(String name) {
        try (InputStream in = BundledPatches.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new CatalogueException("patches/" + name + ": no such file");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new CatalogueException("patches/" + name + ": " + e.getMessage());
        }
    }
}
