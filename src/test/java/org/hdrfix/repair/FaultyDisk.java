package org.hdrfix.repair;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A disk whose calls fail as a test wants it: one, or all from one on; or with which the process ends. */
final class FaultyDisk extends Disk {
    enum Fault {
        ONE_FAILS,
        ALL_FAIL_FROM_THEN_ON,
        KILLED
    }

    /** The end of the process: nothing in the product catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Fault fault;
    private final int at;
    private int calls;

    /**
     * Prepares the fault.
     *
     * @param at 1-based number of the call; 0 for a disk that is well
     */
    FaultyDisk(Fault fault, int at) {
        this.fault = fault;
        this.at = at;
    }

    @Override
    protected void step(String call, Path path) throws IOException {
        calls++;
        if (at > 0 && (calls == at || fault != Fault.ONE_FAILS && calls > at)) {
            if (fault == Fault.KILLED) {
                throw new Killed();
            }
            throw new FileSystemException(path.toString(), null, "fault at call " + calls + ", " + call);
        }
    }

    int calls() {
        return calls;
    }
}
