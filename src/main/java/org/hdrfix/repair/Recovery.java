package org.hdrfix.repair;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.hdrfix.tree.HeaderTree;

/** Finds repairs and undos that were cut short, and puts their trees back as they were before the repair. */
public final class Recovery {
    private final Path root;
    private final List<HeaderTree> trees;
    private final Consumer<String> log;
    private final List<String> done = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Set<Path> unsafe = new HashSet<>();

    /**
     * Prepares a recovery.
     *
     * @param root absolute real path of the system's {@code /}
     * @param trees the trees beside which a state may be that /var has lost
     */
    public Recovery(Path root, List<HeaderTree> trees, Consumer<String> log) {
        this.root = root;
        this.trees = List.copyOf(trees);
        this.log = log;
    }

    /** Whether anything was cut short, or is under way in another process. Only looks; a user who is not root sees nothing. */
    public boolean isNeeded() {
        try {
            return !Originals.unfinished(root, trees).isEmpty();
        } catch (AccessDeniedException e) {
            log.accept("whether a repair was cut short is not known: " + RepairException.because(e));
            return false;
        } catch (IOException e) {
            failures.add("whether a repair was cut short cannot be seen (" + RepairException.because(e) + ")");
            return false;
        }
    }

    /** Whether the system has a state to look into, or cannot be seen to have none. */
    public boolean mayBeNeeded() {
        return isNeeded() || Files.isDirectory(Originals.state(root)) && !Files.isReadable(Originals.state(root));
    }

    /** Whether a repair has begun to change a tree and has not come to its end. Only looks. */
    public boolean hasHalfDoneTrees() {
        try {
            for (Originals.Place place : Originals.unfinished(root, trees)) {
                if (Journal.isUnfinished(place.directory())) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Recovers all that was cut short; what it did and what it could not do is then in {@link #done} and {@link #failures}. */
    public void run(Originals lock) {
        try {
            for (Originals.Place place : Originals.unfinished(root, trees)) {
                recover(lock, place);
            }
        } catch (IOException e) {
            failures.add("an earlier repair cannot be looked for (" + RepairException.because(e) + ")");
        }
    }

    private void recover(Originals lock, Originals.Place place) {
        try {
            if (!Journal.isUnfinished(place.directory())) {
                Originals.discard(place);
                log.accept(
                        "cleared away " + place.directory() + ", which a repair had left before it changed anything");
                return;
            }
            Journal journal = Journal.read(place.directory(), root);
            unsafe.add(journal.tree());
            if (!Fingerprint.isDirectory(journal.tree())) {
                // It is on the file system of the originals, so it is not just unmounted.
                journal.forget(lock.disk());
                Originals.discard(place);
                done.add(journal.tree() + "  an earlier repair was cut short, and the tree is gone since");
                return;
            }
            try (DpkgLocks locks = DpkgLocks.take(root, Map.copyOf(System.getenv()), log)) {
                log.accept("locks of dpkg: " + locks);
                journal.putBack(lock.disk());
            }
            journal.forget(lock.disk());
            Originals.discard(place);
            unsafe.remove(journal.tree());
            done.add(journal.tree()
                    + "  a repair or undo was cut short; the tree was put back as it was before the repair");
        } catch (RepairException e) {
            failures.add("a repair was cut short: " + e.getMessage());
        } catch (IOException e) {
            failures.add("a repair was cut short, and its tree could not be put back (" + RepairException.because(e)
                    + "). The originals are in " + place.directory());
        }
    }

    /** What was put back, a line each. */
    public List<String> done() {
        return List.copyOf(done);
    }

    /** What could not be put back, a sentence each. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** Whether a tree is as a repair or undo left it that was cut short: nobody may work on it. */
    public boolean isUnsafe(Path tree) {
        return unsafe.contains(tree);
    }
}
