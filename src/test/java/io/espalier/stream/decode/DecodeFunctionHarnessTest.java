package io.espalier.stream.decode;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Which samples need a label. */
@SuppressWarnings("try") // Flink's harness may be interrupted while it closes; so may we.
class DecodeFunctionHarnessTest {

    @Test
    void aSampleNeedsNoLabel() throws Exception {
        Outcome labelFree = decode(null);
        assertThat(labelFree.accepted()).containsExactly("s-1");
        assertThat(labelFree.reasons()).isEmpty();
        assertThat(decode("yes").accepted()).containsExactly("s-1");
    }

    @Test
    void aLabelTheModelDoesNotKnowIsRefused() throws Exception {
        assertThat(decode("perhaps").reasons()).hasSize(1);
        assertThat(decode("no").reasons()).isEmpty();
    }

    /** Ids of accepted samples, reasons of refused ones. */
    private record Outcome(List<String> accepted, List<String> reasons) {}

    private static Outcome decode(@Nullable String label) throws Exception {
        CalibrationSample sample =
                CalibrationSample.newBuilder()
                        .setId("s-1")
                        .setText("a text")
                        .setLabel(label)
                        .build();
        byte[] value = RecordCodec.CALIBRATION_SAMPLE.encode(sample);
        DecodeFunction function = new DecodeFunction(List.of("no", "yes"), 1 << 20, 0.5);
        try (OneInputStreamOperatorTestHarness<RawRecord, AcceptedSample> harness =
                new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function))) {
            harness.setup(StreamTypes.SAMPLE.createSerializer(new SerializerConfigImpl()));
            harness.open();
            harness.processElement(new RawRecord(value, new Origin("samples", 0, 1, 1)), 1);
            List<String> reasons = new ArrayList<>();
            var letters = harness.getSideOutput(DecodeFunction.DEAD_LETTERS);
            if (letters != null) {
                letters.forEach(letter -> reasons.add(reason(letter.getValue())));
            }
            return new Outcome(
                    harness.extractOutputValues().stream()
                            .map(accepted -> accepted.sample().getId())
                            .toList(),
                    reasons);
        }
    }

    private static String reason(DeadLetter letter) {
        return letter.getMessage();
    }
}
