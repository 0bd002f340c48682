package org.hdrfix.platform;

import java.util.Optional;

/**
 * Whether a 64-bit kernel refuses 32-bit programs although a loader for them is installed: it was built without, or the
 * processor has no such state (arch/arm64, system_supports_32bit_el0()). Looked up only for a 32-bit program.
 */
final class NarrowPrograms {
    private static final int MOST_CPUINFO = 1 << 16;

    /** Debian's are a quarter of a megabyte. */
    private static final int MOST_CONFIG = 1 << 20;

    private NarrowPrograms() {}

    /** What is not known of the kernel is not held against the program. */
    static boolean areRefused(Platform platform) {
        return isConfiguredWithout(platform) || hasNoState(platform);
    }

    private static boolean isConfiguredWithout(Platform platform) {
        Optional<String> option = platform.userland().narrowConfig();
        return option.isPresent()
                && platform.runningRelease()
                        .filter(release -> !release.contains("/"))
                        .flatMap(release -> RootFile.text(platform.root(), "/boot/config-" + release, MOST_CONFIG))
                        .filter(config -> config.contains("\n# " + option.get() + " is not set\n"))
                        .isPresent();
    }

    /** One such core is enough: the kernel then refuses on all (unless it was told to bear the difference). */
    private static boolean hasNoState(Platform platform) {
        if (platform.userland().wideOnlyCpus().isEmpty()
                || RootPath.resolve(platform.root(), "/sys/devices/system/cpu/aarch32_el0")
                        .isPresent()) {
            return false;
        }
        String implementer = "";
        String cpuinfo = MachineFacts.cpuinfo(platform.root(), MOST_CPUINFO);
        for (String line : cpuinfo.split("\n")) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            if (line.startsWith("CPU implementer")) {
                implementer = value;
            } else if (line.startsWith("CPU part")
                    && platform.userland().wideOnlyCpus().contains(implementer + "/" + value)) {
                return true;
            }
        }
        return false;
    }
}
