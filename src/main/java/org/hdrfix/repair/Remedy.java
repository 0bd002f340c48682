package org.hdrfix.repair;

import java.util.List;
import java.util.Set;
import org.hdrfix.diagnosis.Diagnosis;

/** A cure for the findings of some rules. */
public interface Remedy {
    /** Tags of the rules that it cures. */
    Set<String> cures();

    /**
     * The steps that cure a tree; none where there is nothing for it to do.
     *
     * @param neededOnly whether to stop at what module builds need
     * @throws RepairException where the tree has something that no repair should meet
     */
    List<RepairStep> propose(Diagnosis diagnosis, boolean neededOnly) throws RepairException;
}
