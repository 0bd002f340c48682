package org.hdrfix.packaging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.Deflater;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * A regular file of the package.
 *
 * @param path where it is installed, without a leading slash
 * @param mode permission bits
 */
record PackagedFile(String path, int mode, byte[] content) {
    PackagedFile {
        if (path.isEmpty() || path.startsWith("/") || path.contains("//") || path.endsWith("/")) {
            throw new IllegalArgumentException("no path of a packaged file: " + path);
        }
    }

    /** With the mode that fits: a script can be executed, nothing else can. */
    static PackagedFile of(String path, byte[] content) {
        boolean script = content.length > 2 && content[0] == '#' && content[1] == '!';
        return new PackagedFile(path, script ? 0755 : 0644, content);
    }

    /** As {@code gzip -9n} would compress it: neither name nor time of the file is in it. */
    static PackagedFile compressed(String path, byte[] content) throws IOException {
        GzipParameters parameters = new GzipParameters();
        parameters.setCompressionLevel(Deflater.BEST_COMPRESSION);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GzipCompressorOutputStream gzip = new GzipCompressorOutputStream(bytes, parameters)) {
            gzip.write(content);
        }
        return of(path + ".gz", bytes.toByteArray());
    }

    boolean isConffile() {
        return path.startsWith("etc/");
    }
}
