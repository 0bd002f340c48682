package org.hdrfix.repair;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a JVM that was told to end (SIGINT, SIGTERM, SIGHUP) alive until the work in hand has come to a safe end: before
 * the first rename it is given up and cleaned away, after it it is finished.
 */
final class Interruption implements AutoCloseable {
    /** Renames and syncs of a few dozen files; a slow SD card needs seconds. */
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean asked;
    private final Thread hook = new Thread(this::await, "interruption");

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void await() {
        asked = true;
        try {
            ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isAsked() {
        return asked;
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running: the JVM ends as soon as all hooks have.
        }
    }
}
