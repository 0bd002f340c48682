package org.hdrfix.repair;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** A repair or an undo that was not done; the message is one sentence for the user, and says that nothing was changed or what was. */
public final class RepairException extends Exception {
    private static final long serialVersionUID = 1L;

    public RepairException(String message) {
        super(message);
    }

    /** What the system said, and of which file, without the names of Java's exceptions. */
    static String because(IOException e) {
        if (!(e instanceof FileSystemException of) || of.getFile() == null) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
        String reason = of.getReason();
        if (reason == null) {
            reason = e instanceof AccessDeniedException
                    ? "Permission denied"
                    : e instanceof NoSuchFileException
                            ? "No such file or directory"
                            : e.getClass().getSimpleName();
        }
        return of.getFile() + ": " + reason;
    }
}
