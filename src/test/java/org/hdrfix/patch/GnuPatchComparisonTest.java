package org.hdrfix.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.hdrfix.fuzz.LongRun;
import org.hdrfix.patch.PatchResult.AlreadyApplied;
import org.hdrfix.patch.PatchResult.Applied;
import org.hdrfix.patch.PatchResult.Conflict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random patches on random trees, against {@code patch -p1 -F0}. What we apply, GNU patch applies to the same bytes; what
 * we call already applied, it can take back. What it applies and we refuse is counted.
 */
class GnuPatchComparisonTest {
    private static final long SEED = Long.getLong("hdrfix.seed", 20_740_131L);
    private static final int CASES = Integer.getInteger("hdrfix.cases", LongRun.asked() ? 20_000 : 1500);
    private static final int SHELLS = 4;

    private final Random random = new Random(SEED);

    /** @param tree content by path */
    private record Case(int number, Map<String, byte[]> tree, byte[] patch) {}

    @Test
    void appliesNothingThatGnuPatchWouldNotApplyToTheSameBytes(@TempDir Path directory) throws Exception {
        assumeTrue(present("patch"), "COMPARISON WITH GNU PATCH NOT MADE: there is no GNU patch on this machine");
        List<List<String>> texts = texts();
        List<Case> cases = new ArrayList<>();
        for (int number = 0; number < CASES; number++) {
            cases.add(write(directory, newCase(number, texts)));
        }
        runGnuPatch(directory);

        Map<String, Integer> counts = new TreeMap<>();
        for (Case each : cases) {
            counts.merge(verdict(directory, each), 1, Integer::sum);
        }
        System.out.println("GNU patch comparison, seed " + SEED + ", " + CASES + " cases: " + counts);
        assertTrue(counts.getOrDefault("applied, moved", 0) > CASES / 20, "hardly any moved hunk: " + counts);
        assertTrue(counts.getOrDefault("applied", 0) > CASES / 10, "hardly any patch applied: " + counts);
        assertTrue(counts.getOrDefault("already applied", 0) > CASES / 20, "hardly any found applied: " + counts);
        assertTrue(counts.getOrDefault("refused by both", 0) > CASES / 20, "hardly any refused: " + counts);
    }

    private static boolean present(String command) throws Exception {
        try {
            Process process = new ProcessBuilder(command, "--version").start();
            String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            boolean gnu = process.waitFor() == 0 && version.startsWith("GNU patch");
            if (!gnu) {
                System.out.println("COMPARISON WITH GNU PATCH NOT MADE: " + command + " is another program");
            }
            return gnu;
        } catch (IOException e) {
            System.out.println("COMPARISON WITH GNU PATCH NOT MADE: " + e.getMessage());
            return false;
        }
    }

