package io.espalier.stream.decode;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

import io.espalier.config.EspalierOptions;
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
 * <p>Never throws for what a record holds, but stops the job where most records are refused. Keeps
 * no state.
 */
public final class DecodeFunction extends ProcessFunction<RawRecord, AcceptedSample> {

    private static final long serialVersionUID = 1L;

    /** Records that are not valid samples. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", StreamTypes.DEAD_LETTER);

    private final List<String> labels;
    private final int maxBytes;
    private final double maxShare;
    private transient SampleDecoder decoder;
    private transient DeadLetterShare refusals;

    /**
     * A decoder of samples for one model.
     *
     * @param labels names of the model's classes
     * @param maxBytes largest encoded sample that is accepted
     * @param maxShare of refused records above which the job stops
     */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public DecodeFunction(List<String> labels, int maxBytes, double maxShare) {
        this.labels = List.copyOf(labels);
        this.maxBytes = maxBytes;
        this.maxShare = maxShare;
    }

    @Override
    public void open(OpenContext context) {
        decoder = new SampleDecoder(new Labels(labels), maxBytes);
        refusals =
                new DeadLetterShare(
                        maxShare,
                        DeadLetterShare.DEFAULT_WINDOW,
                        EspalierOptions.DEAD_LETTERS_MAX_SHARE.key());
    }

    @Override
    public void processElement(RawRecord raw, Context context, Collector<AcceptedSample> out) {
        Decoded decoded = decoder.decode(raw.value(), raw.origin());
        if (decoded instanceof Decoded.Rejected rejected) {
            context.output(DEAD_LETTERS, rejected.letter());
            refused(rejected.letter());
        } else if (decoded instanceof Decoded.Accepted accepted) {
            out.collect(new AcceptedSample(raw, accepted.sample()));
            refusals.accepted();
        }
    }

    /** Trying again would meet the same records. */
    private void refused(DeadLetter letter) {
        try {
            refusals.refused(letter.getStage() + ": " + letter.getMessage());
        } catch (DeadLetterFloodException e) {
            throw new SuppressRestartsException(e);
        }
    }
}
