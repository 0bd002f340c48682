package org.hdrfix.catalogue;

/** A catalogue that cannot be read: the message names file, line and reason. */
public final class CatalogueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CatalogueException(String message) {
        super(message);
    }
}
