package org.hdrfix.repair;

import java.util.List;
import org.hdrfix.repair.remedies.ApplyPatches;
import org.hdrfix.repair.remedies.LinkIncludePrefixes;
import org.hdrfix.repair.remedies.MakeModuleLds;
import org.hdrfix.repair.remedies.PutBackConfiguration;
import org.hdrfix.repair.remedies.RebuildPrograms;
import org.hdrfix.repair.remedies.RelinkModules;
import org.hdrfix.repair.remedies.RemoveStaleObjects;

/** The remedies, in the order in which their steps are taken. */
public final class Remedies {
    public static final List<Remedy> ALL = List.of(
            new PutBackConfiguration(),
            new MakeModuleLds(),
            new ApplyPatches(),
            new RebuildPrograms(),
            new RemoveStaleObjects(),
            new LinkIncludePrefixes(),
            new RelinkModules());

    private Remedies() {}
}
