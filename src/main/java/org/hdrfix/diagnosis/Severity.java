package org.hdrfix.diagnosis;

/** How much a finding matters to module builds; worst first. */
public enum Severity {
    /** Module builds fail. */
    ERROR,
    /** Module builds work; something else does not. */
    WARNING,
    /** Worth knowing. */
    NOTE;

    /** The word of the report. */
    public String word() {
        return switch (this) {
            case ERROR -> "error";
            case WARNING -> "warning";
            case NOTE -> "note";
        };
    }
}
