package org.hdrfix.diagnosis;

import java.util.List;

/** Looks for one kind of fault. Reads the evidence only. */
public interface Check {
    /** The findings, in the order of the programs; none where nothing is wrong. */
    List<Finding> examine(Evidence evidence);
}
