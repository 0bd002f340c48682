package org.hdrfix.patch;

/** A patch text that hdrfix will not read: the message names patch, 1-based line and reason. */
public final class MalformedPatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedPatchException(String patch, int line, String reason) {
        super(patch + ":" + line + ": " + reason);
    }
}
