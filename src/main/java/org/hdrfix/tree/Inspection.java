package org.hdrfix.tree;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
    /** Bytes of a file that is patched: no source of a header tree comes near it. */
    private static final int LARGEST_SOURCE = 16 << 20;

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

    /**
     * The link into another package that a path lies behind: {@code scripts}, or {@code tools} where that alone is one.
     *
     * @param path relative to the tree
     * @return where the link leads, as it stands in it
     */
    public Optional<String> linkOver(String path) {
        Path top = tree.root().resolve(Path.of(path).getName(0));
        try {
            return Files.isSymbolicLink(top)
                    ? Optional.of(Files.readSymbolicLink(top).toString())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("?");
        }
    }

    /**
     * The beginning of a text of the tree, as Latin-1, so that every byte is one character; nothing where it is no
     * regular file, or lies behind a link, which could lead out of the tree.
     *
     * @param path relative to the tree
     * @param bytes how much of it is read at most
     */
    public Optional<String> head(String path, int bytes) {
        Path at = tree.root();
        for (Path name : Path.of(path)) {
            at = at.resolve(name);
            if (Files.isSymbolicLink(at)) {
                return Optional.empty();
            }
        }
        return TreeText.head(at, bytes);
    }

    /**
     * A whole file of the tree; nothing where {@link #head} gives nothing.
     *
     * @param path relative to the tree
     * @throws IOException where it is larger than any source, in words that name it: a part of it is another file
     */
    public Optional<byte[]> source(String path) throws IOException {
        Optional<String> text = head(path, LARGEST_SOURCE + 1);
        if (text.isPresent() && text.get().length() > LARGEST_SOURCE) {
            throw new IOException(path + " is larger than " + (LARGEST_SOURCE >> 20) + " MiB");
        }
        return text.map(content -> content.getBytes(StandardCharsets.ISO_8859_1));
    }
}
