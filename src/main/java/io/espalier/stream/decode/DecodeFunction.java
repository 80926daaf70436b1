package io.espalier.stream.decode;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.DeadLetters;
import io.espalier.wire.codec.Decoded;
import io.espalier.wire.codec.Labels;
import io.espalier.wire.codec.SampleDecoder;
import io.espalier.wire.codec.Stage;

import java.util.List;

/**
 * Decodes and validates records; what fails goes to {@link #DEAD_LETTERS} with its bytes.
 *
 * <p>Never throws for what a record holds. Keeps no state. Samples without a label are refused
 * where the gradients are of the supervised loss.
 */
public final class DecodeFunction extends ProcessFunction<RawRecord, AcceptedSample> {

    private static final long serialVersionUID = 1L;

    /** Records that are not valid samples. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", StreamTypes.DEAD_LETTER);

    private final List<String> labels;
    private final int maxBytes;
    private final boolean supervised;
    private transient SampleDecoder decoder;

    /**
     * A decoder of samples for one model.
     *
     * @param labels names of the model's classes
     * @param maxBytes largest encoded sample that is accepted
     * @param supervised whether a sample without a label is of no use
     */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public DecodeFunction(List<String> labels, int maxBytes, boolean supervised) {
        this.labels = List.copyOf(labels);
        this.maxBytes = maxBytes;
        this.supervised = supervised;
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
            if (supervised && accepted.sample().getLabel() == null) {
                context.output(DEAD_LETTERS, unlabelled(raw));
            } else {
                out.collect(new AcceptedSample(raw, accepted.sample()));
            }
        }
    }

    private static DeadLetter unlabelled(RawRecord raw) {
        byte[] value = raw.value();
        return DeadLetters.of(
                value == null ? new byte[0] : value,
                raw.origin(),
                Stage.VALIDATE,
                IllegalArgumentException.class.getName(),
                "label is missing; the supervised loss needs one, espalier.loss = label-free does not");
    }
}
