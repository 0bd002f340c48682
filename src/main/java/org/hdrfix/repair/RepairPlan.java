package org.hdrfix.repair;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.Finding;
import org.hdrfix.diagnosis.Severity;
import org.hdrfix.patch.BundledPatch;
import org.hdrfix.tree.ElfConfig;
import org.hdrfix.tree.HostProgram;

/**
 * What a repair of one tree would do.
 *
 * @param before what was found
 * @param steps in the order in which they are taken; none where there is nothing to do
 * @param untreated findings that stay, with what stands in the way
 */
public record RepairPlan(Diagnosis before, List<RepairStep> steps, List<Finding> untreated) {
    public RepairPlan {
        steps = List.copyOf(steps);
        untreated = List.copyOf(untreated);
    }

    /**
     * Plans the repair of a tree.
     *
     * @throws RepairException where a remedy refuses the tree
     */
    public static RepairPlan of(Diagnosis diagnosis, boolean neededOnly) throws RepairException {
        List<RepairStep> steps = new ArrayList<>();
        for (Remedy remedy : Remedies.ALL) {
            steps.addAll(remedy.propose(diagnosis, neededOnly));
        }
        List<Finding> untreated = diagnosis.findings().stream()
                .filter(finding -> finding.severity() != Severity.NOTE
                        && finding.obstacle().isPresent())
                .toList();
        return new RepairPlan(diagnosis, steps, untreated);
    }

    /** The programs to rebuild, those that module builds need first. */
    public List<HostProgram> programs() {
        return steps.stream()
                .filter(RepairStep.RebuildProgram.class::isInstance)
                .map(step -> ((RepairStep.RebuildProgram) step).program())
                .toList();
    }

    /** The patches to apply. */
    public List<BundledPatch> patches() {
        return steps.stream()
                .filter(RepairStep.ApplyPatch.class::isInstance)
                .map(step -> ((RepairStep.ApplyPatch) step).patch())
                .toList();
    }

    /** What modpost is compiled with, where it is not what the tree has. */
    public Optional<ElfConfig> elfConfig() {
        return steps.stream()
                .filter(RepairStep.SetElfConfig.class::isInstance)
                .map(step -> ((RepairStep.SetElfConfig) step).config())
                .findFirst();
    }

    /** The files to remove, relative to the tree. */
    public List<String> removals() {
        return steps.stream()
                .filter(RepairStep.RemoveObjects.class::isInstance)
                .flatMap(step -> ((RepairStep.RemoveObjects) step).paths().stream())
                .toList();
    }

    /** Content of the files to write, by path relative to the tree. */
    public Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (RepairStep step : steps) {
            if (step instanceof RepairStep.PutFile file) {
                files.put(file.path(), file.content());
            }
        }
        return files;
    }

    /** The links to make. */
    public List<RepairStep.PutLink> links() {
        return steps.stream()
                .filter(RepairStep.PutLink.class::isInstance)
                .map(RepairStep.PutLink.class::cast)
                .toList();
    }

    /** The linker scripts to make. */
    public List<RepairStep.Preprocess> linkerScripts() {
        return steps.stream()
                .filter(RepairStep.Preprocess.class::isInstance)
                .map(RepairStep.Preprocess.class::cast)
                .toList();
    }

    /** The steps that put one file or link in place: neither programs, patches nor removals. */
    public List<RepairStep> otherSteps() {
        return steps.stream()
                .filter(step -> step instanceof RepairStep.PutFile
                        || step instanceof RepairStep.PutLink
                        || step instanceof RepairStep.Preprocess)
                .toList();
    }

    /** All that the steps may change: relative to the tree, or absolute for a link outside it. */
    public List<String> paths() {
        Set<String> paths = new LinkedHashSet<>(files().keySet());
        programs().forEach(program -> paths.add(program.path()));
        patches().forEach(patch -> patch.patch().files().forEach(file -> paths.add(file.path())));
        paths.addAll(removals());
        links().forEach(link -> paths.add(link.path()));
        linkerScripts().forEach(script -> paths.add(script.path()));
        return List.copyOf(paths);
    }
}
