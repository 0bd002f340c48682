package org.hdrfix.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.hdrfix.file.Opening;

/**
 * The one thing that is asked of dpkg's status file: the architecture of package dpkg itself. The file has 10 MB on a
 * desktop, so it is read as bytes, up to that paragraph, and of each line only the beginning is kept.
 */
final class DpkgStatus {
    private static final long LIMIT = 64L << 20;
    private static final String PACKAGE = "Package:";
    private static final String ARCHITECTURE = "Architecture:";

    private final byte[] line = new byte[80];
    private int length;
    private boolean isDpkg;
    private String architecture = "";

    private DpkgStatus() {}

    /** What the paragraph "Package: dpkg" says of its architecture. */
    static Optional<String> architecture(Path root, String path) {
        Optional<RootPath> found = RootPath.resolve(root, path).filter(RootPath::isRegularFile);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = Opening.stream(found.get().file(), LinkOption.NOFOLLOW_LINKS)) {
            return new DpkgStatus().read(in);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<String> read(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        int count;
        while (total < LIMIT && (count = in.read(buffer)) > 0) {
            total += count;
            for (int i = 0; i < count; i++) {
                if (buffer[i] != '\n') {
                    if (length < line.length) {
                        line[length++] = buffer[i];
                    }
                } else if (endsParagraph()) {
                    return Optional.of(architecture);
                }
            }
        }
        // The end of the file ends the last line, and then the last paragraph.
        return endsParagraph() || endsParagraph() ? Optional.of(architecture) : Optional.empty();
    }

    /** Takes a finished line; whether it ends the paragraph that is looked for. */
    private boolean endsParagraph() {
        int end = length;
        length = 0;
        if (end == 0) {
            boolean found = isDpkg && !architecture.isEmpty();
            isDpkg = false;
            architecture = found ? architecture : "";
            return found;
        }
        if (line[0] == 'P' || line[0] == 'A') {
            String text = new String(line, 0, end, StandardCharsets.ISO_8859_1);
            if (text.startsWith(PACKAGE)) {
                isDpkg = text.substring(PACKAGE.length()).strip().equals("dpkg");
            } else if (text.startsWith(ARCHITECTURE)) {
                architecture = text.substring(ARCHITECTURE.length()).strip();
            }
        }
        return false;
    }
}
