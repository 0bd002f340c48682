package org.hdrfix.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hdrfix.patch.FilePatch.Kind;
import org.hdrfix.patch.HunkLine.Mark;

/**
 * Reads unified diffs (GNU diffutils manual, "Detailed Description of Unified Format"; git-diff(1), "Generating patch
 * text with -p"), and nothing else.
 *
 * <p>A patch changes files of a machine's root user, so whatever could be understood in two ways is refused: this reader
 * knows what GNU patch 2.7 would make of a line, and where it does not make the same of it, it throws. What it accepts
 * means the same to GNU patch with {@code -p1 -F0}.
 */
public final class UnifiedDiff {
    private static final Pattern HUNK =
            Pattern.compile("@@ -(\\d{1,9})(?:,(\\d{1,9}))? \\+(\\d{1,9})(?:,(\\d{1,9}))? @@(?: [^\\n]*)?\\n");
    private static final Pattern GIT = Pattern.compile("diff --git (\\S+) (\\S+)\\n");
    private static final Pattern INDEX = Pattern.compile("index [0-9a-f]+\\.\\.[0-9a-f]+(?: (\\d{6}))?\\n");
    private static final Pattern FILE_MODE = Pattern.compile("(new|deleted) file mode (\\d{6})\\n");

    // GNU patch takes a command like "3,5d" or "3c4" in the text between patches for an ed script or a normal diff.
    private static final Pattern ED = Pattern.compile("\\d+(?:,\\d+)?[acdis](?:\\d+(?:,\\d+)?)?\\r?\\n");
    // It also looks behind indentation and behind the dashes of RFC 934, and would apply a diff quoted in a message.
    private static final Pattern QUOTED =
            Pattern.compile("(?:[ \\tX]|- )+(?:--- |\\+\\+\\+ |\\*\\*\\* |@@ -|diff --git )");

    private final String name;
    private final List<String> lines;
    private final List<FilePatch> files = new ArrayList<>();
    private int at = 0;
    /** What the lines before the next file header say of it. */
    private Announced announced = Announced.NOTHING;
    /** Whether a hunk came last, and no mail or file since: then a line with a hunk's mark means a wrong count. */
    private boolean behindHunk = false;

    private record Announced(Optional<String> git, Optional<String> index, Optional<Kind> kind) {
        static final Announced NOTHING = new Announced(Optional.empty(), Optional.empty(), Optional.empty());
    }

    private record Header(String path, Kind kind) {}

    private UnifiedDiff(String name, List<String> lines) {
        this.name = name;
        this.lines = lines;
    }

    /**
     * The files of a patch; text before, between and after them (mail headers, DEP-3 fields) is passed over.
     *
     * @param name of the patch, for messages
     * @throws MalformedPatchException at anything that is not plainly a change, a creation or a deletion of a text file
     *     below the tree, with names that have one leading component ({@code -p1})
     */
    public static PatchSet parse(String name, byte[] text) {
        return new UnifiedDiff(name, TextLines.of(text)).read();
    }

    private PatchSet read() {
        while (at < lines.size()) {
            if (startsFile()) {
                add(file());
            } else if (line().startsWith("diff --git ")) {
                gitHeader();
            } else {
                passOver();
            }
        }
        if (files.isEmpty()) {
            throw fault("no unified diff in it");
        }
        return new PatchSet(name, files);
    }

    private void add(FilePatch file) {
        for (FilePatch other : files) {
            if (other.path().equals(file.path())) {
                throw fault(file.path() + " stands twice");
            }
            if (other.path().startsWith(file.path() + "/") || file.path().startsWith(other.path() + "/")) {
                throw fault(file.path() + " and " + other.path() + ": a file and a directory of one name");
            }
        }
        files.add(file);
    }

    private boolean startsFile() {
        return line().startsWith("--- ") && next().startsWith("+++ ");
    }

