package org.hdrfix.patch;

/** The two texts that a hunk speaks of: without the change, and with it. */
enum Side {
    BEFORE,
    AFTER
}
