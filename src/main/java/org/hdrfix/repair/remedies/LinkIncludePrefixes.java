package org.hdrfix.repair.remedies;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hdrfix.diagnosis.Diagnosis;
import org.hdrfix.diagnosis.checks.MissingIncludePrefixes;
import org.hdrfix.repair.Remedy;
import org.hdrfix.repair.RepairStep;

/** Links dt-bindings, and the device tree sources of each architecture that the tree has. */
public final class LinkIncludePrefixes implements Remedy {
    @Override
    public Set<String> cures() {
        return Set.of("missing-include-prefixes");
    }

    @Override
    public List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) {
        boolean found = diagnosis.findings().stream()
                .anyMatch(finding -> cures().contains(finding.rule().tag()));
        if (!found || neededOnly) {
            return List.of();
        }
        Path tree = diagnosis.inspection().tree().root();
        List<RepairStep> steps = new ArrayList<>();
        steps.add(link("dt-bindings", "include/dt-bindings"));
        for (String architecture : architectures(tree.resolve("arch"))) {
            String sources = "arch/" + architecture + "/boot/dts";
            boolean isFree = !Files.exists(
                    tree.resolve(MissingIncludePrefixes.DIRECTORY + "/" + architecture), LinkOption.NOFOLLOW_LINKS);
            if (isFree && Files.isDirectory(tree.resolve(sources))) {
                steps.add(link(architecture, sources));
            }
        }
        return steps;
    }

    private static RepairStep link(String name, String target) {
        return new RepairStep.PutLink(MissingIncludePrefixes.DIRECTORY + "/" + name, "../../../" + target);
    }

    private static Set<String> architectures(Path directory) {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            children.forEach(child -> names.add(child.getFileName().toString()));
        } catch (IOException | DirectoryIteratorException e) {
            // A tree without arch/ has no device tree sources to link to.
        }
        return names;
    }
}
