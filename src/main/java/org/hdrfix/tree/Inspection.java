package org.hdrfix.tree;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.hdrfix.platform.Architecture;

/**
 * The facts seen in one tree, and no judgement.
 *
 * @param tree the tree
 * @param programs its host programs, and those it lacks although module builds run them; sorted by need, then path
 * @param objects relocatable objects below scripts/ and tools/
 * @param plugins shared objects below scripts/ and tools/ that a compiler loads, paths relative to the tree
 * @param others ELF files that are none of these, paths relative to the tree
 * @param enabled the configuration options set to y, of those that any catalogue asks for
 * @param kernelArchitecture what its kernel is built for, where the configuration says so
 * @param configuration whether the generated configuration is there
 * @param symbolVersions what Module.symvers is
 * @param releases which kernels the tree says it is for
 * @param scriptsLink target of the link, where scripts is one
 * @param obstacle why part of the tree could not be read; what was read stands all the same
 */
public record Inspection(
        HeaderTree tree,
        List<HostProgram> programs,
        List<TreeObject> objects,
        List<String> plugins,
        List<String> others,
        Set<String> enabled,
        Optional<Architecture> kernelArchitecture,
        GeneratedConfiguration configuration,
        SymbolVersions symbolVersions,
        Releases releases,
        Optional<String> scriptsLink,
        Optional<String> obstacle) {
    public Inspection {
        programs = List.copyOf(programs);
        objects = List.copyOf(objects);
        plugins = List.copyOf(plugins);
        others = List.copyOf(others);
        enabled = Set.copyOf(enabled);
    }

    /** Whether the tree has an entry at a path relative to it. */
    public Predicate<String> has() {
        return path -> Files.exists(tree.root().resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether the programs lie in another package, behind links that are never written through. */
    public boolean liesElsewhere() {
        return scriptsLink.isPresent();
    }
}
