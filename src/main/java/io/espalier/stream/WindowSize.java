package io.espalier.stream;

import java.io.Serializable;
import java.time.Duration;

/**
 * Tumbling event-time windows, aligned to the epoch.
 *
 * @param millis length of a window, at least 1
 */
public record WindowSize(long millis) implements Serializable {

    /** Checks the range. */
    public WindowSize {
        if (millis < 1) {
            throw new IllegalArgumentException("window of " + millis + " ms");
        }
    }

    /** Windows of a duration. */
    public static WindowSize of(Duration size) {
        return new WindowSize(size.toMillis());
    }

    /** Exclusive end of the window that an event time falls into. */
    public long end(long timestamp) {
        return Math.multiplyExact(Math.floorDiv(timestamp, millis) + 1, millis);
    }
}
