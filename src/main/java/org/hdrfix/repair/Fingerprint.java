package org.hdrfix.repair;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.file.Opening;

/**
 * What a regular file or a link is, in one line: content or target (SHA-256), mode, owner, group. Only a file that the
 * kernel says is not there is absent: one that cannot be looked at is an error, never taken for absent.
 */
final class Fingerprint {
    static final String ABSENT = "absent";

    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int LINK = 0120000;

    private Fingerprint() {}

    static String of(Path file) throws IOException {
        Optional<Map<String, Object>> facts = look(file);
        if (facts.isEmpty()) {
            return ABSENT;
        }
        int mode = (Integer) facts.get().get("mode");
        String owner = " " + facts.get().get("uid") + " " + facts.get().get("gid");
        return switch (mode & TYPE) {
            case LINK ->
                "link "
                        + HexFormat.of()
                                .formatHex(sha256().digest(Files.readSymbolicLink(file)
                                        .toString()
                                        .getBytes(StandardCharsets.UTF_8)))
                        + owner;
            case REGULAR -> content(file) + " " + Integer.toOctalString(mode) + owner;
            default -> "no regular file";
        };
    }

    /** The same with what tells one file from another that looks like it: device and inode, time, number of links. */
    static String withIdentity(Path file) throws IOException {
        String what = of(file);
        return look(file)
                .map(facts -> what + " " + facts.get("fileKey") + " " + facts.get("lastModifiedTime") + " "
                        + facts.get("nlink"))
                .orElse(what);
    }

    static boolean isDirectory(Path file) throws IOException {
        return is(file, DIRECTORY);
    }

    static boolean isRegularFile(Path file) throws IOException {
        return is(file, REGULAR);
    }

    static boolean isLink(Path file) throws IOException {
        return is(file, LINK);
    }

    /** Unlike {@link Files#isDirectory} and its like, which take a disk that fails for a file of another kind. */
    private static boolean is(Path file, int type) throws IOException {
        return look(file)
                .map(facts -> ((Integer) facts.get("mode") & TYPE) == type)
                .orElse(false);
    }

    /** What lstat(2) says, nothing where there is no such file. */
    static Optional<Map<String, Object>> look(Path file) throws IOException {
        try {
            return Optional.of(Files.readAttributes(
                    file, "unix:mode,uid,gid,nlink,size,fileKey,lastModifiedTime", LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether two names are hard links of one file, or of one symbolic link: what a link leads to plays no part. */
    static boolean isOneFile(Path one, Path other) throws IOException {
        Optional<Object> key = look(one).map(facts -> facts.get("fileKey"));
        return key.isPresent() && key.equals(look(other).map(facts -> facts.get("fileKey")));
    }

    private static String content(Path file) throws IOException {
        try (InputStream in = Opening.stream(file, LinkOption.NOFOLLOW_LINKS)) {
            MessageDigest digest = sha256();
            byte[] block = new byte[1 << 16];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                digest.update(block, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
