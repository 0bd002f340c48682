package org.hdrfix.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.hdrfix.file.Opening;

/**
 * Whether a kernel refuses modules without a signature (the kernel's Documentation/admin-guide/module-signing.rst,
 * kernel_lockdown(7)). A probe has none; DKMS signs where it was told to.
 *
 * @param refusal why it does; nothing where it does not, or where that cannot be seen
 * @param known whether what was seen decides
 */
record SignaturePolicy(Optional<String> refusal, boolean known) {
    /**
     * The policy of one kernel.
     *
     * @param running the {@code /} of the system that runs this very kernel; nothing for any other kernel
     */
    static SignaturePolicy of(Optional<Configuration> kernel, Optional<Path> running) {
        Optional<String> refusal = refusal(kernel, running);
        boolean unable = kernel.isPresent() && !kernel.get().isOn("MODULE_SIG");
        return new SignaturePolicy(refusal, refusal.isPresent() || running.isPresent() || unable);
    }

    private static Optional<String> refusal(Optional<Configuration> kernel, Optional<Path> running) {
        if (kernel.isPresent() && kernel.get().isOn("MODULE_SIG_FORCE")) {
            return Optional.of("CONFIG_MODULE_SIG_FORCE=y");
        }
        if (running.isEmpty()) {
            return Optional.empty();
        }
        if (text(running.get().resolve("sys/module/module/parameters/sig_enforce"))
                .strip()
                .equals("Y")) {
            return Optional.of("module.sig_enforce is on");
        }
        boolean asked = Arrays.stream(
                        text(running.get().resolve("proc/cmdline")).split("\\s+"))
                .anyMatch(word -> word.equals("module.sig_enforce") || word.equals("module.sig_enforce=1"));
        if (asked) {
            return Optional.of("module.sig_enforce in /proc/cmdline");
        }
        String lockdown = text(running.get().resolve("sys/kernel/security/lockdown"));
        return lockdown.contains("[integrity]") || lockdown.contains("[confidentiality]")
                ? Optional.of("lockdown: " + lockdown.strip())
                : Optional.empty();
    }

    private static String text(Path file) {
        try (InputStream in = Files.isRegularFile(file) ? Opening.stream(file) : InputStream.nullInputStream()) {
            return new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
