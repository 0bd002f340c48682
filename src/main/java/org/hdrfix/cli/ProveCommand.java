package org.hdrfix.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.proof.Proof;
import org.hdrfix.proof.Prover;
import org.hdrfix.proof.Verdict;
import org.hdrfix.report.ProofReport;

/** prove: exits with 0 where a module would load, 1 where it would not or may crash, 3 where that cannot be told. */
final class ProveCommand {
    private final Prover prover;
    private final ProofReport report;
    private final boolean quiet;
    private final String options;

    /**
     * Prepares the command.
     *
     * @param quiet whether only what needs action is reported
     * @param options what to add to a command line that the reader may copy, with a leading space, or empty
     */
    ProveCommand(Prover prover, ProofReport report, boolean quiet, String options) {
        this.prover = prover;
        this.report = report;
        this.quiet = quiet;
        this.options = options;
    }

    /** Proves one tree, reports it, and gives the exit status. */
    int prove(Diagnosis diagnosis, Optional<String> reference) {
        Proof proof = prover.prove(diagnosis, reference.map(ProveCommand::existing), options);
        if (!quiet || proof.verdict() != Verdict.WOULD_LOAD) {
            report.proof(proof);
        }
        return statusOf(proof.verdict());
    }

    /**
     * What a repair ends with, in one line. That it cannot be told does not make a repair a failure.
     *
     * @param after how the repaired tree is
     * @return the exit status
     */
    int afterRepair(Diagnosis after) {
        if (!prover.hasCompiler(after.inspection())) {
            return 0;
        }
        Proof proof = prover.prove(after, Optional.empty(), options);
        boolean bad = proof.verdict() == Verdict.WOULD_BE_REFUSED || proof.verdict() == Verdict.MAY_CRASH;
        if (!quiet || bad) {
            report.line(proof);
        }
        return bad ? 1 : 0;
    }

    private static int statusOf(Verdict verdict) {
        return switch (verdict) {
            case WOULD_LOAD -> 0;
            case WOULD_BE_REFUSED, MAY_CRASH -> 1;
            case CANNOT_TELL -> 3;
        };
    }

    private static Path existing(String reference) {
        try {
            Path path = Path.of(reference).toAbsolutePath().normalize();
            if (Files.exists(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            // Then there is no such file either.
        }
        throw new UsageException("--reference " + reference + ": no such file or directory");
    }
}
