package org.hdrfix.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether standard output gets colour: the option first, then the conventions of terminals, then the stream itself. */
final class Colour {
    private Colour() {}

    static boolean wanted(Optional<String> option) {
        switch (option.orElse("auto")) {
            case "always":
                return true;
            case "never":
                return false;
            case "auto":
                break;
            default:
                throw new UsageException("--color " + option.get() + ": it is auto, always or never");
        }
        if (isSet("NO_COLOR") || "dumb".equals(System.getenv("TERM")) || "0".equals(System.getenv("CLICOLOR"))) {
            return false;
        }
        // Under apt a maintainer script's output is a terminal, of no size: dpkg says so in these variables.
        if (isSet("DPKG_MAINTSCRIPT_NAME") || isSet("DPKG_HOOK_ACTION")) {
            return false;
        }
        return isSet("CLICOLOR_FORCE") || isTerminal(1);
    }

    /** proc(5): the link of a descriptor names the terminal behind it. */
    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isSet(String name) {
        String value = System.getenv(name);
        return value != null && !value.isEmpty();
    }
}
