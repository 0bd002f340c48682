package org.hdrfix.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import org.hdrfix.file.Opening;
import org.hdrfix.report.Printable;

/**
 * Ends hdrfix, in one sentence, where a file does not open: a FIFO that was put in the place of a file that had been looked
 * at, or a network disk that does not answer. The opening thread cannot be freed, so the process ends as it does on a
 * signal: a repair that had begun is put back by the next start.
 */
final class OpeningWatch extends Thread {
    private static final long MILLISECONDS = 5000;

    /** With the intervals between them 15 to 20 seconds: a disk that sleeps needs 10. */
    private static final int LOOKS = 3;

    private final PrintStream err;
    private final int status;

    /**
     * Prepares the watch.
     *
     * @param status what the process then exits with
     */
    OpeningWatch(PrintStream err, int status) {
        super("opening watch");
        this.err = err;
        this.status = status;
        setDaemon(true);
    }

    @Override
    public void run() {
        try {
            Optional<Path> stuck = Optional.empty();
            while (stuck.isEmpty()) {
                sleep(MILLISECONDS);
                stuck = Opening.stuck(LOOKS);
            }
            err.println("hdrfix: " + Printable.of(stuck.get().toString())
                    + " does not open: it has become a FIFO meanwhile, or its disk does not answer. Gave up.");
            err.flush();
            System.exit(status);
        } catch (InterruptedException e) {
            interrupt();
        }
    }
}
