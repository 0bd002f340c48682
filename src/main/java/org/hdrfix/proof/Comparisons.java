package org.hdrfix.proof;

import static org.hdrfix.proof.Comparison.Result.CRASHES;
import static org.hdrfix.proof.Comparison.Result.MAY_DIFFER;
import static org.hdrfix.proof.Comparison.Result.MISSING;
import static org.hdrfix.proof.Comparison.Result.NOT_COMPARED;
import static org.hdrfix.proof.Comparison.Result.REFUSED;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.hdrfix.elf.ElfClass;
import org.hdrfix.elf.KernelModule;

/**
 * Compares what a tree made with what its kernel has, in the order in which the kernel itself looks (kernel/module/main.c,
 * version.c), and then what the kernel never looks at: where the compiler has put the parts of {@code struct module}, and
 * with which configuration. A kernel whose symbols have versions compares these and takes the tree's word for them, so
 * that equal versions prove nothing about the tree's own headers.
 */
final class Comparisons {
    /** Kernels whose module_layout this prototype was seen to give: there another CRC means another layout. */
    private static final Set<String> KNOWN_LAYOUTS = Set.of("5.10", "6.1", "6.12");

    private static final String PROBE_SYMBOL = "hdrfix_probe_answer";
    private static final String MODULE_LAYOUT = "module_layout";

    private final Built built;
    private final Kernel kernel;
    private final KernelModule probe;
    private final List<Comparison> done = new ArrayList<>();

    private Comparisons(Built built, Kernel kernel) {
        this.built = built;
        this.kernel = kernel;
        this.probe = built.probe();
    }

    /** All of them, in order. */
    static List<Comparison> of(Built built, Kernel kernel) {
        Comparisons comparisons = new Comparisons(built, kernel);
        comparisons.machine();
        comparisons.abiFlags();
        comparisons.vermagic();
        comparisons.structSize();
        comparisons.offset("init_module", KernelModule::initOffset);
        comparisons.offset("cleanup_module", KernelModule::exitOffset);
        comparisons.ownVersion();
        comparisons.importedVersions();
        comparisons.symbolVersions();
        comparisons.unresolvedSymbols();
        comparisons.layout();
        comparisons.source();
        comparisons.configuration();
        comparisons.signatures();
        comparisons.compiler();
        return comparisons.done;
    }

    private void machine() {
        compare(
                "machine",
                machine(probe),
                usual(Comparisons::machine),
                REFUSED,
                "the kernel answers \"Exec format error\" to modules for another machine");
    }

    private void abiFlags() {
        compare(
                "ELF flags",
                hex(probe.flags() & 0xffffffffL),
                usual(module -> hex(module.flags() & 0xffffffffL)),
                CRASHES,
                "the module is compiled for another binary interface");
    }

    /** same_magic(): where the module has symbol versions, the release in front is not looked at. */
    private void vermagic() {
        String here = probe.info("vermagic").orElse("").strip();
        String there = usual(module -> module.info("vermagic").orElse("").strip());
        if (here.equals(there)) {
            done.add(Comparison.agrees("vermagic", here));
            return;
        }
        List<String> flagsHere = flags(here);
        List<String> flagsThere = flags(there);
        if (flagsHere.equals(flagsThere)
                && versioned(flagsThere)
                && !probe.versions().isEmpty()) {
            done.add(new Comparison(
                    "vermagic",
                    here,
                    there,
                    MAY_DIFFER,
                    "another release; a kernel with symbol versions does not look at that word"));
            return;
        }
        List<String> onlyHere = without(flagsHere, flagsThere);
        List<String> onlyThere = without(flagsThere, flagsHere);
        String differs = onlyHere.isEmpty() && onlyThere.isEmpty()
                ? "the release differs"
                : (onlyHere.isEmpty() ? "" : "only the tree has " + String.join(" ", onlyHere))
                        + (onlyHere.isEmpty() || onlyThere.isEmpty() ? "" : ", ")
                        + (onlyThere.isEmpty() ? "" : "only the kernel has " + String.join(" ", onlyThere));
        done.add(new Comparison(
                "vermagic",
                here,
                there,
                REFUSED,
                differs + ": the kernel answers \"version magic ... should be ...\""));
    }

    private void structSize() {
        compare(
                "size of struct module",
                hex(probe.thisModuleSize()),
                usual(module -> hex(module.thisModuleSize())),
                // "section size must match the kernel's built struct module size at run time": there in 6.12 and seen
                // by users of 6.5; not in 6.1 and 5.10, which read beyond the end or keep a counter in other data.
                kernel.release().isBefore("6.4") ? CRASHES : REFUSED,
                kernel.release().isBefore("6.4")
                        ? "the kernel reads and writes struct module where this module has something else"
                        : "the kernel answers \".gnu.linkonce.this_module section size must match\"");
    }

