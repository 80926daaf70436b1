package io.espalier.stream.label;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

import io.espalier.stream.GoldenSnapshot;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.LabelUpdate;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The join of late labels, stopped and restored at every point of a short input. */
@SuppressWarnings("try") // Flink's harness may be interrupted while it closes; so may we.
class LabelJoinHarnessTest {

    private static final long DELAY = 100;

    /** One event of an input. */
    @FunctionalInterface
    private interface Step {
        void feed(Harness harness) throws Exception;
    }

    /** A harness of the join. */
    private static final class Harness
            extends KeyedTwoInputStreamOperatorTestHarness<
                    String, AcceptedSample, LabelUpdate, AcceptedSample> {

        Harness() throws Exception {
            super(
                    new LabelJoinOperator(DELAY),
                    sample -> sample.sample().getId(),
                    LabelUpdate::getId,
                    Types.STRING);
            setup(StreamTypes.SAMPLE.createSerializer(new SerializerConfigImpl()));
        }
    }

    private static final List<Step> STEPS =
            List.of(
                    h -> sample(h, "own", 10, "b"),
                    h -> sample(h, "early", 11, null),
                    h -> label(h, "early", 60),
                    h -> label(h, "first", 12),
                    h -> sample(h, "first", 20, null),
                    h -> sample(h, "never", 30, null),
                    h -> sample(h, "late", 31, null),
                    h -> mark(h, 129),
                    h -> label(h, "never", 130),
                    h -> mark(h, 131),
                    h -> label(h, "late", 140),
                    h -> mark(h, 400));

    private static void sample(Harness harness, String id, long time, @Nullable String label)
            throws Exception {
        CalibrationSample sample =
                CalibrationSample.newBuilder().setId(id).setText("a text").setLabel(label).build();
        byte[] value = RecordCodec.CALIBRATION_SAMPLE.encode(sample);
        harness.processElement1(
                new AcceptedSample(
                        new RawRecord(value, new Origin("samples", 0, time, time)), sample),
                time);
    }

    private static void label(Harness harness, String id, long time) throws Exception {
        harness.processElement2(new LabelUpdate(id, "a"), time);
    }

    private static void mark(Harness harness, long time) throws Exception {
        harness.processBothWatermarks(new Watermark(time));
    }

    private static OperatorSubtaskState run(
            @Nullable OperatorSubtaskState state, List<Step> steps, List<String> out)
            throws Exception {
        try (Harness harness = new Harness()) {
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
            for (Step step : steps) {
                step.feed(harness);
            }
            for (AcceptedSample each : harness.extractOutputValues()) {
                out.add(each.sample().getId() + "=" + each.sample().getLabel());
            }
            return harness.snapshot(1, 1);
        }
    }

    @Test
    void samplesGetTheLabelThatComesInTime() throws Exception {
        List<String> out = new ArrayList<>();
        run(null, STEPS, out);
        // The label of 'late' came after its delay had passed.
        assertThat(out)
                .containsExactlyInAnyOrder("own=b", "early=a", "first=a", "never=a", "late=null");
    }

    @Test
    void whatIsReadFirstDoesNotDecideWhetherALabelIsInTime() throws Exception {
        for (long distance : List.of(DELAY, DELAY + 1)) {
            for (long labelTime : List.of(500 - distance, 500 + distance)) {
                Step sample = h -> sample(h, "s", 500, null);
                Step label = h -> label(h, "s", labelTime);
                Step end = h -> mark(h, 1000);
                for (List<Step> order :
                        List.of(List.of(sample, label, end), List.of(label, sample, end))) {
                    List<String> out = new ArrayList<>();
                    run(null, order, out);
                    assertThat(out)
                            .as("label at %d, sample at 500", labelTime)
                            .containsExactly(distance == DELAY ? "s=a" : "s=null");
                }
            }
        }
    }

    @Test
    void continuesAfterARestoreAtEveryPoint() throws Exception {
        List<String> expected = new ArrayList<>();
        run(null, STEPS, expected);
        for (int split = 0; split <= STEPS.size(); split++) {
            List<String> out = new ArrayList<>();
            OperatorSubtaskState state = run(null, STEPS.subList(0, split), out);
            run(state, STEPS.subList(split, STEPS.size()), out);
            assertThat(out)
                    .as("restored after %d events", split)
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void goesOnFromTheStateOfAnEarlierBuild() throws Exception {
        List<String> expected = new ArrayList<>();
        run(null, STEPS, expected);
        int split = 7; // Samples wait for a label, and a label for its sample has come.
        List<String> out = new ArrayList<>();
        run(null, STEPS.subList(0, split), out);
        OperatorSubtaskState state =
                GoldenSnapshot.of(
                        "labels", () -> run(null, STEPS.subList(0, split), new ArrayList<>()));
        run(state, STEPS.subList(split, STEPS.size()), out);
        assertThat(out).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void eventTimeIsHeldBackByTheDelaySoThatNoSampleIsLate() throws Exception {
        try (Harness harness = new Harness()) {
            harness.open();
            sample(harness, "waiting", 50, null);
            mark(harness, 149);
            assertThat(harness.getOutput()).last().hasToString("Watermark @ 49");
            mark(harness, 150);
            assertThat(harness.extractOutputValues()).hasSize(1);
            assertThat(harness.numKeyedStateEntries()).isZero();
            mark(harness, Long.MAX_VALUE);
            assertThat(harness.getOutput()).last().isEqualTo(Watermark.MAX_WATERMARK);
        }
    }
}
