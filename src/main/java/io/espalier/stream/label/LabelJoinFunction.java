package io.espalier.stream.label;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.StreamTypes;
import io.espalier.wire.LabelUpdate;

/**
 * Gives samples the labels that come after them, or before.
 *
 * <p>Keyed by sample id. A sample without a label waits for one until event time has passed its own
 * by the delay, then goes on without; a label waits as long for its sample, then is forgotten. They
 * belong together if their event times are no further apart than the delay: which samples get a
 * label is a function of both topics' event times, not of what is read first. State: what waits.
 */
public final class LabelJoinFunction
        extends KeyedCoProcessFunction<String, AcceptedSample, LabelUpdate, AcceptedSample> {

    private static final long serialVersionUID = 1L;

    private final long delayMillis;
    private transient ValueState<AcceptedSample> waiting;
    private transient ValueState<String> label;
    private transient ValueState<Long> labelTime;

    /** Waiting for a stretch of event time. */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public LabelJoinFunction(long delayMillis) {
        this.delayMillis = delayMillis;
    }

    @Override
    public void open(OpenContext context) {
        waiting =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("waiting", StreamTypes.SAMPLE));
        label = getRuntimeContext().getState(new ValueStateDescriptor<>("label", Types.STRING));
        labelTime =
                getRuntimeContext().getState(new ValueStateDescriptor<>("label-time", Types.LONG));
    }

    @Override
    public void processElement1(
            AcceptedSample sample, Context context, Collector<AcceptedSample> out)
            throws Exception {
        String known = label.value();
        if (sample.sample().getLabel() != null) {
            out.collect(sample);
        } else if (known != null && belongs(sample, labelTime.value())) {
            out.collect(sample.labelled(known));
            forgetLabel();
        } else {
            waiting.update(sample);
            context.timerService().registerEventTimeTimer(sample.timestamp() + delayMillis);
        }
    }

    @Override
    public void processElement2(LabelUpdate update, Context context, Collector<AcceptedSample> out)
            throws Exception {
        AcceptedSample sample = waiting.value();
        if (sample != null) {
            if (belongs(sample, context.timestamp())) {
                out.collect(sample.labelled(update.getLabel()));
                waiting.clear();
            }
        } else if (label.value() == null) {
            label.update(update.getLabel());
            labelTime.update(context.timestamp());
            context.timerService().registerEventTimeTimer(context.timestamp() + delayMillis);
        }
    }

    /** By event time alone, so that it does not matter which of the two was read first. */
    private boolean belongs(AcceptedSample sample, long time) {
        return Math.abs(time - sample.timestamp()) <= delayMillis;
    }

    private void forgetLabel() {
        label.clear();
        labelTime.clear();
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<AcceptedSample> out)
            throws Exception {
        AcceptedSample sample = waiting.value();
        if (sample != null && sample.timestamp() + delayMillis <= timestamp) {
            out.collect(sample);
            waiting.clear();
        }
        Long time = labelTime.value();
        if (time != null && time + delayMillis <= timestamp) {
            forgetLabel();
        }
    }
}
