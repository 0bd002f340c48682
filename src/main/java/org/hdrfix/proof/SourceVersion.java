package org.hdrfix.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hdrfix.file.Opening;

/** Of which kernel source a tree's headers are, to the sublevel: distributions keep that out of the release. */
final class SourceVersion {
    /** LINUX_VERSION_CODE has 8 bits for it. */
    private static final int MOST_SUBLEVEL = 255;

    /** Where the kernel's makefile writes version.h: since 3.7, and before. */
    private static final List<String> PLACES =
            List.of("include/generated/uapi/linux/version.h", "include/linux/version.h");

    private static final Pattern CODE = Pattern.compile("#define LINUX_VERSION_CODE (\\d{1,9})\\s");

    private SourceVersion() {}

    /** What version.h of a tree says; nothing where there is none. */
    static Optional<String> of(Path tree) {
        for (String place : PLACES) {
            Path file = tree.resolve(place);
            if (Files.isRegularFile(file)) {
                try (InputStream in = Opening.stream(file)) {
                    Matcher code = CODE.matcher(new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1));
                    if (code.find()) {
                        int number = Integer.parseInt(code.group(1));
                        return Optional.of((number >> 16) + "." + (number >> 8 & 0xff) + "." + (number & 0xff));
                    }
                } catch (IOException e) {
                    // Then the other place may say it.
                }
            }
        }
        return Optional.empty();
    }

    /** A version as LINUX_VERSION_CODE can hold it: three numbers, the last at most 255. */
    static String coded(String version) {
        String[] numbers = version.split("\\.");
        int sublevel = numbers.length < 3 || numbers[2].length() > 4 ? 0 : Integer.parseInt(numbers[2]);
        return numbers[0] + "." + numbers[1] + "." + Math.min(MOST_SUBLEVEL, sublevel);
    }
}
