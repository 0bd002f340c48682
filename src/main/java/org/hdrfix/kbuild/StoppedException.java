package org.hdrfix.kbuild;

import java.io.IOException;

/** A build took more than it may; the message goes behind its name, in one sentence. */
final class StoppedException extends IOException {
    private static final long serialVersionUID = 1L;

    StoppedException(String message) {
        super(message);
    }
}
