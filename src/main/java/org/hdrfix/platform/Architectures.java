package org.hdrfix.platform;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.catalogue.CatalogueException;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;
import org.hdrfix.elf.ElfClass;
import org.hdrfix.elf.ElfFile;

/** The catalogue of architectures. */
public final class Architectures {
    private static final List<Architecture> ALL = new ArrayList<>();
    private static final Map<String, Architecture> BY_NAME = new LinkedHashMap<>();

    static {
        for (Stanza stanza : Deb822.resource("architectures")) {
            Architecture architecture = read(stanza);
            ALL.add(architecture);
            name(architecture.name(), architecture, stanza);
            for (String alias : stanza.words("Aliases")) {
                name(alias, architecture, stanza);
            }
        }
    }

    private Architectures() {}

    /** All of them, in catalogue order. */
    public static List<Architecture> all() {
        return List.copyOf(ALL);
    }

    /** The one of dpkg's name, or of an alias (uname's "aarch64", "x86_64"). */
    public static Optional<Architecture> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The one that a file is built for; the first in catalogue order where the file fits several. */
    public static Optional<Architecture> of(ElfFile file) {
        for (Architecture architecture : ALL) {
            if (architecture.matches(file)) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }

    /**
     * What a file is built for, for people: the label of its architecture, or what its header says where the catalogue
     * does not have it ("machine 243, 32-bit little-endian").
     */
    public static String describe(ElfFile file) {
        Optional<Architecture> known = of(file);
        if (known.isPresent()) {
            return known.get().label();
        }
        String bits = file.elfClass() == ElfClass.ELF64 ? "64-bit" : "32-bit";
        String order = file.order() == ByteOrder.BIG_ENDIAN ? "big-endian" : "little-endian";
        String text = "machine " + file.machine() + ", " + bits + " " + order;
        for (Architecture architecture : ALL) {
            if (architecture.sharesMachine(file)) {
                return text + ", flags 0x" + Integer.toHexString(file.flags());
            }
        }
        return text;
    }

    private static void name(String name, Architecture architecture, Stanza stanza) {
        if (BY_NAME.put(name, architecture) != null) {
            throw new CatalogueException(at(stanza) + "name " + name + " stands for two architectures");
        }
    }

    private static Architecture read(Stanza stanza) {
        String name = stanza.required("Name");
        return new Architecture(
                name,
                stanza.field("Label").orElse(name),
                stanza.required("Kernel-Arch"),
                stanza.words("Kernel-Config"),
                stanza.required("Triplet"),
                elfClass(stanza),
                order(stanza),
                number(stanza, "Machine"),
                number(stanza, "Flags-Mask"),
                number(stanza, "Flags"),
                stanza.words("Loaders"),
                stanza.words("Also-Runs"),
                stanza.field("Narrow-Config"),
                Set.copyOf(stanza.words("Wide-Only-Cpus")));
    }

    private static ElfClass elfClass(Stanza stanza) {
        return switch (stanza.required("Class")) {
            case "32" -> ElfClass.ELF32;
            case "64" -> ElfClass.ELF64;
            default -> throw new CatalogueException(at(stanza) + "Class is neither 32 nor 64");
        };
    }

    private static ByteOrder order(Stanza stanza) {
        return switch (stanza.required("Order")) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw new CatalogueException(at(stanza) + "Order is neither little nor big");
        };
    }

    private static int number(Stanza stanza, String field) {
        String text = field.equals("Machine")
                ? stanza.required(field)
                : stanza.field(field).orElse("0");
        try {
            return (int) Long.decode(text).longValue();
        } catch (NumberFormatException e) {
            throw new CatalogueException(at(stanza) + field + " is not a number: " + text);
        }
    }

    private static String at(Stanza stanza) {
        return stanza.source() + ":" + stanza.line() + ": ";
    }
}
