package org.hdrfix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packages use each other in one direction, so that nothing a check reaches can write. */
class PackageDirectionTest {
    /** What each package may use, itself aside. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("catalogue", Set.of()),
            Map.entry("file", Set.of()),
            Map.entry("elf", Set.of("file")),
            Map.entry("platform", Set.of("file", "catalogue", "elf")),
            Map.entry("tree", Set.of("file", "catalogue", "elf", "platform")),
            Map.entry("diagnosis", Set.of("catalogue", "elf", "platform", "tree")),
            Map.entry("explain", Set.of("catalogue", "diagnosis")),
            Map.entry("patch", Set.of("catalogue")),
            Map.entry("kbuild", Set.of("file", "elf", "platform", "tree")),
            Map.entry("repair", Set.of("file", "catalogue", "elf", "platform", "tree", "diagnosis", "patch", "kbuild")),
            Map.entry("proof", Set.of("file", "catalogue", "elf", "platform", "tree", "diagnosis", "kbuild")),
            Map.entry("hook", Set.of("tree")),
            Map.entry("report", Set.of("platform", "tree", "diagnosis", "explain", "patch", "repair", "proof")),
            Map.entry(
                    "cli",
                    Set.of(
                            "file",
                            "platform",
                            "tree",
                            "diagnosis",
                            "explain",
                            "kbuild",
                            "repair",
                            "proof",
                            "report",
                            "hook")));

    /** Calls that write files, start programs or print, and the packages that may make them. */
    private static final Map<String, Set<String>> CALLS = Map.of(
            "ProcessBuilder", Set.of("kbuild"),
            "Runtime.getRuntime().exec", Set.of(),
            "Files.write", Set.of("kbuild", "repair", "hook"),
            "Files.delete", Set.of("kbuild", "repair", "hook"),
            "Files.move", Set.of("repair", "hook"),
            "Files.copy", Set.of("kbuild"),
            "Files.create", Set.of("kbuild", "repair", "hook"),
            "Files.set", Set.of("kbuild", "repair", "hook"),
            "System.out", Set.of("cli"),
            "System.err", Set.of("cli"));

    @Test
    void packagesUseOnlyThoseAboveThem() {
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(writer, writer, "-verbose:package", "-filter:none", "target/classes");
        Map<String, Integer> seen = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        for (String line : output.toString().lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 2 && words[0].startsWith("org.hdrfix.") && words[2].startsWith("org.hdrfix.")) {
                String from = top(words[0]);
                String to = top(words[2]);
                seen.merge(from, 1, Integer::sum);
                if (!from.equals(to) && !MAY_USE.getOrDefault(from, Set.of()).contains(to)) {
                    wrong.add(from + " uses " + to);
                }
            }
        }
        assertTrue(seen.getOrDefault("cli", 0) > 3 && seen.size() > 5, "jdeps saw too little: " + seen);
        assertEquals(List.of(), wrong);
    }

    @Test
    void onlyTheirOwnPackagesWriteRunOrPrint() throws IOException {
        List<String> wrong = new ArrayList<>();
        int files = 0;
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java/org/hdrfix"))) {
            for (Path source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                files++;
                String name = Path.of("src/main/java/org/hdrfix")
                        .relativize(source)
                        .getName(0)
                        .toString();
                String text = Files.readString(source);
                CALLS.forEach((call, packages) -> {
                    if (text.contains(call) && !packages.contains(name)) {
                        wrong.add(source + " has " + call);
                    }
                });
            }
        }
        assertTrue(files > 50, "only " + files + " sources were seen");
        assertEquals(List.of(), wrong);
    }

    private static String top(String name) {
        return name.substring("org.hdrfix.".length()).split("\\.")[0];
    }
}
