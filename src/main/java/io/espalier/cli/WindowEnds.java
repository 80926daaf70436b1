package io.espalier.cli;

import io.espalier.config.EspalierConfig;
import io.espalier.config.WindowType;
import io.espalier.stream.window.WindowPlan;

/**
 * When the windows of a sample are decided: a window's end, plus what the job waits for records out
 * of order and for labels, is the event time that every partition has to have seen.
 *
 * @param plan how event time is cut
 * @param patience milliseconds that the job waits beyond a window's end
 */
record WindowEnds(WindowPlan plan, long patience) {

    /** Those of a job. */
    static WindowEnds of(EspalierConfig config) {
        long labels = config.kafka().topics().labels() == null ? 0 : config.labelDelay().toMillis();
        return new WindowEnds(
                WindowPlan.of(config.window()),
                config.window().maxOutOfOrderness().toMillis() + labels);
    }

    /**
     * Exclusive end of the last window in time that a sample belongs to; of the pane, where windows
     * are sized in samples or run on.
     */
    long last(long eventTime) {
        long pane = plan.paneEnd(eventTime);
        boolean slides = plan.type() == WindowType.SLIDING && plan.sizeSamples() == 0;
        return slides ? pane - plan.paneMillis() + plan.sizeMillis() : pane;
    }

    /** The earliest event time that ends all windows of a sample, once every partition saw it. */
    long flush(long eventTime) {
        return last(eventTime) + patience;
    }
}