    private void offset(String function, Function<KernelModule, OptionalLong> of) {
        compare(
                "offset of " + function,
                hex(of.apply(probe)),
                usual(module -> hex(of.apply(module))),
                CRASHES,
                "the kernel looks for " + function + " elsewhere in struct module");
    }

    private void ownVersion() {
        if (!hasVersions()) {
            return;
        }
        Optional<Long> crc = Optional.ofNullable(probe.exports().get(PROBE_SYMBOL));
        if (crc.isPresent() && crc.get() != 0) {
            done.add(
                    new Comparison("CRC of an exported symbol", hex(crc.get()), "not 0", Comparison.Result.AGREES, ""));
            return;
        }
        done.add(new Comparison(
                "CRC of an exported symbol",
                crc.map(Comparisons::hex).orElse("none"),
                "not 0",
                CRASHES,
                "genksyms or modpost is of another kernel: what this module exports has no version to be refused by"));
    }

    /** check_modstruct_version(), check_version(): the versions in the module against those of the kernel. */
    private void importedVersions() {
        if (!hasVersions()) {
            return;
        }
        if (!probe.versions().containsKey(MODULE_LAYOUT)) {
            done.add(new Comparison(
                    "versions of imported symbols",
                    probe.versions().size() + " symbols",
                    "",
                    REFUSED,
                    "no symbol version for module_layout: Module.symvers is missing, empty or not understood"));
            return;
        }
        compareVersions("versions of imported symbols", probe.versions());
    }

    /** What the tree would give other modules. */
    private void symbolVersions() {
        if (!hasVersions()) {
            return;
        }
        compareVersions("Module.symvers", built.versions());
    }

    private void unresolvedSymbols() {
        if (built.unresolved()) {
            done.add(Comparison.unknown(
                    "symbols of Module.symvers",
                    MISSING,
                    "modpost does not find in it what every kernel exports: the file is not whole"));
        }
    }

    private void compareVersions(String name, Map<String, Long> here) {
        Map<String, Long> there = new TreeMap<>();
        kernel.all().forEach(module -> module.versions().forEach(there::putIfAbsent));
        int both = 0;
        List<String> differing = new ArrayList<>();
        for (Map.Entry<String, Long> symbol : there.entrySet()) {
            Long crc = here.get(symbol.getKey());
            if (crc != null) {
                both++;
                if (!crc.equals(symbol.getValue())) {
                    differing.add(symbol.getKey());
                }
            }
        }
        if (both == 0) {
            done.add(Comparison.unknown(
                    name, MISSING, "no symbol in common with the kernel's modules that were looked at"));
        } else if (differing.isEmpty()) {
            done.add(Comparison.agrees(name, both + " of " + both + " symbols that the kernel's modules use"));
        } else {
            // module_layout is what the kernel looks at first, and what it names.
            String first = differing.contains(MODULE_LAYOUT) ? MODULE_LAYOUT : differing.get(0);
            done.add(new Comparison(
                    name,
                    first + " " + hex(here.get(first)),
                    hex(there.get(first)),
                    REFUSED,
                    differing.size() + " of " + both
                            + " symbols: the kernel answers \"disagrees about version of symbol " + first + "\""));
        }
    }

    /** The tree's own headers against the CRC that the kernel has of them. */
    private void layout() {
        if (!hasVersions()) {
            return;
        }
        String name = "module_layout recomputed";
        Long kernels = kernel.all().stream()
                .map(module -> module.versions().get(MODULE_LAYOUT))
                .filter(crc -> crc != null)
                .findFirst()
                .orElse(built.versions().get(MODULE_LAYOUT));
        if (built.layout().isEmpty() || kernels == null) {
            done.add(Comparison.unknown(
                    name,
                    NOT_COMPARED,
                    kernels == null
                            ? "neither the kernel's modules nor Module.symvers have one"
                            : "genksyms of this tree gave none"));
        } else if (built.layout().getAsLong() == kernels) {
            done.add(Comparison.agrees(name, hex(kernels)));
        } else if (KNOWN_LAYOUTS.contains(series())) {
            done.add(new Comparison(
                    name,
                    hex(built.layout()),
                    hex(kernels),
                    CRASHES,
                    "the tree's headers and configuration give another struct module than the kernel's"));
        } else {
            done.add(Comparison.unknown(
                    name, NOT_COMPARED, "hdrfix does not know which headers kernel " + series() + " takes it over"));
        }
    }

