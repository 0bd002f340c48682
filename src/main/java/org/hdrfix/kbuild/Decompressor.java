package org.hdrfix.kbuild;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.hdrfix.file.Opening;

/**
 * Reads compressed files into memory up to a limit: gzip by the JDK, xz and zstd by the programs of that name, since no
 * zstd library without native code runs on 32-bit ARM, and a machine whose modules are compressed has what unpacks them.
 * The program runs jailed, as everything else that hdrfix starts.
 */
public final class Decompressor {
    private Decompressor() {}

    /** The program that a file name asks for; nothing where none is needed. */
    public static Optional<String> program(Path file) {
        String name = file.toString();
        return name.endsWith(".xz")
                ? Optional.of("xz")
                : name.endsWith(".zst") ? Optional.of("zstd") : Optional.empty();
    }

    /** Whether a file name says that it is compressed. */
    public static boolean isCompressed(Path file) {
        return file.toString().endsWith(".gz") || program(file).isPresent();
    }

    /**
     * The content of a compressed regular file.
     *
     * @param most bytes that it may have
     * @throws IOException when it has more, when it is damaged, or when the program is not installed
     */
    public static byte[] read(Path file, int most) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file.getFileName() + " is not a regular file");
        }
        Optional<String> program = program(file);
        return program.isPresent() ? run(program.get(), file, most) : gunzip(file, most);
    }

    private static byte[] gunzip(Path file, int most) throws IOException {
        try (InputStream raw = Opening.stream(file);
                InputStream in = new GZIPInputStream(raw)) {
            return bounded(in, file, most);
        } catch (EOFException | ZipException e) {
            throw new IOException(file.getFileName() + " cannot be decompressed (" + e.getMessage() + ")");
        }
    }

    private static byte[] run(String program, Path file, int most) throws IOException {
        List<String> command = new ArrayList<>(List.of(program, "-dc"));
        if (program.equals("xz")) {
            // zstd has such a limit of its own accord. A module packed by the kernel's makefile wants 1 to 65 MiB.
            command.add("--memlimit-decompress=128MiB");
        }
        Process process = Confined.start(new ProcessBuilder(Jail.filter(command))
                .redirectInput(file.toFile())
                .redirectError(new File("/dev/null")));
        try (InputStream in = process.getInputStream()) {
            byte[] content = bounded(in, file, most);
            int status = process.waitFor();
            if (status == 127) {
                // env(1): the command was not found.
                throw new IOException(program + " is not installed");
            }
            if (status != 0) {
                throw new IOException(
                        file.getFileName() + " cannot be decompressed (" + program + " exits with " + status + ")");
            }
            return content;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        } finally {
            process.destroyForcibly();
        }
    }

    private static byte[] bounded(InputStream in, Path file, int most) throws IOException {
        byte[] content = in.readNBytes(most);
        if (in.read() >= 0) {
            throw new IOException(file.getFileName() + " decompresses to more than " + (most >> 20) + " MiB");
        }
        return content;
    }
}
