package org.hdrfix.repair;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One piece of work on a {@link FaultTree} as a process of its own, for faults that only a process can meet: arguments
 * are the work and the root. Exits with 0 when it was done, 1 when it was refused or put back.
 */
final class FaultMain {
    /** Looked for when the work begins and when it has ended: a tracer sees by it which calls belong to the work. */
    static final String BEGINS = "/hdrfix-fault-begins";

    static final String ENDS = "/hdrfix-fault-ends";
    static final String BEGUN = "begun";

    private FaultMain() {}

    public static void main(String[] arguments) throws IOException {
        FaultTree tree = new FaultTree(Path.of(arguments[1]));
        Files.createFile(tree.root.resolve(BEGUN));
        Files.exists(Path.of(BEGINS));
        try {
            tree.work(arguments[0], new Disk());
        } catch (IOException | RepairException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        Files.exists(Path.of(ENDS));
    }
}
