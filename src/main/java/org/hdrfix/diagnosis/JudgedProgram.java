package org.hdrfix.diagnosis;

import java.util.Optional;
import org.hdrfix.platform.Verdict;
import org.hdrfix.tree.HostProgram;

/**
 * A host program and what the platform says of it.
 *
 * @param verdict nothing where the tree lacks the program
 */
public record JudgedProgram(HostProgram program, Optional<Verdict> verdict) {
    /** Whether the program is there and runs. */
    public boolean runs() {
        return verdict.isPresent() && verdict.get().runs();
    }

    /** Whether it is there and does not run. */
    public boolean isBroken() {
        return verdict.isPresent() && !verdict.get().runs();
    }
}