    private void passOver() {
        String line = line();
        refuse("GIT binary patch", "Binary files ");
        if (line.startsWith("@@ ") || line.startsWith("+++ ") || line.startsWith("*** ") && next().startsWith("--- ")) {
            throw fault("a hunk, or a header that is not of a unified diff, outside a file");
        }
        if (QUOTED.matcher(line).lookingAt()) {
            throw fault("an indented diff, which GNU patch would apply");
        }
        if (ED.matcher(line).matches()) {
            throw fault("an ed script or a normal diff");
        }
        refuse("Prereq:");
        boolean separator = line.equals("-- \n") || line.equals("---\n");
        if (behindHunk && !separator && "+-\\ \t@".indexOf(line.charAt(0)) >= 0) {
            throw fault("a line behind the hunk that its counts leave out");
        }
        if (line.startsWith("From ")) {
            behindHunk = false;
        }
        if (line.startsWith("Index: ")) {
            announced = new Announced(
                    Optional.empty(), Optional.of(line.substring(7).strip()), Optional.empty());
        }
        at++;
    }

    private void gitHeader() {
        Matcher names = GIT.matcher(line());
        if (!names.matches()) {
            throw fault("quoted or unusual file name");
        }
        String path = strip(names.group(1));
        if (!path.equals(strip(names.group(2)))) {
            throw fault("a rename or copy");
        }
        Optional<Kind> kind = Optional.empty();
        for (at++; at < lines.size() && !startsFile(); at++) {
            Matcher mode = FILE_MODE.matcher(line());
            if (mode.matches()) {
                kind = Optional.of(mode.group(1).equals("new") ? Kind.CREATION : Kind.DELETION);
                requirePlain(mode.group(2), kind.get() == Kind.CREATION);
            } else {
                gitLine();
            }
        }
        if (at >= lines.size()) {
            throw fault("a file without hunks: truncated, a change of mode alone, or an empty file");
        }
        announced = new Announced(Optional.of(path), Optional.empty(), kind);
    }

    private void gitLine() {
        refuse("rename ", "copy ", "similarity ", "dissimilarity ");
        refuse("old mode ", "new mode ", "GIT binary patch", "Binary files ");
        Matcher index = INDEX.matcher(line());
        if (!index.matches()) {
            throw fault("a file without hunks, or an unknown git header");
        }
        if (index.group(1) != null) {
            requirePlain(index.group(1), false);
        }
    }

    /** Refuses the modes of symlinks and submodules; and of new programs, for a mode is not part of a result. */
    private void requirePlain(String mode, boolean created) {
        if (!mode.equals("100644") && (created || !mode.equals("100755"))) {
            throw fault("file mode " + mode + (mode.equals("120000") ? " (a symlink)" : ""));
        }
    }

    private void refuse(String... beginnings) {
        for (String beginning : beginnings) {
            if (line().startsWith(beginning)) {
                throw fault("\"" + beginning.strip() + "\" is not supported");
            }
        }
    }

    private FilePatch file() {
        Header header = header();
        List<Hunk> hunks = new ArrayList<>();
        while (at < lines.size() && line().startsWith("@@")) {
            hunks.add(hunk(header.kind(), hunks));
        }
        if (hunks.isEmpty()) {
            throw fault("a file without hunks");
        }
        announced = Announced.NOTHING;
        behindHunk = true;
        return new FilePatch(header.path(), header.kind(), hunks);
    }

    private Header header() {
        Optional<String> from = fileName();
        at++;
        Optional<String> to = fileName();
        if (from.isPresent() ? to.isPresent() && !from.equals(to) : to.isEmpty()) {
            throw fault("two names: a rename or copy, or no file at all");
        }
        Kind kind = from.isEmpty() ? Kind.CREATION : to.isEmpty() ? Kind.DELETION : Kind.MODIFICATION;
        String path = from.or(() -> to).orElseThrow();
        if (!announced.git().orElse(path).equals(path)
                || !announced.kind().orElse(kind).equals(kind)) {
            throw fault("the git header speaks of something else");
        }
        if (announced.index().isPresent() && !strip(announced.index().get()).equals(path)) {
            throw fault("the line \"Index:\" speaks of another file");
        }
        at++;
        return new Header(path, kind);
    }

