package org.hdrfix.tree;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether root may work in a tree: whoever else can write to it, or to a directory above it, could swap what is looked at
 * for something else while root works, and lead it out of the tree. Every directory above, and every entry, has to be
 * root's and writable by root alone; a link only leads to what is so, too. A directory above may be one like /tmp, where
 * everybody can make entries and nobody can touch another's.
 */
public final class TrustGate {
    private static final int MOST_ENTRIES = 200_000;
    private static final int DEEPEST = 64;
    // The kernel's MAXSYMLINKS.
    private static final int MOST_LINKS = 40;

    // stat(2)
    private static final int TYPE = 0170000;
    private static final int SYMBOLIC_LINK = 0120000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_OTHERS = 022;

    private final int owner;
    private final Set<Path> seen = new HashSet<>();
    private final Set<Path> above = new HashSet<>();
    private final Deque<Path> waiting = new ArrayDeque<>();
    private int entries;
    private String refusal;

    private TrustGate(int owner) {
        this.owner = owner;
    }

    /**
     * Why root must not work in a tree.
     *
     * @param tree absolute path of the tree
     * @return what is wrong with which file, in words that go behind "is not trusted: "; nothing where all is well
     */
    public static Optional<String> refusal(Path tree) {
        return refusal(tree, 0);
    }

    /**
     * The same for another user than root.
     *
     * @param owner user number
     */
    static Optional<String> refusal(Path tree, int owner) {
        TrustGate gate = new TrustGate(owner);
        gate.waiting.add(tree);
        while (gate.refusal == null && !gate.waiting.isEmpty()) {
            gate.examine(gate.waiting.pop());
        }
        return Optional.ofNullable(gate.refusal);
    }

    private void examine(Path place) {
        try {
            Path real = passThrough(place);
            if (refusal == null && seen.stream().noneMatch(real::startsWith)) {
                seen.add(real);
                walk(real, real);
            }
        } catch (NoSuchFileException e) {
            // A link to nothing: nobody follows it before somebody makes what it leads to, and then it is looked at.
        } catch (IOException e) {
            refusal = place + " cannot be examined (" + e.getClass().getSimpleName() + ")";
        }
    }

    /** Follows a path name by name, and examines every directory and every link on its way (path_resolution(7)). */
    private Path passThrough(Path place) throws IOException {
        Deque<Path> names = new ArrayDeque<>();
        place.forEach(names::add);
        Path at = place.getRoot();
        if (above.add(at)) {
            examineAbove(at, Facts.of(at));
        }
        int links = 0;
        while (!names.isEmpty() && refusal == null) {
            Path name = names.pop();
            if (name.toString().isEmpty() || name.toString().equals(".")) {
                continue;
            }
            if (name.toString().equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                continue;
            }
            Path next = at.resolve(name);
            Facts facts = Facts.of(next);
            if (facts.type() == SYMBOLIC_LINK) {
                if (++links > MOST_LINKS) {
                    throw new FileSystemLoopException(place.toString());
                }
                refuseUnlessOwned(next, facts);
                Path target = Files.readSymbolicLink(next);
                for (int i = target.getNameCount() - 1; i >= 0; i--) {
                    names.push(target.getName(i));
                }
                at = target.isAbsolute() ? target.getRoot() : at;
            } else {
                at = next;
                if (!names.isEmpty() && above.add(at)) {
                    examineAbove(at, facts);
                }
            }
        }
        return at;
    }

    private void examineAbove(Path directory, Facts facts) {
        if ((facts.mode & STICKY) == 0) {
            refuseUnlessOwn(directory, facts);
        } else {
            refuseUnlessOwned(directory, facts);
        }
    }

    /** Examines an entry, and all that lies in it; Files.walkFileTree would ask the kernel for each once more. */
    private void walk(Path top, Path entry) throws IOException {
        if (++entries > MOST_ENTRIES) {
            refusal = top + " has more than " + MOST_ENTRIES + " entries";
        } else if (entry.getNameCount() - top.getNameCount() >= DEEPEST) {
            refusal = entry + " lies deeper than " + DEEPEST + " directories";
        } else if (examineEntry(entry) == DIRECTORY && refusal == null) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(entry)) {
                for (Path child : children) {
                    walk(top, child);
                    if (refusal != null) {
                        return;
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
    }

    /** Gives the entry's type. */
    private int examineEntry(Path file) throws IOException {
        Facts facts = Facts.of(file);
        switch (facts.type()) {
            case SYMBOLIC_LINK -> {
                refuseUnlessOwned(file, facts);
                // What lies in the tree is walked anyway.
                waiting.add(file);
            }
            case DIRECTORY, REGULAR -> refuseUnlessOwn(file, facts);
            default -> refusal = file + " is neither a file, a directory nor a link";
        }
        return facts.type();
    }

    private void refuseUnlessOwn(Path file, Facts facts) {
        refuseUnlessOwned(file, facts);
        if (refusal == null && (facts.mode & WRITABLE_BY_OTHERS) != 0) {
            refusal = file + " can be written to by " + ((facts.mode & 02) != 0 ? "everybody" : "group " + facts.group);
        }
    }

    private void refuseUnlessOwned(Path file, Facts facts) {
        if (facts.user != owner) {
            refusal = file + " belongs to user " + facts.user;
        }
    }

    /** What is asked of an entry, read once: a tree has tens of thousands of them. */
    private record Facts(int mode, int user, int group) {
        static Facts of(Path file) throws IOException {
            Map<String, Object> facts = Files.readAttributes(file, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
            return new Facts((Integer) facts.get("mode"), (Integer) facts.get("uid"), (Integer) facts.get("gid"));
        }

        int type() {
            return mode & TYPE;
        }
    }
}
