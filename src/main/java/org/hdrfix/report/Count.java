package org.hdrfix.report;

/**
 * So many of something, in words: "1 line", "2 lines", "2 patches".
 *
 * @param noun in the singular
 */
record Count(long number, String noun) {
    @Override
    public String toString() {
        return number + " " + noun + (number == 1 ? "" : noun.endsWith("ch") ? "es" : "s");
    }
}
