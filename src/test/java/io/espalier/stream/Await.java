package io.espalier.stream;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waiting for a condition, never for a time. */
public final class Await {

    /** For anything that a loaded machine of two cores should have done long ago. */
    public static final Duration LIMIT = Duration.ofMinutes(3);

    private static final long POLL_MILLIS = 20;

    private Await() {}

    /**
     * Polls until a condition holds.
     *
     * @param what is waited for, for the message of the failure
     * @throws AssertionError if it does not within {@link #LIMIT}
     */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        if (!within(LIMIT, condition)) {
            throw new AssertionError("not within " + LIMIT + ": " + what);
        }
    }

    /** Polls until a condition holds or the time is over; says which. */
    public static boolean within(Duration limit, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }
}
