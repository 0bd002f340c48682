package org.hdrfix.kbuild;

import java.io.IOException;

/** A stage that cannot be set up on this system. */
public final class StageException extends IOException {
    private static final long serialVersionUID = 1L;

    public StageException(String message) {
        super(message);
    }
}
