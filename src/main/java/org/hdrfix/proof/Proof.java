package org.hdrfix.proof;

import java.util.List;
import java.util.Optional;
import org.hdrfix.tree.HeaderTree;

/**
 * How one tree was proven, without loading anything.
 *
 * @param tree the tree
 * @param comparisons in the order in which they were made; none where there is an obstacle
 * @param references the kernel's modules that the probe was compared with, as they are seen in their system
 * @param obstacle why nothing could be compared
 */
public record Proof(
        HeaderTree tree, List<Comparison> comparisons, List<String> references, Optional<Obstacle> obstacle) {
    /**
     * What stands in the way of a proof.
     *
     * @param reason one line
     * @param command a line to type, where one helps
     */
    public record Obstacle(String reason, Optional<String> command) {}

    public Proof {
        comparisons = List.copyOf(comparisons);
        references = List.copyOf(references);
    }

    static Proof impossible(HeaderTree tree, String reason, Optional<String> command) {
        return new Proof(tree, List.of(), List.of(), Optional.of(new Obstacle(reason, command)));
    }

    /** A module that is refused does no harm, so that comes before what may crash. */
    public Verdict verdict() {
        if (obstacle.isPresent()) {
            return Verdict.CANNOT_TELL;
        }
        if (has(Comparison.Result.REFUSED)) {
            return Verdict.WOULD_BE_REFUSED;
        }
        if (has(Comparison.Result.CRASHES)) {
            return Verdict.MAY_CRASH;
        }
        return has(Comparison.Result.MISSING) ? Verdict.CANNOT_TELL : Verdict.WOULD_LOAD;
    }

    /** Why it is not {@link Verdict#WOULD_LOAD}: the first reason, in one sentence. */
    public Optional<String> reason() {
        if (obstacle.isPresent()) {
            return Optional.of(obstacle.get().reason());
        }
        Comparison.Result decisive = switch (verdict()) {
            case WOULD_LOAD -> null;
            case WOULD_BE_REFUSED -> Comparison.Result.REFUSED;
            case MAY_CRASH -> Comparison.Result.CRASHES;
            case CANNOT_TELL -> Comparison.Result.MISSING;
        };
        return comparisons.stream()
                .filter(comparison -> comparison.result() == decisive)
                .map(comparison -> comparison.name() + ": " + comparison.why())
                .findFirst();
    }

    private boolean has(Comparison.Result result) {
        return comparisons.stream().anyMatch(comparison -> comparison.result() == result);
    }
}
