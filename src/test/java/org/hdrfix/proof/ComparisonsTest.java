package org.hdrfix.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hdrfix.elf.ElfClass;
import org.hdrfix.elf.KernelModule;
import org.hdrfix.tree.HeaderTree;
import org.hdrfix.tree.KernelRelease;
import org.hdrfix.tree.TreeLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tree and a kernel that agree in all, and then each criterion alone: it must turn the verdict. */
class ComparisonsTest {
    private static final String FLAGS = " SMP preempt mod_unload modversions aarch64";

    private String release = "6.1.21-v8+";
    private ElfClass elfClass = ElfClass.ELF64;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private int machine = 183;
    private int flags;
    private String vermagic = release + FLAGS;
    private long size = 0x380;
    private long init = 0x138;
    private OptionalLong exit = OptionalLong.of(0x340);
    private final Map<String, Long> imports = new LinkedHashMap<>();
    private final Map<String, Long> exports = new LinkedHashMap<>();
    private final Map<String, Long> symvers = new LinkedHashMap<>();
    private boolean unresolved;
    private OptionalLong layout = OptionalLong.of(0xd568a14aL);
    private final Map<String, String> treeOptions = new LinkedHashMap<>();
    private Optional<Configuration> kernelConfiguration;
    private List<String> sources = List.of("6.1.21");
    private SignaturePolicy signatures = new SignaturePolicy(Optional.empty(), true);
    private String compiler = "GCC: (Debian) 12.2.0";
    private final Map<String, KernelModule> references = new LinkedHashMap<>();

    @BeforeEach
    void agree() {
        imports.put("module_layout", 0xd568a14aL);
        imports.put("_printk", 0x92997ed8L);
        exports.put("hdrfix_probe_answer", 0x37756efaL);
        symvers.putAll(imports);
        symvers.put("kfree", 0x37a0cbaL);
        treeOptions.put("SMP", "1");
        treeOptions.put("HZ", "250");
        kernelConfiguration = Optional.of(configuration(treeOptions, Optional.of("6.1.21")));
        reference("a.ko");
        reference("b.ko");
        reference("c.ko");
    }

    private void reference(String name) {
        Map<String, Long> versions = new LinkedHashMap<>(imports);
        versions.put("kfree", 0x37a0cbaL);
        references.put(name, module(versions, Map.of(), "GCC: (Debian) 12.2.0"));
    }

    private KernelModule module(Map<String, Long> versions, Map<String, Long> exported, String comment) {
        return new KernelModule(
                elfClass,
                order,
                machine,
                flags,
                List.of("license=GPL", "vermagic=" + vermagic + " "),
                OptionalLong.of(size),
                OptionalLong.of(init),
                exit,
                versions,
                exported,
                Optional.of(comment));
    }

    private static Configuration configuration(Map<String, String> options, Optional<String> source) {
        return new Configuration(new TreeMap<>(options), new TreeSet<>(), source);
    }

    private Proof proof() {
        Built built = new Built(
                module(imports, exports, compiler),
                unresolved,
                layout,
                symvers,
                treeOptions.isEmpty() ? Optional.empty() : Optional.of(configuration(treeOptions, Optional.empty())),
                sources);
        Kernel kernel = new Kernel(
                new KernelRelease(release), references, kernelConfiguration, "/boot/config-" + release, signatures);
        HeaderTree tree = new HeaderTree(
                Path.of("/t"),
                "/t",
                new KernelRelease(release),
                TreeLayout.of(Path.of("/nonexistent")),
                Optional.empty(),
                List.of());
        return new Proof(tree, Comparisons.of(built, kernel), List.of(), Optional.empty());
    }

    private void assertOnly(Verdict verdict, String... names) {
        Proof proof = proof();
        assertEquals(verdict, proof.verdict(), proof.comparisons().toString());
        assertEquals(
                List.of(names),
                proof.comparisons().stream()
                        .filter(comparison -> comparison.result() != Comparison.Result.AGREES)
                        .map(Comparison::name)
                        .toList());
    }

    @Test
    void whatAgreesInAllWouldLoad() {
        assertOnly(Verdict.WOULD_LOAD);
        assertEquals(14, proof().comparisons().size());
    }

    @Test
    void anotherMachineClassOrByteOrderIsRefused() {
        machine = 40;
        assertOnly(Verdict.WOULD_BE_REFUSED, "machine");
        machine = 183;
        elfClass = ElfClass.ELF32;
        assertOnly(Verdict.WOULD_BE_REFUSED, "machine");
        elfClass = ElfClass.ELF64;
        order = ByteOrder.BIG_ENDIAN;
        assertOnly(Verdict.WOULD_BE_REFUSED, "machine");
    }

    @Test
    void otherElfFlagsMayCrash() {
        flags = 0x5000400;
        assertOnly(Verdict.MAY_CRASH, "ELF flags");
    }

    @Test
    void aFlagOfVermagicIsRefused() {
        vermagic = release + " preempt mod_unload modversions aarch64";
        assertOnly(Verdict.WOULD_BE_REFUSED, "vermagic");
        assertTrue(proof().reason().orElseThrow().contains("only the kernel has SMP"));
    }

    @Test
    void anotherReleaseIsNoFaultWhereSymbolsHaveVersions() {
        vermagic = "6.1.20-v8+" + FLAGS;
        assertOnly(Verdict.WOULD_LOAD, "vermagic");
    }

