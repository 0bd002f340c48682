package org.hdrfix.repair;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hdrfix.patch.BundledPatch;
import org.hdrfix.patch.FilePatch;
import org.hdrfix.patch.PatchResult;
import org.hdrfix.tree.ElfConfig;
import org.hdrfix.tree.HostProgram;
import org.hdrfix.tree.Inspection;

/** One change of a repair, as data that can say what it is. Paths are relative to the tree. */
public sealed interface RepairStep {
    /** What would be done, one phrase. */
    String describe();

    /** Builds a program and puts it in the place of the one that does not run. */
    record RebuildProgram(HostProgram program) implements RepairStep {
        @Override
        public String describe() {
            return "rebuild " + program.path();
        }
    }

    /** Shows the build an elfconfig.h of its own; the tree's stays as it is. */
    record SetElfConfig(ElfConfig config) implements RepairStep {
        @Override
        public String describe() {
            return "compile modpost with "
                    + config.text().replace("#define ", "").strip().replace("\n", ", ");
        }
    }

    /** Adds or changes the files of a bundled patch. */
    record ApplyPatch(BundledPatch patch) implements RepairStep {
        @Override
        public String describe() {
            return "apply the patch " + patch.name();
        }

        /**
         * What the patch makes of a tree.
         *
         * @throws IOException where a file is larger than any source
         */
        public PatchResult on(Inspection tree) throws IOException {
            Map<String, Optional<byte[]>> sources = new HashMap<>();
            for (FilePatch file : patch.patch().files()) {
                sources.put(file.path(), tree.source(file.path()));
            }
            return patch.patch().apply(sources::get);
        }
    }

    /** Takes away objects that the building machine left behind. */
    record RemoveObjects(List<String> paths) implements RepairStep {
        public RemoveObjects {
            paths = List.copyOf(paths);
        }

        @Override
        public String describe() {
            return "remove " + paths.size() + " stale objects";
        }
    }

    /**
     * Puts a file where there is none, or in the place of a wrong one.
     *
     * @param source where its content comes from ("from .config"), for people
     */
    record PutFile(String path, String source, byte[] content) implements RepairStep {
        @Override
        public String describe() {
            return "write " + path + " " + source;
        }
    }

    /**
     * Puts a symbolic link where there is none, or in the place of one that leads nowhere.
     *
     * @param path relative to the tree; or absolute on this machine, for a link outside it
     * @param target as it stands in the link, symlink(7)
     */
    record PutLink(String path, String target) implements RepairStep {
        @Override
        public String describe() {
            return "link " + path + " to " + target;
        }
    }

    /**
     * Makes a linker script from its source with the C preprocessor, in the stage.
     *
     * @param arguments of the preprocessor, without source and output
     */
    record Preprocess(String path, String source, List<String> arguments) implements RepairStep {
        public Preprocess {
            arguments = List.copyOf(arguments);
        }

        @Override
        public String describe() {
            return "write " + path + " preprocessed from " + source;
        }
    }
}
