package org.hdrfix.elf;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one kernel module ({@code .ko}) says of itself: what the kernel reads when it loads the module
 * (kernel/module/main.c), and what shows how the compiler laid out {@code struct module}.
 *
 * @param elfClass {@code e_ident[EI_CLASS]}
 * @param order {@code e_ident[EI_DATA]}
 * @param machine {@code e_machine}
 * @param flags {@code e_flags}
 * @param modinfo the strings of .modinfo ("vermagic=...", "license=GPL"), one char for each byte
 * @param thisModuleSize size of .gnu.linkonce.this_module in bytes, which is sizeof(struct module) where it was compiled
 * @param initOffset where in it the address of init_module goes, bytes
 * @param exitOffset the same of cleanup_module
 * @param versions CRC of each symbol that the module wants from the kernel, from __versions, or from
 *     __version_ext_crcs and __version_ext_names
 * @param exports CRC of each symbol that the module exports, from __crc_NAME
 * @param compiler the first string of .comment ("GCC: (Debian 12.2.0-14) 12.2.0")
 */
public record KernelModule(
        ElfClass elfClass,
        ByteOrder order,
        int machine,
        int flags,
        List<String> modinfo,
        OptionalLong thisModuleSize,
        OptionalLong initOffset,
        OptionalLong exitOffset,
        Map<String, Long> versions,
        Map<String, Long> exports,
        Optional<String> compiler)
        implements ModuleReading {
    public KernelModule {
        modinfo = List.copyOf(modinfo);
        versions = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        exports = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(exports));
    }

    /** The value of the first string of .modinfo with that name. */
    public Optional<String> info(String name) {
        String start = name + "=";
        return modinfo.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst();
    }
}
