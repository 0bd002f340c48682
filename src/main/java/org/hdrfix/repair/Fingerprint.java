package org.hdrfix.repair;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a regular file or a link is, in one line: content or target (SHA-256), mode, owner, group. */
final class Fingerprint {
    static final String ABSENT = "absent";

    private Fingerprint() {}

    static String of(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return ABSENT;
        }
        if (Files.isSymbolicLink(file)) {
            byte[] target = Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
            return "link " + HexFormat.of().formatHex(sha256().digest(target)) + owner(file);
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return "no regular file";
        }
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = sha256();
            byte[] block = new byte[1 << 16];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                digest.update(block, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest()) + " "
                    + Integer.toOctalString((Integer) Files.getAttribute(file, "unix:mode")) + owner(file);
        }
    }

    private static String owner(Path file) throws IOException {
        return " " + Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) + " "
                + Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
