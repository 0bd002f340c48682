package org.hdrfix.proof;

/** What would become of a module that is built against a tree when its kernel is told to load it. */
public enum Verdict {
    WOULD_LOAD("would load"),
    WOULD_BE_REFUSED("would be refused"),
    MAY_CRASH("would load and may crash"),
    CANNOT_TELL("cannot be told");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }
}
