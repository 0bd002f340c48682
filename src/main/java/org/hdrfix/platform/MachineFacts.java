package org.hdrfix.platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.hdrfix.elf.ElfFile;

/**
 * What the kernel says of the machine below {@code /proc} and {@code /sys} (proc(5)). It describes the machine that
 * runs, which is not the one that an image is for: in a root that is not {@code /}, what is mounted there from the
 * running kernel is left alone. A directory that only happens to be called proc is read, so that a test can be a root.
 *
 * @param pageSize bytes
 * @param armCpu ARM architecture version of the processor
 */
record MachineFacts(
        OptionalLong pageSize,
        OptionalInt armCpu,
        List<BinfmtHandler> handlers,
        Optional<String> model,
        Optional<String> runningRelease) {
    static final MachineFacts NONE =
            new MachineFacts(OptionalLong.empty(), OptionalInt.empty(), List.of(), Optional.empty(), Optional.empty());

    private static final int LIMIT = 1 << 16;
    private static final int HANDLERS = 256;

    /** A machine with containers has hundreds of mounts, of some hundred bytes each. */
    private static final int MOUNTS = 1 << 20;

    // elf.h
    private static final long AT_NULL = 0;
    private static final long AT_PAGESZ = 6;

    static MachineFacts read(Path root, Architecture userland) {
        boolean proc = describesRoot(root, "/proc", "proc");
        Optional<String> model = proc ? model(root, "/proc/device-tree/model") : Optional.empty();
        if (model.isEmpty() && describesRoot(root, "/sys", "sysfs")) {
            model = model(root, "/sys/firmware/devicetree/base/model");
        }
        if (!proc) {
            return new MachineFacts(OptionalLong.empty(), OptionalInt.empty(), List.of(), model, Optional.empty());
        }
        return new MachineFacts(
                RootFile.bytes(root, "/proc/self/auxv", LIMIT)
                        .map(auxv -> pageSize(auxv, userland.order()))
                        .orElse(OptionalLong.empty()),
                armCpu(root, userland),
                handlers(root, "/proc/sys/fs/binfmt_misc"),
                model,
                RootFile.text(root, "/proc/sys/kernel/osrelease", LIMIT)
                        .map(String::strip)
                        .filter(release -> !release.isEmpty()));
    }

    /** /proc/cpuinfo of the machine that a root describes, or nothing of it. */
    static String cpuinfo(Path root, int limit) {
        return describesRoot(root, "/proc", "proc")
                ? RootFile.text(root, "/proc/cpuinfo", limit).orElse("")
                : "";
    }

    /**
     * The mount point of the file system that a place of a root lies on, where nothing may be executed there: mounts with
     * the option noexec, in /proc/self/mountinfo (proc(5)). Read when it is asked.
     *
     * @param place absolute path as it is seen in the root, links resolved
     */
    static Optional<String> noexecMount(Path root, Path place) {
        if (!describesRoot(root, "/proc", "proc")) {
            return Optional.empty();
        }
        String mountinfo = RootFile.text(root, "/proc/self/mountinfo", MOUNTS).orElse("");
        return mountinfo.contains("noexec") ? noexecMount(mountinfo, place) : Optional.empty();
    }

    /** Of several mounts at one place the last one counts. */
    static Optional<String> noexecMount(String mountinfo, Path place) {
        Path longest = null;
        boolean noexec = false;
        for (String line : mountinfo.split("\n")) {
            String[] fields = line.split(" ", 7);
            if (fields.length < 7) {
                continue;
            }
            Path point = Path.of(unescaped(fields[4]));
            boolean nearer = longest == null || point.getNameCount() >= longest.getNameCount();
            if (place.startsWith(point) && nearer) {
                longest = point;
                noexec = List.of(fields[5].split(",")).contains("noexec");
            }
        }
        return noexec ? Optional.of(longest.toString()) : Optional.empty();
    }

    /** Space, tab, newline and backslash stand as three octal digits after a backslash. */
    private static String unescaped(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private static boolean describesRoot(Path root, String directory, String fileSystem) {
        if (isThisMachine(root)) {
            return true;
        }
        return RootPath.resolve(root, directory)
                .filter(found -> !mayBe(fileSystem, found.file()))
                .isPresent();
    }

    /** Whether a directory lies in a file system of that type ("proc"), or in one that cannot be told. */
    static boolean mayBe(String fileSystem, Path directory) {
        try {
            return Files.getFileStore(directory).type().equals(fileSystem);
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isThisMachine(Path root) {
        try {
            return Files.isSameFile(root, Path.of("/"));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * AT_PAGESZ of an auxiliary vector. Its words are those of the process it belongs to, 8 or 4 bytes; read with the
     * wrong size it holds no page size that could be one.
     */
    static OptionalLong pageSize(byte[] auxv, ByteOrder order) {
        OptionalLong wide = pageSize(auxv, order, Long.BYTES);
        return wide.isPresent() ? wide : pageSize(auxv, order, Integer.BYTES);
    }

    private static OptionalLong pageSize(byte[] auxv, ByteOrder order, int word) {
        ByteBuffer buffer = ByteBuffer.wrap(auxv).order(order);
        while (buffer.remaining() >= 2 * word) {
            long type = word(buffer, word);
            long value = word(buffer, word);
            if (type == AT_NULL) {
                break;
            }
            if (type == AT_PAGESZ) {
                boolean isPage = value >= 1 << 12 && value <= 1 << 20 && Long.bitCount(value) == 1;
                return isPage ? OptionalLong.of(value) : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }

    private static long word(ByteBuffer buffer, int size) {
        return size == Long.BYTES ? buffer.getLong() : Integer.toUnsignedLong(buffer.getInt());
    }

    private static OptionalInt armCpu(Path root, Architecture userland) {
        if (userland.machine() != ElfFile.EM_ARM && userland.machine() != ElfFile.EM_AARCH64) {
            return OptionalInt.empty();
        }
        return RootFile.text(root, "/proc/cpuinfo", LIMIT)
                .map(MachineFacts::armCpu)
                .orElse(OptionalInt.empty());
    }

    /**
     * The ARM architecture version that /proc/cpuinfo tells of. "CPU architecture" says 7 on an ARMv6, so that only the
     * 8 of 64-bit kernels is believed; else it is the "(v6l)" after the model name, which is the kernel's ELF platform. A
     * 32-bit kernel says "(v7l)" of ARM's own ARMv8 cores too: their part numbers are 0xd00 and up.
     */
    static OptionalInt armCpu(String cpuinfo) {
        OptionalInt platform = OptionalInt.empty();
        boolean isArmLtd = false;
        for (String line : cpuinfo.split("\n")) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).strip()) {
                case "model name", "Processor" -> platform = platform.isPresent() ? platform : elfPlatform(value);
                case "CPU implementer" -> isArmLtd = value.equals("0x41");
                case "CPU architecture" -> {
                    if (value.equals("8") || value.equals("AArch64")) {
                        return OptionalInt.of(8);
                    }
                }
                case "CPU part" -> {
                    if (isArmLtd && value.length() == 5 && value.startsWith("0xd")) {
                        return OptionalInt.of(8);
                    }
                }
                default -> {}
            }
        }
        return platform;
    }

    private static OptionalInt elfPlatform(String model) {
        int open = model.lastIndexOf("(v");
        if (open < 0 || open + 2 >= model.length() || !model.endsWith(")")) {
            return OptionalInt.empty();
        }
        int version = Character.digit(model.charAt(open + 2), 10);
        return version > 0 ? OptionalInt.of(version) : OptionalInt.empty();
    }

    private static List<BinfmtHandler> handlers(Path root, String directory) {
        Optional<RootPath> found = RootPath.resolve(root, directory).filter(RootPath::isDirectory);
        boolean disabled = RootFile.text(root, directory + "/status", LIMIT)
                .filter(status -> status.strip().equals("disabled"))
                .isPresent();
        if (found.isEmpty() || disabled) {
            return List.of();
        }
        List<BinfmtHandler> handlers = new ArrayList<>();
        for (String name : names(found.get().file())) {
            if (!name.equals("status") && !name.equals("register")) {
                RootFile.text(root, directory + "/" + name, LIMIT)
                        .flatMap(text -> handler(name, text))
                        .ifPresent(handlers::add);
            }
        }
        return handlers;
    }

    private static List<String> names(Path directory) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (names.size() == HANDLERS) {
                    break;
                }
                names.add(child.getFileName().toString());
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    /** An enabled handler that compares magic bytes; a disabled one, and one for a file name extension, are nothing. */
    static Optional<BinfmtHandler> handler(String name, String text) {
        String[] lines = text.split("\n");
        if (!lines[0].strip().equals("enabled")) {
            return Optional.empty();
        }
        int offset = 0;
        byte[] magic = {};
        byte[] mask = {};
        try {
            for (String line : lines) {
                int space = line.indexOf(' ');
                String value = line.substring(space + 1).strip();
                switch (space < 0 ? "" : line.substring(0, space)) {
                    case "offset" -> offset = Integer.parseInt(value);
                    case "magic" -> magic = HexFormat.of().parseHex(value);
                    case "mask" -> mask = HexFormat.of().parseHex(value);
                    default -> {}
                }
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        boolean fits = magic.length > 0 && (mask.length == 0 || mask.length == magic.length);
        return fits ? Optional.of(new BinfmtHandler(name, offset, magic, mask)) : Optional.empty();
    }

    private static Optional<String> model(Path root, String path) {
        return RootFile.bytes(root, path, 256)
                .map(MachineFacts::untilNul)
                .map(String::strip)
                .filter(model -> !model.isEmpty());
    }

    private static String untilNul(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