    private List<List<String>> texts() {
        List<List<String>> texts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            texts.add(synthetic());
        }
        texts.addAll(ofTheMachine());
        return texts;
    }

    /** C-like, with the lines that repeat in every C file; now and then with CR LF, or without the last newline. */
    private List<String> synthetic() {
        List<String> lines = new ArrayList<>();
        String end = random.nextInt(6) == 0 ? "\r\n" : "\n";
        int functions = 1 + random.nextInt(11);
        for (int i = 0; i < functions; i++) {
            lines.add("static int f" + random.nextInt(20) + "(void)" + end);
            lines.add("{" + end);
            for (int j = random.nextInt(6); j > 0; j--) {
                lines.add(
                        switch (random.nextInt(5)) {
                            case 0 -> "\tcall(" + random.nextInt(50) + ");" + end;
                            case 1 -> "\t/* na\u00efve caf\u00e9 " + (char) (128 + random.nextInt(128)) + " */" + end;
                            case 2 -> "-- \\ @@ " + random.nextInt(9) + end;
                            case 3 -> end;
                            default -> "\tbreak;" + end;
                        });
            }
            lines.add("\treturn 0;" + end);
            lines.add("}" + end);
            lines.add(end);
        }
        if (!lines.isEmpty() && random.nextInt(5) == 0) {
            lines.set(lines.size() - 1, "/* end */");
        }
        return lines;
    }

    private static List<List<String>> ofTheMachine() {
        Path include = Path.of("/usr/include");
        if (!Files.isDirectory(include)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(include)) {
            return files.filter(file -> file.toString().endsWith(".h"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .map(GnuPatchComparisonTest::content)
                    .filter(bytes -> bytes.length < 30_000)
                    .map(TextLines::of)
                    .limit(60)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Case newCase(int number, List<List<String>> texts) {
        Map<String, byte[]> tree = new TreeMap<>();
        StringBuilder patch =
                new StringBuilder(random.nextInt(4) == 0 ? "Subject: change\n\n- for tests\n---\n\n" : "");
        int state = random.nextInt(10);
        int files = random.nextInt(4) == 0 ? 3 : 1;
        for (int i = 0; i < files; i++) {
            String path = "dir/f" + i + ".c";
            List<String> text = texts.get(random.nextInt(texts.size()));
            switch (random.nextInt(12)) {
                case 0 -> created(path, text, state, patch, tree);
                case 1 -> deleted(path, text, state, patch, tree);
                default -> edited(path, text, state, patch, tree);
            }
        }
        byte[] bytes = bytes(patch.toString());
        return new Case(number, tree, random.nextInt(8) == 0 ? damaged(bytes) : bytes);
    }

    private void edited(String path, List<String> text, int state, StringBuilder patch, Map<String, byte[]> tree) {
        RandomEdit edit = RandomEdit.of(random, text, 1 + random.nextInt(4));
        patch.append(edit.changesNothing() ? "" : edit.diff(path, random.nextInt(4) == 0 ? random.nextInt(3) : 3));
        // States 0 to 2: unpatched as it was; 3 to 5: unpatched and changed; 6 and 7: patched; 8: patched and changed.
        List<String> lines =
                new ArrayList<>(edit.text(state < 6 || random.nextInt(15) == 0 ? Side.BEFORE : Side.AFTER));
        for (int i = state >= 3 && state < 6 || state == 8 ? 1 + random.nextInt(2) : 0; i > 0; i--) {
            disturb(lines);
        }
        if (state < 9) {
            tree.put(path, TextLines.bytes(lines));
        }
    }

    private void disturb(List<String> lines) {
        int at = random.nextInt(lines.size() + 1);
        switch (random.nextInt(6)) {
            case 0 ->
                lines.addAll(
                        0,
                        List.of("/* one */\n", "/* two */\n", "/* three */\n").subList(0, 1 + random.nextInt(3)));
            case 1 -> lines.add(Math.max(0, Math.min(at, lines.size() - 1)), "disturbed\n");
            case 2 -> lines.addAll(0, List.copyOf(lines.subList(0, Math.max(0, at - 1))));
            case 3 -> lines.subList(0, Math.min(at, 3)).clear();
            case 4 -> lines.subList(at / 2, Math.min(lines.size(), at / 2 + 2)).clear();
            default -> lines.replaceAll(line -> line.equals("\tbreak;\n") ? "\tbreak;\n" : line.replace("f7(", "f8("));
        }
    }

    private void created(String path, List<String> text, int state, StringBuilder patch, Map<String, byte[]> tree) {
        if (text.isEmpty()) {
            return;
        }
        patch.append(whole('+', text)
                .replace("HEADER", "--- /dev/null\n+++ b/" + path + "\n@@ -0,0 +1," + text.size() + " @@\n"));
        if (state >= 5) {
            tree.put(path, state < 8 ? TextLines.bytes(text) : bytes("other\n"));
        }
    }

    private void deleted(String path, List<String> text, int state, StringBuilder patch, Map<String, byte[]> tree) {
        if (text.isEmpty()) {
            return;
        }
        patch.append(whole('-', text)
                .replace("HEADER", "--- a/" + path + "\n+++ /dev/null\n@@ -1," + text.size() + " +0,0 @@\n"));
        if (state < 6) {
            tree.put(path, TextLines.bytes(state < 5 ? text : text.subList(0, text.size() - 1)));
        }
    }

    private static String whole(char mark, List<String> text) {
        StringBuilder lines = new StringBuilder("HEADER");
        text.forEach(line ->
                lines.append(mark).append(line).append(line.endsWith("\n") ? "" : "\n\\ No newline at end of file\n"));
        return lines.toString();
    }

    private byte[] damaged(byte[] patch) {
        List<String> lines = TextLines.of(patch);
        int at = random.nextInt(lines.size() + 1);
        switch (random.nextInt(7)) {
            case 0 -> lines.subList(at, lines.size()).clear();
            case 1 -> lines.subList(Math.max(0, at - 1), at).clear();
            case 2 -> lines.add(at, "+inserted\n");
            case 3 -> lines.add(at, "\n");
            case 4 -> lines.replaceAll(line -> line.replace(",7", ",6"));
            case 5 -> lines.replaceAll(line -> line.equals(" \n") ? "\n" : line);
            default -> lines.replaceAll(line -> line.startsWith("@@") ? line.replaceFirst("-1", "-2") : line);
        }
        return TextLines.bytes(lines);
    }

    private static Case write(Path directory, Case each) throws IOException {
        for (String tree : List.of("forward", "back")) {
            Path root = Files.createDirectories(directory.resolve(each.number() + "/" + tree));
            for (Map.Entry<String, byte[]> file : each.tree().entrySet()) {
                Path path = root.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
        }
        Files.write(directory.resolve(each.number() + "/patch"), each.patch());
        return each;
    }

    /** Few shells for all cases: hundreds of processes from here would take most of the test's time. */
    private static void runGnuPatch(Path directory) throws Exception {
        String options = "-p1 -F0 -f -s --no-backup-if-mismatch -r - -i ../patch";
        String script = "unset POSIXLY_CORRECT PATCH_GET; for d; do"
                + " cd \"$d/forward\" && patch " + options + "; echo $? > ../forward.status;"
                + " cd ../back && patch -R " + options + "; echo $? > ../back.status; cd ../..; done";
        List<Process> shells = new ArrayList<>();
        for (int first = 0; first < SHELLS; first++) {
            List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
            for (int number = first; number < CASES; number += SHELLS) {
                command.add(Integer.toString(number));
            }
            shells.add(new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log" + first).toFile())
                    .start());
        }
        for (Process shell : shells) {
            assertTrue(shell.waitFor(2, TimeUnit.MINUTES), "patch hangs");
        }
    }

    private String verdict(Path directory, Case each) throws IOException {
        Path here = directory.resolve(Integer.toString(each.number()));
        boolean gnuApplies = Files.readString(here.resolve("forward.status")).equals("0\n");
        boolean gnuReverts = Files.readString(here.resolve("back.status")).equals("0\n");
        String name = "case " + each.number() + " of seed " + SEED;
        PatchResult result;
        try {
            result = UnifiedDiff.parse(name, each.patch())
                    .apply(path -> Optional.ofNullable(each.tree().get(path)));
        } catch (MalformedPatchException e) {
            return gnuApplies ? "refused by us: " + e.getMessage().replaceFirst(".*?:\\d+: ", "") : "refused by both";
        }
        if (result instanceof Applied applied) {
            assertTrue(gnuApplies, name + ": GNU patch refuses what we apply");
            assertEquals(shown(patched(each, applied)), shown(tree(here.resolve("forward"))), name);
            boolean moved = applied.offsets().values().stream()
                    .anyMatch(all -> all.stream().anyMatch(o -> o != 0));
            return moved ? "applied, moved" : "applied";
        }
        if (result instanceof AlreadyApplied) {
            assertTrue(gnuReverts, name + ": GNU patch cannot take back what we say is applied");
            return gnuApplies ? "already applied, GNU patch would apply it again" : "already applied";
        }
        return gnuApplies ? "refused by us: " + kind((Conflict) result) : "refused by both";
    }

    private static String kind(Conflict conflict) {
        return conflict.reason().replaceAll("hunk \\d+ of \\d+ |expected.*|at lines .*|[\\d.]+|dir/\\S+", "");
    }

    private static Map<String, byte[]> patched(Case each, Applied applied) {
        Map<String, byte[]> patched = new TreeMap<>(each.tree());
        applied.changes()
                .forEach((path, content) ->
                        content.ifPresentOrElse(bytes -> patched.put(path, bytes), () -> patched.remove(path)));
        return patched;
    }

    private static Map<String, byte[]> tree(Path root) throws IOException {
        Map<String, byte[]> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> tree.put(root.relativize(file).toString(), content(file)));
        }
        return tree;
    }

    private static Map<String, String> shown(Map<String, byte[]> tree) {
        Map<String, String> shown = new TreeMap<>();
        tree.forEach((path, content) -> shown.put(path, new String(content, StandardCharsets.ISO_8859_1)));
        return shown;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
