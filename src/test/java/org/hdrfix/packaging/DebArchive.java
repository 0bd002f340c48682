package org.hdrfix.packaging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * A binary package as deb(5) has it. The same files give the same bytes, in whatever order and on whatever day they come:
 * entries are sorted, and everything in it is root's and of one time. Compressed with xz, which every dpkg since 2010
 * reads; zstd is for new ones only.
 */
final class DebArchive {
    private final TreeMap<String, PackagedFile> files = new TreeMap<>();
    private final TreeMap<String, PackagedFile> control = new TreeMap<>();
    private final Instant time;

    /**
     * An empty one.
     *
     * @param time when everything in it is said to have changed last; whole seconds
     */
    DebArchive(Instant time) {
        this.time = time;
    }

    /** Adds a file that is installed. All below {@code etc/} are conffiles. */
    void add(PackagedFile file) {
        if (files.put(file.path(), file) != null) {
            throw new IllegalArgumentException(file.path() + " comes from two places");
        }
    }

    /** Adds a maintainer script, or another control file but for control, md5sums and conffiles. */
    void addControl(PackagedFile file) {
        control.put(file.path(), file);
    }

    List<PackagedFile> files() {
        return List.copyOf(files.values());
    }

    /**
     * Writes the package.
     *
     * @param fields the control file's, without the version and the installed size
     */
    void write(Path deb, String fields, String version) throws IOException {
        TreeMap<String, PackagedFile> information = new TreeMap<>(control);
        put(
                information,
                "control",
                fields.replaceFirst("\n", "\nVersion: " + version + "\nInstalled-Size: " + installedSize() + "\n"));
        put(information, "md5sums", md5sums());
        String conffiles = conffiles();
        if (!conffiles.isEmpty()) {
            put(information, "conffiles", conffiles);
        }
        try (OutputStream out = Files.newOutputStream(deb);
                ArArchiveOutputStream ar = new ArArchiveOutputStream(out)) {
            member(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
            member(ar, "control.tar.xz", tar(information));
            member(ar, "data.tar.xz", tar(files));
        }
    }

    private static void put(TreeMap<String, PackagedFile> information, String name, String text) {
        information.put(name, PackagedFile.of(name, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Debian policy 5.6.20: KiB, each file rounded up, one for each directory. */
    private long installedSize() {
        return directories(files).size()
                + files.values().stream()
                        .mapToLong(file -> (file.content().length + 1023) / 1024)
                        .sum();
    }

    private String conffiles() {
        StringBuilder text = new StringBuilder();
        files.values().stream()
                .filter(PackagedFile::isConffile)
                .forEach(file -> text.append('/').append(file.path()).append('\n'));
        return text.toString();
    }

    /** Conffiles are left out, as debhelper does: dpkg knows the sums of those itself. */
    private String md5sums() {
        StringBuilder text = new StringBuilder();
        files.values().stream()
                .filter(file -> !file.isConffile())
                .forEach(file -> text.append(md5(file.content()))
                        .append("  ")
                        .append(file.path())
                        .append('\n'));
        return text.toString();
    }

    private static String md5(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(content);
            return String.format("%032x", new BigInteger(1, digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void member(ArArchiveOutputStream ar, String name, byte[] content) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, content.length, 0, 0, 0100644, time.getEpochSecond()));
        ar.write(content);
        ar.closeArchiveEntry();
    }

    private byte[] tar(TreeMap<String, PackagedFile> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new XZOutputStream(bytes, new LZMA2Options()))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            entry(tar, "./", 0755, new byte[0]);
            for (String directory : directories(entries)) {
                entry(tar, "./" + directory + "/", 0755, new byte[0]);
            }
            for (PackagedFile file : entries.values()) {
                entry(tar, "./" + file.path(), file.mode(), file.content());
            }
        }
        return bytes.toByteArray();
    }

    /** All directories of the files; one comes before those in it. */
    private static Set<String> directories(TreeMap<String, PackagedFile> entries) {
        Set<String> directories = new TreeSet<>();
        for (String path : entries.keySet()) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                directories.add(path.substring(0, slash));
            }
        }
        return directories;
    }

    private void entry(TarArchiveOutputStream tar, String name, int mode, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setNames("root", "root");
        entry.setModTime(Date.from(time));
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
