package io.espalier.cli;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * Which event time the samples of a feed get, and how fast they are sent.
 *
 * <p>With a beginning, sample i is of {@code from + i / rate} and is sent as fast as the broker
 * takes it, so that windows fill at once. Without one it is of the moment it is sent at, and the
 * rate, if there is one, holds back the sending itself.
 *
 * @param from event time of the first sample; null for the present
 * @param rate samples a second; 0 for as fast as the broker takes them, only without a beginning
 */
record EventTimes(@Nullable Instant from, double rate) {

    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    /** Checks the rate. */
    EventTimes {
        if (!(rate >= 0) || Double.isInfinite(rate) || (from != null && rate == 0)) {
            throw new IllegalArgumentException("event times from " + from + " at " + rate + "/s");
        }
    }

    /**
     * Event time of a sample, in milliseconds since the epoch.
     *
     * @param index from 0
     * @param now the present, in the same unit
     */
    long of(long index, long now) {
        return from == null ? now : from.toEpochMilli() + (long) (index / rate * MILLIS);
    }

    /** Nanoseconds after the first sample at which a sample may be sent at the earliest. */
    long due(long index) {
        return from != null || rate == 0 ? 0 : (long) (index / rate * NANOS);
    }
}
