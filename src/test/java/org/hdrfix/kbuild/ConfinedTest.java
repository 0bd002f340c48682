package org.hdrfix.kbuild;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What {@link Confined} does when hdrfix is told to end. */
class ConfinedTest {
    /** A JVM that begins a command when it is going down already. */
    static final class GoingDown {
        private GoingDown() {}

        public static void main(String[] arguments) {
            Runtime.getRuntime().addShutdownHook(new Thread(GoingDown::begin));
        }

        private static void begin() {
            try {
                Confined.run(List.of("sleep", "300"), Optional.empty(), line -> {});
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
            long left = ProcessHandle.current().descendants().count();
            System.out.println(left + " left");
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void startsNothingWhenTheJvmIsGoingDown() throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GoingDown.class.getName())
                .redirectErrorStream(true)
                .start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(
                List.of("it was not started: hdrfix was told to end", "0 left"),
                said.lines().toList());
    }
}
