package org.hdrfix.tree;

import java.util.List;
import java.util.OptionalInt;
import org.hdrfix.catalogue.Deb822;
import org.hdrfix.catalogue.Stanza;

/**
 * An option that a kernel's makefiles give to the compiler: a stanza of the catalogue {@code compiler-options}.
 *
 * @param option of .config, set to y where the kernel was built with it
 * @param flag what the compiler is given
 * @param gcc first major version of gcc that knows it; nothing where only clang does
 */
public record CompilerOption(String option, String flag, OptionalInt gcc) {
    private static final class Catalogue {
        static final List<CompilerOption> OPTIONS = Deb822.resource("compiler-options").stream()
                .map(CompilerOption::of)
                .toList();
    }

    /** All of them, in catalogue order. */
    public static List<CompilerOption> all() {
        return Catalogue.OPTIONS;
    }

    private static CompilerOption of(Stanza stanza) {
        String gcc = stanza.required("Gcc");
        return new CompilerOption(
                stanza.required("Option"),
                stanza.required("Flag"),
                gcc.equals("none") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(gcc)));
    }
}
