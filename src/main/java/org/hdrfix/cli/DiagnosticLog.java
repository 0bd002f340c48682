package org.hdrfix.cli;

import elf4j.Level;
import elf4j.Logger;
import elf4j.spi.LoggerFactory;

/**
 * The provider behind elf4j, the logging facade: one line each to standard error, at once, and only when {@code -v} asked
 * for it. Nothing is started and nothing is lost when the JVM ends.
 */
public final class DiagnosticLog implements LoggerFactory {
    /** System property that switches the log on; the command sets it for {@code -v}. */
    static final String SWITCH = "hdrfix.verbose";

    @Override
    public Logger getLogger() {
        return new Line(Level.INFO);
    }

    private record Line(Level level) implements Logger {
        @Override
        public Logger atLevel(Level level) {
            return new Line(level);
        }

        @Override
        public Level getLevel() {
            return level;
        }

        @Override
        public boolean isEnabled() {
            return System.getProperty(SWITCH) != null;
        }

        @Override
        public void log(Object message) {
            if (isEnabled()) {
                System.err.println("hdrfix: " + org.hdrfix.report.Printable.of(String.valueOf(message)));
            }
        }

        @Override
        public void log(String message, Object... arguments) {
            log(message);
        }

        @Override
        public void log(Throwable throwable) {
            log(throwable.toString());
        }

        @Override
        public void log(Throwable throwable, Object message) {
            log(message + ": " + throwable);
        }

        @Override
        public void log(Throwable throwable, String message, Object... arguments) {
            log(message + ": " + throwable);
        }
    }
}
