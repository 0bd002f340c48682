package org.hdrfix.packaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

/** The writer of packages, on a small one. That dpkg takes the real one is seen in the lab. */
class DebArchiveTest {
    private static final Instant TIME = Instant.parse("2026-11-21T00:00:00Z");
    private static final List<PackagedFile> FILES = List.of(
            PackagedFile.of("usr/share/doc/a/copyright", new byte[1025]),
            PackagedFile.of("etc/a.conf", bytes("auto = report\n")),
            PackagedFile.of("usr/bin/a", bytes("#!/bin/sh\n")));

    @TempDir
    Path temp;

    @Test
    void theOrderInWhichFilesComeLeavesNoTrace() throws IOException {
        List<PackagedFile> reversed = new ArrayList<>(FILES);
        Collections.reverse(reversed);
        assertArrayEquals(Files.readAllBytes(written(FILES)), Files.readAllBytes(written(reversed)));
    }

    @Test
    void allIsRootsAndOfTheGivenTimeAndDirectoriesComeFirst() throws IOException {
        List<String> seen = new ArrayList<>();
        for (TarArchiveEntry entry : tar("data.tar.xz").keySet()) {
            assertEquals(
                    "root:root 0:0",
                    entry.getUserName() + ":" + entry.getGroupName() + " " + entry.getLongUserId() + ":"
                            + entry.getLongGroupId());
            assertEquals(TIME, entry.getLastModifiedDate().toInstant());
            seen.add(entry.getName() + " " + Integer.toOctalString(entry.getMode() & 07777));
        }
        assertEquals(
                List.of(
                        "./ 755",
                        "./etc/ 755",
                        "./usr/ 755",
                        "./usr/bin/ 755",
                        "./usr/share/ 755",
                        "./usr/share/doc/ 755",
                        "./usr/share/doc/a/ 755",
                        "./etc/a.conf 644",
                        "./usr/bin/a 755",
                        "./usr/share/doc/a/copyright 644"),
                seen);
        members().keySet().forEach(member -> assertEquals(TIME.getEpochSecond(), member.getLastModified()));
    }

    @Test
    void membersHaveTheOrderThatDpkgWants() throws IOException {
        assertEquals(
                List.of("debian-binary", "control.tar.xz", "data.tar.xz"),
                members().keySet().stream().map(ArArchiveEntry::getName).toList());
    }

    @Test
    void allBelowEtcIsAConffileAndHasNoSumOfOurs() throws IOException {
        assertEquals("/etc/a.conf\n", control("conffiles"));
        // From `md5sum` of coreutils.
        assertEquals(
                "3e2b31c72181b87149ff995e7202c0e3  usr/bin/a\n"
                        + "0ad4cf7b35f62b8ff9c73f481594fbdd  usr/share/doc/a/copyright\n",
                control("md5sums"));
    }

    @Test
    void theControlFileGetsVersionAndInstalledSize() throws IOException {
        // Six directories, one file that needs 2 KiB and two that need one.
        assertEquals("Package: a\nVersion: 1.2\nInstalled-Size: 10\nSection: x\n", control("control"));
    }

    @Test
    void scriptsOfTheMaintainerCanBeExecuted() throws IOException {
        Map<String, String> modes = new LinkedHashMap<>();
        tar("control.tar.xz")
                .keySet()
                .forEach(entry -> modes.put(entry.getName(), Integer.toOctalString(entry.getMode() & 07777)));
        assertEquals("755", modes.get("./postinst"));
        assertEquals("644", modes.get("./triggers"));
    }

    @Test
    void oneFileFromTwoPlacesIsRefused() {
        DebArchive deb = new DebArchive(TIME);
        deb.add(FILES.get(0));
        assertThrows(IllegalArgumentException.class, () -> deb.add(FILES.get(0)));
    }

    @Test
    void pathsThatDpkgWouldReadOtherwiseAreRefused() {
        for (String path : List.of("", "/etc/a", "etc//a", "etc/a/")) {
            assertThrows(IllegalArgumentException.class, () -> PackagedFile.of(path, new byte[0]), path);
        }
    }

    @Test
    void compressedFilesTellNeitherNameNorTimeAndAreAsSmallAsGzipMakesThem() throws IOException {
        PackagedFile file = PackagedFile.compressed("usr/share/man/man1/a.1", bytes(".TH a 1\n"));
        assertEquals("usr/share/man/man1/a.1.gz", file.path());
        // RFC 1952: flags, 4 bytes of time, "best compression".
        assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 2}, java.util.Arrays.copyOfRange(file.content(), 3, 9));
    }

    private Path written(List<PackagedFile> files) throws IOException {
        DebArchive deb = new DebArchive(TIME);
        files.forEach(deb::add);
        deb.addControl(PackagedFile.of("triggers", bytes("interest /a\n")));
        deb.addControl(PackagedFile.of("postinst", bytes("#!/bin/sh\n")));
        Path file = Files.createTempFile(temp, "a", ".deb");
        deb.write(file, "Package: a\nSection: x\n", "1.2");
        return file;
    }

    private Map<ArArchiveEntry, byte[]> members() throws IOException {
        Map<ArArchiveEntry, byte[]> members = new LinkedHashMap<>();
        try (InputStream in = Files.newInputStream(written(FILES));
                ArArchiveInputStream ar = new ArArchiveInputStream(in)) {
            for (ArArchiveEntry entry = ar.getNextEntry(); entry != null; entry = ar.getNextEntry()) {
                members.put(entry, ar.readAllBytes());
            }
        }
        return members;
    }

    private Map<TarArchiveEntry, byte[]> tar(String member) throws IOException {
        byte[] bytes = members().entrySet().stream()
                .filter(entry -> entry.getKey().getName().equals(member))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
        Map<TarArchiveEntry, byte[]> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(bytes)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry, tar.readAllBytes());
            }
        }
        return entries;
    }

    private String control(String name) throws IOException {
        return tar("control.tar.xz").entrySet().stream()
                .filter(entry -> entry.getKey().getName().equals("./" + name))
                .map(entry -> new String(entry.getValue(), StandardCharsets.UTF_8))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
