package io.espalier.stream.label;

import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;

import io.espalier.stream.type.AcceptedSample;
import io.espalier.wire.LabelUpdate;

/**
 * The join as an operator that holds back event time by its delay, so that no sample is late for
 * having waited.
 */
public final class LabelJoinOperator
        extends KeyedCoProcessOperator<String, AcceptedSample, LabelUpdate, AcceptedSample> {

    private static final long serialVersionUID = 1L;

    private final long delayMillis;

    /** Waiting for a stretch of event time. */
    public LabelJoinOperator(long delayMillis) {
        super(new LabelJoinFunction(delayMillis));
        this.delayMillis = delayMillis;
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        getTimeServiceManager().orElseThrow().advanceWatermark(mark);
        long time = mark.getTimestamp();
        boolean end = time == Watermark.MAX_WATERMARK.getTimestamp();
        boolean tooEarly = time < Long.MIN_VALUE + delayMillis;
        if (!tooEarly) {
            // Timers of this very instant have fired, so what waits is younger.
            output.emitWatermark(end ? mark : new Watermark(time - delayMillis));
        }
    }
}
