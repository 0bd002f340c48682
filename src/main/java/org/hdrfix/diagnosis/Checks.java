package org.hdrfix.diagnosis;

import java.util.List;
import org.hdrfix.diagnosis.checks.BrokenHostProgram;
import org.hdrfix.diagnosis.checks.DanglingBuildLink;
import org.hdrfix.diagnosis.checks.ForeignButUpToDate;
import org.hdrfix.diagnosis.checks.MissingByteshift;
import org.hdrfix.diagnosis.checks.MissingConfiguration;
import org.hdrfix.diagnosis.checks.MissingHostProgram;
import org.hdrfix.diagnosis.checks.StaleHostObject;

/** The checks, in the order of the report. */
final class Checks {
    static final List<Check> ALL = List.of(
            new BrokenHostProgram(),
            new MissingHostProgram(),
            new StaleHostObject(),
            new MissingByteshift(),
            new ForeignButUpToDate(),
            new MissingConfiguration(),
            new DanglingBuildLink());

    private Checks() {}
}
