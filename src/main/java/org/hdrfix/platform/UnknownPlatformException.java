package org.hdrfix.platform;

/** A system whose userland cannot be told; the message says what was looked at and what to type. */
public final class UnknownPlatformException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownPlatformException(String message) {
        super(message);
    }
}