    @Test
    void anotherReleaseIsRefusedWhereTheyHaveNone() {
        String unversioned = " SMP preempt mod_unload aarch64";
        vermagic = release + unversioned;
        imports.clear();
        references.clear();
        reference("d.ko");
        assertOnly(Verdict.WOULD_LOAD);
        vermagic = "6.1.20-v8+" + unversioned;
        assertOnly(Verdict.WOULD_BE_REFUSED, "vermagic");
        assertTrue(proof().reason().orElseThrow().contains("the release differs"));
    }

    @Test
    void anotherSizeOfStructModuleMayCrashUpTo63AndIsRefusedSince() {
        size = 0x340;
        assertOnly(Verdict.MAY_CRASH, "size of struct module");
        release = "6.3.9";
        assertOnly(Verdict.MAY_CRASH, "size of struct module");
        release = "6.4.0";
        assertOnly(Verdict.WOULD_BE_REFUSED, "size of struct module");
    }

    @Test
    void anotherPlaceOfEitherFunctionMayCrash() {
        init = 0x130;
        assertOnly(Verdict.MAY_CRASH, "offset of init_module");
        init = 0x138;
        exit = OptionalLong.of(0x328);
        assertOnly(Verdict.MAY_CRASH, "offset of cleanup_module");
        exit = OptionalLong.empty();
        assertOnly(Verdict.MAY_CRASH, "offset of cleanup_module");
    }

    @Test
    void anExportWithoutACrcMayCrash() {
        exports.put("hdrfix_probe_answer", 0L);
        assertOnly(Verdict.MAY_CRASH, "CRC of an exported symbol");
        exports.clear();
        assertOnly(Verdict.MAY_CRASH, "CRC of an exported symbol");
    }

    @Test
    void aModuleWithoutVersionsIsRefused() {
        imports.clear();
        assertOnly(Verdict.WOULD_BE_REFUSED, "versions of imported symbols");
        assertTrue(proof().reason().orElseThrow().contains("no symbol version for module_layout"));
    }

    @Test
    void anotherVersionOfAnImportIsRefusedAndModuleLayoutIsNamedFirst() {
        imports.put("_printk", 1L);
        assertOnly(Verdict.WOULD_BE_REFUSED, "versions of imported symbols");
        assertTrue(proof().reason().orElseThrow().contains("about version of symbol _printk"));
        imports.put("module_layout", 2L);
        assertTrue(proof().reason().orElseThrow().contains("about version of symbol module_layout"));
    }

    @Test
    void aSymbolThatTheProbeDoesNotUseCountsToo() {
        symvers.put("kfree", 0x1234L);
        assertOnly(Verdict.WOULD_BE_REFUSED, "Module.symvers");
    }

    @Test
    void anIncompleteModuleSymversCannotBeJudged() {
        unresolved = true;
        assertOnly(Verdict.CANNOT_TELL, "symbols of Module.symvers");
    }

    @Test
    void anotherModuleLayoutMayCrashWhereThePrototypeIsKnownToBeRight() {
        layout = OptionalLong.of(0x7aaacc93L);
        assertOnly(Verdict.MAY_CRASH, "module_layout recomputed");
        release = "6.6.31";
        assertOnly(Verdict.WOULD_LOAD, "module_layout recomputed");
        layout = OptionalLong.empty();
        release = "6.1.21";
        assertOnly(Verdict.WOULD_LOAD, "module_layout recomputed");
    }

    @Test
    void headersOfAnotherVersionMayCrash() {
        sources = List.of("6.1.20");
        assertOnly(Verdict.MAY_CRASH, "kernel source");
        kernelConfiguration = Optional.of(configuration(treeOptions, Optional.of("6.1.300")));
        sources = List.of("6.1.255");
        assertOnly(Verdict.WOULD_LOAD);
    }

    @Test
    void aConfigurationThatWasCopiedFromTheVersionBeforeIsNoFault() {
        sources = List.of("6.1.22", "6.1.21");
        assertOnly(Verdict.WOULD_LOAD);
    }

    @Test
    void aConfigurationThatNamesNoVersionIsNotAsked() {
        kernelConfiguration = Optional.of(configuration(treeOptions, Optional.empty()));
        sources = List.of("6.1.20");
        assertOnly(Verdict.WOULD_LOAD);
    }

    @Test
    void anotherConfigurationMayCrash() {
        treeOptions.put("NETFILTER", "1");
        assertOnly(Verdict.MAY_CRASH, "configuration");
    }

    @Test
    void withoutAConfigurationTheLayoutHasToBeProven() {
        kernelConfiguration = Optional.empty();
        assertOnly(Verdict.WOULD_LOAD, "configuration");
        layout = OptionalLong.empty();
        assertOnly(Verdict.CANNOT_TELL, "module_layout recomputed", "configuration");
    }

    @Test
    void aKernelThatWantsSignaturesRefuses() {
        signatures = new SignaturePolicy(Optional.of("CONFIG_MODULE_SIG_FORCE=y"), true);
        assertOnly(Verdict.WOULD_BE_REFUSED, "signature");
        signatures = new SignaturePolicy(Optional.empty(), false);
        assertOnly(Verdict.WOULD_LOAD, "signature");
    }

    @Test
    void anotherCompilerIsOnlyTold() {
        compiler = "GCC: (Debian) 14.1.0";
        assertOnly(Verdict.WOULD_LOAD, "compiler");
    }

    @Test
    void oneOddModuleDoesNotMislead() {
        size = 0x340;
        references.put("odd.ko", module(imports, Map.of(), "clang"));
        size = 0x380;
        assertOnly(Verdict.WOULD_LOAD);
    }

    @Test
    void whatIsRefusedCannotCrash() {
        size = 0x340;
        machine = 62;
        assertOnly(Verdict.WOULD_BE_REFUSED, "machine", "size of struct module");
    }
}