    /** The path in the tree that a file header names; nothing for /dev/null. */
    private Optional<String> fileName() {
        String line = line();
        if (line.endsWith("\r\n")) {
            throw fault("a file header that ends in CR LF: a mail program or editor converted the patch");
        }
        String rest = line.substring(4).stripTrailing();
        int tab = rest.indexOf('\t');
        // To GNU patch the epoch as time means that the file does not exist.
        if (tab >= 0 && (rest.contains("1970-01-01") || rest.contains("1969-12-31"))) {
            throw fault("a file that is absent by its time; write /dev/null");
        }
        String named = tab < 0 ? rest : rest.substring(0, tab);
        return named.equals("/dev/null") ? Optional.empty() : Optional.of(strip(named));
    }

    private String strip(String named) {
        Optional<String> fault = TreePath.fault(named);
        if (fault.isPresent()) {
            throw fault(fault.get());
        }
        int slash = named.indexOf('/');
        if (slash < 0) {
            throw fault("file name " + named + " without a leading component");
        }
        return named.substring(slash + 1);
    }

    private Hunk hunk(Kind kind, List<Hunk> earlier) {
        Matcher header = HUNK.matcher(line());
        if (!header.matches()) {
            throw fault("not a hunk header");
        }
        int headerAt = at++;
        List<HunkLine> body = body(count(header.group(2)), count(header.group(4)));
        Hunk hunk = new Hunk(Integer.parseInt(header.group(1)), Integer.parseInt(header.group(3)), body);
        Optional<String> fault = HunkRules.fault(kind, earlier, hunk);
        if (fault.isPresent()) {
            throw new MalformedPatchException(name, headerAt + 1, fault.get());
        }
        return hunk;
    }

    private static int count(String group) {
        return group == null ? 1 : Integer.parseInt(group);
    }

    private List<HunkLine> body(int before, int after) {
        List<HunkLine> body = new ArrayList<>();
        while (before > 0 || after > 0) {
            HunkLine line = hunkLine();
            before -= line.standsIn(Side.BEFORE) ? 1 : 0;
            after -= line.standsIn(Side.AFTER) ? 1 : 0;
            if (before < 0 || after < 0) {
                throw fault("the hunk has other lines than its counts say");
            }
            at++;
            body.add(withoutNewline() ? new HunkLine(line.mark(), chop(line.text())) : line);
        }
        return body;
    }

    private boolean withoutNewline() {
        boolean marked = at < lines.size() && line().startsWith("\\ ");
        at += marked ? 1 : 0;
        return marked;
    }

    private static String chop(String line) {
        return line.substring(0, line.length() - 1);
    }

    private HunkLine hunkLine() {
        if (at >= lines.size() || !line().endsWith("\n")) {
            throw fault("truncated: the hunk has fewer lines than its counts say");
        }
        String text = line().substring(1);
        return switch (line().charAt(0)) {
            case ' ' -> new HunkLine(Mark.CONTEXT, text);
            case '-' -> new HunkLine(Mark.REMOVED, text);
            case '+' -> new HunkLine(Mark.ADDED, text);
            // A blank context line, the one space of which was lost on the way; GNU patch restores it too.
            case '\n' -> new HunkLine(Mark.CONTEXT, "\n");
            default -> throw fault("not a line of a hunk, though its counts say that more follow");
        };
    }

    private String line() {
        return lines.get(at);
    }

    private String next() {
        return at + 1 < lines.size() ? lines.get(at + 1) : "";
    }

    private MalformedPatchException fault(String reason) {
        return new MalformedPatchException(name, Math.min(at + 1, Math.max(1, lines.size())), reason);
    }
}
