package org.hdrfix.platform;

import java.nio.file.Path;
import java.util.Optional;

/** The name of a distribution, from os-release(5). */
final class OsRelease {
    private static final int LIMIT = 1 << 16;

    private OsRelease() {}

    /** NAME and VERSION_ID ("Debian 12"), NAME alone where there is no version ("Arch Linux"). */
    static Optional<String> read(Path root) {
        return RootFile.text(root, "/etc/os-release", LIMIT)
                .or(() -> RootFile.text(root, "/usr/lib/os-release", LIMIT))
                .flatMap(OsRelease::title);
    }

    private static Optional<String> title(String text) {
        String name = "";
        String version = "";
        for (String line : text.split("\n")) {
            if (line.startsWith("NAME=")) {
                name = unquote(line.substring("NAME=".length()));
            } else if (line.startsWith("VERSION_ID=")) {
                version = unquote(line.substring("VERSION_ID=".length()));
            }
        }
        // "Debian GNU/Linux", "Raspbian GNU/Linux"
        if (name.endsWith(" GNU/Linux")) {
            name = name.substring(0, name.length() - " GNU/Linux".length());
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(version.isEmpty() ? name : name + " " + version);
    }

    private static String unquote(String value) {
        String bare = value.strip();
        if (bare.length() < 2) {
            return bare;
        }
        char quote = bare.charAt(0);
        if ((quote != '"' && quote != '\'') || bare.charAt(bare.length() - 1) != quote) {
            return bare;
        }
        String inner = bare.substring(1, bare.length() - 1);
        if (quote == '\'' || inner.indexOf('\\') < 0) {
            return inner;
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < inner.length(); i++) {
            boolean escapes = inner.charAt(i) == '\\' && i + 1 < inner.length();
            plain.append(inner.charAt(escapes ? ++i : i));
        }
        return plain.toString();
    }
}
