package io.espalier.stream.window;

import io.espalier.config.EspalierConfig;
import io.espalier.config.WindowType;

import java.io.Serializable;

/**
 * How event time is cut: into panes of equal length, aligned to the epoch, of which the window type
 * makes windows. Samples are scored, and windows end, by panes alone; so what is summed does not
 * depend on the order in which samples come.
 *
 * @param type what windows are made of panes
 * @param paneMillis length of a pane, at least 1; of tumbling windows in time, the window
 * @param sizeMillis length of a sliding window in time
 * @param sizeSamples scored samples that end a window; 0 for windows in time
 * @param halfLifeMillis of running windows, else 0
 */
public record WindowPlan(
        WindowType type, long paneMillis, long sizeMillis, long sizeSamples, long halfLifeMillis)
        implements Serializable {

    /** Checks the ranges. */
    public WindowPlan {
        if (paneMillis < 1
                || sizeMillis < 0
                || sizeSamples < 0
                || (type == WindowType.RUNNING) != (halfLifeMillis > 0)) {
            throw new IllegalArgumentException(
                    "%s windows of %s ms or %s samples, panes of %s ms, half-life of %s ms"
                            .formatted(
                                    type.label(),
                                    sizeMillis,
                                    sizeSamples,
                                    paneMillis,
                                    halfLifeMillis));
        }
    }

    /** The plan of a configuration. */
    public static WindowPlan of(EspalierConfig.Window window) {
        return new WindowPlan(
                window.type(),
                window.slide().toMillis(),
                window.size().toMillis(),
                window.samples() == null ? 0 : window.samples(),
                window.halfLife() == null ? 0 : window.halfLife().toMillis());
    }

    /** Tumbling windows of a duration. */
    public static WindowPlan tumbling(long millis) {
        return new WindowPlan(WindowType.TUMBLING, millis, millis, 0, 0);
    }

    /** Exclusive end of the pane that an event time falls into. */
    public long paneEnd(long timestamp) {
        return Math.multiplyExact(Math.floorDiv(timestamp, paneMillis) + 1, paneMillis);
    }

    /** What statistics of a running window weigh after a stretch of event time. */
    public double decay(long millis) {
        return Math.pow(2, -(double) millis / halfLifeMillis);
    }

    /**
     * First instant whose held-out samples judge a window: its own start, or a half-life before its
     * end.
     */
    public long judgesSince(long windowStart, long windowEnd) {
        return type == WindowType.RUNNING
                ? Math.max(windowStart, windowEnd - halfLifeMillis)
                : windowStart;
    }

    /** End of the last pane whose held-out samples no later window needs. */
    public long judgedUpTo(long windowStart, long windowEnd) {
        if (type == WindowType.TUMBLING) {
            return windowEnd;
        }
        return type == WindowType.RUNNING || sizeSamples == 0
                ? judgesSince(windowStart, windowEnd) + paneMillis
                : windowStart;
    }

    /** The plan in words, which tell an incompatible state. */
    public String description() {
        return switch (type) {
            case TUMBLING ->
                    sizeSamples > 0
                            ? "tumbling, " + sizeSamples + " samples in panes of " + paneMillis
                            : "tumbling, " + paneMillis + " ms";
            case SLIDING ->
                    "sliding, "
                            + (sizeSamples > 0 ? sizeSamples + " samples" : sizeMillis + " ms")
                            + " in panes of "
                            + paneMillis
                            + " ms";
            case RUNNING ->
                    "running, half-life " + halfLifeMillis + " ms in panes of " + paneMillis;
        };
    }
}
