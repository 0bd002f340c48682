package org.hdrfix.proof;

/**
 * One thing of a tree beside the same thing of its kernel.
 *
 * @param name what is compared ("vermagic", "size of struct module")
 * @param tree what the tree makes of it; empty where that is not known
 * @param kernel what the kernel has; empty where that is not known
 * @param result what the two mean together
 * @param why one sentence; empty where they agree and nothing is to be said
 */
public record Comparison(String name, String tree, String kernel, Result result, String why) {
    /** What a comparison says, the gravest last. */
    public enum Result {
        AGREES,
        /** Different, as is to be expected, and no fault. */
        MAY_DIFFER,
        /** Not known; the verdict stands without it. */
        NOT_COMPARED,
        /** Not known, and nothing can be promised without it. */
        MISSING,
        /** The kernel does not see it and loads the module all the same. */
        CRASHES,
        /** The kernel sees it and refuses the module. */
        REFUSED
    }

    static Comparison agrees(String name, String value) {
        return new Comparison(name, value, value, Result.AGREES, "");
    }

    static Comparison unknown(String name, Result result, String why) {
        return new Comparison(name, "", "", result, why);
    }
}
