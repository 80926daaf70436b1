package io.espalier.stream.decode;

import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

import io.espalier.stream.type.RawRecord;
import io.espalier.wire.LabelUpdate;
import io.espalier.wire.codec.Labels;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.Stage;
import io.espalier.wire.codec.WireException;

import java.util.List;

/**
 * Decodes the records of the labels topic; what fails, or is no class of the model, becomes a dead
 * letter. Never throws for what a record holds. Keeps no state.
 */
public final class LabelDecodeFunction extends ProcessFunction<RawRecord, LabelUpdate> {

    private static final long serialVersionUID = 1L;

    private final List<String> labels;

    /**
     * A decoder of labels for one model.
     *
     * @param labels names of the model's classes
     */
    public LabelDecodeFunction(List<String> labels) {
        this.labels = List.copyOf(labels);
    }

    @Override
    public void processElement(RawRecord raw, Context context, Collector<LabelUpdate> out) {
        byte[] value = raw.value();
        try {
            LabelUpdate update =
                    RecordCodec.LABEL_UPDATE.decode(value == null ? new byte[0] : value);
            if (new Labels(labels).index(update.getLabel()).isPresent()) {
                out.collect(update);
            } else {
                context.output(
                        DecodeFunction.DEAD_LETTERS,
                        Refusals.of(
                                raw,
                                Stage.VALIDATE,
                                IllegalArgumentException.class,
                                "label of "
                                        + update.getLabel().length()
                                        + " characters is neither one of the model's "
                                        + labels.size()
                                        + " classes nor an index below that"));
            }
        } catch (WireException e) {
            context.output(DecodeFunction.DEAD_LETTERS, Refusals.of(raw, e));
        }
    }
}
