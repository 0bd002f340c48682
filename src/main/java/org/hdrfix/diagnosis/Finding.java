package org.hdrfix.diagnosis;

import java.util.Optional;

/**
 * One instance of a rule in one tree.
 *
 * @param rule what is wrong
 * @param severity how much it matters here; at most the rule's
 * @param subject what it is about: a path relative to the tree, or empty for the whole tree
 * @param what one line with the values seen ("built for x86-64, this system is arm64"); findings with equal lines are
 *     shown together
 * @param note what stands beside the subject ("needed by every module"); may be empty
 * @param obstacle why hdrfix cannot cure it here, and what to do instead; nothing where it can, or need not
 */
public record Finding(
        Rule rule, Severity severity, String subject, String what, String note, Optional<Obstacle> obstacle) {
    /**
     * What stands in the way of a repair.
     *
     * @param rule the rule that names it
     * @param reason one line
     * @param command a line to type, where one helps
     */
    public record Obstacle(Rule rule, String reason, Optional<String> command) {}
}
