package org.hdrfix.cli;

/** Arguments that make no sense together; the message says what to type instead. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
