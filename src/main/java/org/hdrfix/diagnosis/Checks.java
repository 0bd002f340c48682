package org.hdrfix.diagnosis;

import java.util.List;
import org.hdrfix.diagnosis.checks.BrokenHostProgram;
import org.hdrfix.diagnosis.checks.CompilerMismatch;
import org.hdrfix.diagnosis.checks.DanglingBuildLink;
import org.hdrfix.diagnosis.checks.DuplicateYylloc;
import org.hdrfix.diagnosis.checks.FilesFromTheFuture;
import org.hdrfix.diagnosis.checks.ForeignButUpToDate;
import org.hdrfix.diagnosis.checks.MissingByteshift;
import org.hdrfix.diagnosis.checks.MissingConfiguration;
import org.hdrfix.diagnosis.checks.MissingHostProgram;
import org.hdrfix.diagnosis.checks.MissingIncludePrefixes;
import org.hdrfix.diagnosis.checks.MissingKconfig;
import org.hdrfix.diagnosis.checks.MissingModuleLds;
import org.hdrfix.diagnosis.checks.MissingSigningKey;
import org.hdrfix.diagnosis.checks.MixedReleases;
import org.hdrfix.diagnosis.checks.NoModuleCompiler;
import org.hdrfix.diagnosis.checks.NoexecMount;
import org.hdrfix.diagnosis.checks.PluginMismatch;
import org.hdrfix.diagnosis.checks.StaleHostObject;
import org.hdrfix.diagnosis.checks.UnguardedVdsoPrepare;
import org.hdrfix.diagnosis.checks.UutilsDirname;
import org.hdrfix.diagnosis.checks.WrongSymvers;

/** The checks, in the order of the report. */
final class Checks {
    static final List<Check> ALL = List.of(
            new BrokenHostProgram(),
            new NoexecMount(),
            new MissingHostProgram(),
            new StaleHostObject(),
            new MissingByteshift(),
            new ForeignButUpToDate(),
            new MissingConfiguration(),
            new WrongSymvers(),
            new MixedReleases(),
            new NoModuleCompiler(),
            new CompilerMismatch(),
            new PluginMismatch(),
            new FilesFromTheFuture(),
            new MissingSigningKey(),
            new DanglingBuildLink(),
            // What trees lack, and sources that have to be mended.
            new MissingModuleLds(),
            new MissingIncludePrefixes(),
            new UnguardedVdsoPrepare(),
            new DuplicateYylloc(),
            new MissingKconfig(),
            new UutilsDirname());

    private Checks() {}
}
