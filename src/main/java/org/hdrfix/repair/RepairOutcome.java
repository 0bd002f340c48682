package org.hdrfix.repair;

import java.nio.file.Path;
import java.util.Map;
import org.hdrfix.diagnosis.Diagnosis;

/**
 * How a repair ended that changed the tree.
 *
 * @param plan what was planned
 * @param after what is found now
 * @param originals where the originals are kept, on this machine
 * @param notBuilt why, of programs that module builds do not need, by path relative to the tree
 * @param installed how many programs were installed
 */
public record RepairOutcome(
        RepairPlan plan, Diagnosis after, Path originals, Map<String, String> notBuilt, int installed) {}
