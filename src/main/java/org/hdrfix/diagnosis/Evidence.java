package org.hdrfix.diagnosis;

import java.util.List;
import java.util.Optional;
import org.hdrfix.elf.ElfReading;
import org.hdrfix.platform.Platform;
import org.hdrfix.platform.Toolchain;
import org.hdrfix.platform.Verdict;
import org.hdrfix.tree.HostProgram;
import org.hdrfix.tree.Inspection;

/**
 * All that the checks look at: one tree, on one platform, with the compiler that this machine has for it.
 *
 * @param programs the tree's host programs, judged once
 */
public record Evidence(Inspection inspection, Platform platform, Toolchain toolchain, List<JudgedProgram> programs) {
    public Evidence {
        programs = List.copyOf(programs);
    }

    static Evidence of(Inspection inspection, Platform platform, Toolchain toolchain) {
        return new Evidence(
                inspection,
                platform,
                toolchain,
                inspection.programs().stream()
                        .map(program -> new JudgedProgram(
                                program, program.reading().map(reading -> judge(program, reading, platform))))
                        .toList());
    }

    /** A lost x bit is told where nothing else is wrong with the program. */
    private static Verdict judge(HostProgram program, ElfReading reading, Platform platform) {
        Verdict verdict = platform.judge(reading);
        return verdict.runs() && !program.isExecutable() ? Verdict.NOT_EXECUTABLE : verdict;
    }

    /** What keeps hdrfix from building a program here, or nothing where it can be tried. */
    public Optional<Finding.Obstacle> obstacleTo(HostProgram program) {
        return Buildability.obstacle(program, this);
    }

    /** What keeps hdrfix from compiling anything here. */
    public Optional<Finding.Obstacle> noCompiler() {
        return Buildability.noCompiler(this);
    }
}