    /**
     * Headers of a near version have another layout here and there and the same vermagic. A .config that was copied from
     * the version before keeps that one's number in its head, in the tree as in /boot.
     */
    private void source() {
        String name = "kernel source";
        Optional<String> there =
                kernel.configuration().flatMap(Configuration::source).map(SourceVersion::coded);
        if (there.isEmpty() || built.sources().isEmpty()) {
            return;
        }
        if (built.sources().contains(there.get())) {
            done.add(Comparison.agrees(name, there.get()));
        } else {
            done.add(new Comparison(
                    name,
                    built.sources().get(0),
                    there.get(),
                    CRASHES,
                    "the tree's headers are of another version than the kernel: structures can be laid out otherwise"));
        }
    }

    private void configuration() {
        String name = "configuration";
        if (kernel.configuration().isEmpty() || built.configuration().isEmpty()) {
            boolean proven = done.stream()
                    .anyMatch(comparison -> comparison.name().startsWith("module_layout")
                            && comparison.result() == Comparison.Result.AGREES);
            done.add(Comparison.unknown(
                    name,
                    // An equal module_layout covers every structure that struct module leads to.
                    proven ? NOT_COMPARED : MISSING,
                    built.configuration().isEmpty()
                            ? "the tree has none"
                            : "the kernel's is not to be had (" + kernel.configurationPlace() + ")"));
            return;
        }
        List<String> differences =
                built.configuration().get().differences(kernel.configuration().get());
        if (differences.isEmpty()) {
            done.add(Comparison.agrees(name, "as " + kernel.configurationPlace()));
            return;
        }
        done.add(new Comparison(
                name,
                String.join(", ", differences.subList(0, Math.min(3, differences.size())))
                        + (differences.size() > 3 ? ", ..." : ""),
                kernel.configurationPlace(),
                CRASHES,
                differences.size() + (differences.size() == 1 ? " option differs" : " options differ")
                        + ": structures can be laid out otherwise than in the kernel"));
    }

    private void signatures() {
        SignaturePolicy policy = kernel.signatures();
        if (policy.refusal().isPresent()) {
            done.add(new Comparison(
                    "signature",
                    "none",
                    policy.refusal().get(),
                    REFUSED,
                    "the kernel takes signed modules only: sign it with a key that the kernel trusts"));
        } else if (policy.known()) {
            done.add(Comparison.agrees("signature", "none, and none is asked for"));
        } else {
            done.add(Comparison.unknown(
                    "signature",
                    NOT_COMPARED,
                    "only the running kernel says whether it is locked down (Secure Boot) and wants one"));
        }
    }

    private void compiler() {
        String here = probe.compiler().orElse("");
        String there = usual(module -> module.compiler().orElse(""));
        if (here.isEmpty() || there.isEmpty()) {
            done.add(Comparison.unknown("compiler", NOT_COMPARED, "the modules do not name one"));
        } else if (here.equals(there)) {
            done.add(Comparison.agrees("compiler", here));
        } else {
            done.add(new Comparison("compiler", here, there, MAY_DIFFER, "the kernel does not look at it"));
        }
    }

    private void compare(String name, String here, String there, Comparison.Result otherwise, String why) {
        if (there.isEmpty()) {
            done.add(Comparison.unknown(name, MISSING, "the kernel's modules do not say"));
        } else if (here.equals(there)) {
            done.add(Comparison.agrees(name, here));
        } else {
            done.add(new Comparison(name, here.isEmpty() ? "none" : here, there, otherwise, why));
        }
    }

    /** What most of the kernel's modules say, so that one that was put there by a person does not mislead. */
    private String usual(Function<KernelModule, String> of) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (KernelModule module : kernel.all()) {
            counts.merge(of.apply(module), 1, Integer::sum);
        }
        String usual = "";
        for (Map.Entry<String, Integer> count : counts.entrySet()) {
            if (count.getValue() > counts.getOrDefault(usual, 0)) {
                usual = count.getKey();
            }
        }
        return usual;
    }

    private boolean hasVersions() {
        return versioned(
                flags(usual(module -> module.info("vermagic").orElse("").strip())));
    }

    private static boolean versioned(List<String> flags) {
        return flags.contains("modversions");
    }

    private static List<String> flags(String vermagic) {
        List<String> words = List.of(vermagic.split("\\s+"));
        return words.subList(1, words.size());
    }

    private static List<String> without(List<String> words, List<String> others) {
        Set<String> left = new LinkedHashSet<>(words);
        others.forEach(left::remove);
        return List.copyOf(left);
    }

    private String series() {
        return kernel.release().major() + "." + kernel.release().minor();
    }

    private static String machine(KernelModule module) {
        return "ELF machine " + module.machine() + ", "
                + (module.elfClass() == ElfClass.ELF64 ? "64-bit " : "32-bit ")
                + (module.order() == ByteOrder.BIG_ENDIAN ? "big-endian" : "little-endian");
    }

    private static String hex(OptionalLong value) {
        return value.isPresent() ? hex(value.getAsLong()) : "";
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
