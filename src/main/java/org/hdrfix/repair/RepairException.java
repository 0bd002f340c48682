package org.hdrfix.repair;

/** A repair or an undo that was not done; the message is one sentence for the user, and says that nothing was changed or what was. */
public final class RepairException extends Exception {
    private static final long serialVersionUID = 1L;

    public RepairException(String message) {
        super(message);
    }
}
