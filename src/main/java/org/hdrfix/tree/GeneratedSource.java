package org.hdrfix.tree;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How to make a source file that packages may leave out: the kernel's own makefiles run bison or flex for it, or take the
 * one that was shipped beside it as {@code FILE_shipped} (up to 4.15).
 *
 * @param path the file, relative to the tree
 * @param tool {@code bison}, {@code flex} or {@code shipped}
 * @param from what it is made from, relative to the tree
 * @param options of the tool, in the order of its command line
 */
public record GeneratedSource(String path, String tool, String from, List<String> options) {
    /** What has to be installed on its own. */
    public static final Set<String> TOOLS = Set.of("bison", "flex");

    public GeneratedSource {
        options = List.copyOf(options);
    }

    /** Reads {@code PATH TOOL FROM OPTION...}. */
    static GeneratedSource parse(String line) {
        List<String> words = Arrays.asList(line.strip().split("\\s+"));
        return new GeneratedSource(words.get(0), words.get(1), words.get(2), words.subList(3, words.size()));
    }

    /** Whether the tool is none that has to be installed on its own, or one of those that are. */
    public boolean canRun(Set<String> installed) {
        return !TOOLS.contains(tool) || installed.contains(tool);
    }

    /** The directory it lies in, relative to the tree. */
    public String directory() {
        return path.substring(0, path.lastIndexOf('/'));
    }

    /**
     * The shell command that makes it.
     *
     * @param directory a shell word: where paths of generated files begin
     */
    public String command(String directory) {
        String place = directory + "/" + path;
        String words = String.join(" ", options) + (options.isEmpty() ? "" : " ");
        return switch (tool) {
            // bison writes the header of its tokens beside it (parse.tab.c, parse.tab.h).
            case "bison" ->
                "bison " + words + "-o " + place + " --defines=" + place.substring(0, place.length() - 1) + "h " + from;
            case "flex" -> "flex " + words + "-o" + place + " " + from;
            // All of a directory: they include one another (lex.lex.c includes parse.tab.h and keywords.hash.c).
            case "shipped" ->
                "for f in " + directory() + "/*_shipped; do n=${f%_shipped}; cp \"$f\" " + directory + "/\"$n\"; done";
            default -> throw new IllegalArgumentException("no generator of sources: " + tool);
        };
    }
}
