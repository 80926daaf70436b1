package io.espalier.stream.decode;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.Decoded;
import io.espalier.wire.codec.Labels;
import io.espalier.wire.codec.SampleDecoder;

import java.util.List;

/**
 * Decodes and validates records; what fails goes to {@link #DEAD_LETTERS} with its bytes.
 *
 * <p>Never throws for what a record holds. Keeps no state.
 */
public final class DecodeFunction extends ProcessFunction<RawRecord, AcceptedSample> {

    private static final long serialVersionUID = 1L;

    /** Records that are not valid samples. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", StreamTypes.DEAD_LETTER);

    private final List<String> labels;
    private final int maxBytes;
    private transient SampleDecoder decoder;

    /**
     * A decoder of samples for one model.
     *
     * @param labels names of the model's classes
     * @param maxBytes largest encoded sample that is accepted
     */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public DecodeFunction(List<String> labels, int maxBytes) {
        this.labels = List.copyOf(labels);
        this.maxBytes = maxBytes;
    }

    @Override
    public void open(OpenContext context) {
        decoder = new SampleDecoder(new Labels(labels), maxBytes);
    }

    @Override
    public void processElement(RawRecord raw, Context context, Collector<AcceptedSample> out) {
        Decoded decoded = decoder.decode(raw.value(), raw.origin());
        if (decoded instanceof Decoded.Rejected rejected) {
            context.output(DEAD_LETTERS, rejected.letter());
        } else if (decoded instanceof Decoded.Accepted accepted) {
            out.collect(new AcceptedSample(raw, accepted.sample()));
        }
    }
}
