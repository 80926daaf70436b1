package io.espalier.stream;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

import io.espalier.artifact.StagedModel;
import io.espalier.config.EspalierConfig;
import io.espalier.config.Profile;
import io.espalier.config.TuningMode;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.drift.UpdatePolicy;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.search.CurveSearch;
import io.espalier.search.ErrorCurve;
import io.espalier.stream.assemble.AssembleFunction;
import io.espalier.stream.assemble.CandidateIdentity;
import io.espalier.stream.decide.DecideFunction;
import io.espalier.stream.decide.DecisionPlan;
import io.espalier.stream.fold.FoldFunction;
import io.espalier.stream.tune.TuneFunction;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerProposal;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.stream.type.TunedSublayer;
import io.espalier.stream.type.Windowed;
import io.espalier.testing.SyntheticScorer;
import io.espalier.testing.TinyBert;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The keyed functions, each restored between the events of two windows that overlap: what comes out
 * is what comes out of one that was never stopped.
 */
@SuppressWarnings("try") // Flink's harness may be interrupted while it closes; so may we.
class KeyedFunctionsHarnessTest {

    private static final WindowSize WINDOW = new WindowSize(100);
    private static final int SUBLAYERS = TinyBert.sublayers().size();

    @TempDir private static Path model;

    @BeforeAll
    static void writeModel() throws Exception {
        TinyBert.write(model);
    }

    /** One event of an input. */
    @FunctionalInterface
    private interface Step<H> {
        void feed(H harness) throws Exception;
    }

    /** Makes a harness that is not yet initialised. */
    @FunctionalInterface
    private interface Maker<H> {
        H make() throws Exception;
    }

    @Test
    void foldContinuesAfterARestore(@TempDir Path directory) throws Exception {
        String model = TinyBert.write(directory).toString();
        List<Step<Fold>> steps = new ArrayList<>();
        for (int part = 0; part < 4; part++) {
            long end = part < 2 || part == 3 ? 100 : 200; // The last one of 100 comes after 200.
            for (SublayerStatistics each : statistics(part * 5, part * 5 + 5)) {
                Windowed<SublayerStatistics> partial = new Windowed<>(end, each);
                steps.add(h -> h.processElement(copy(partial, StreamTypes.WINDOWED_STATISTICS), 0));
            }
        }
        steps.add(h -> h.processWatermark(99));
        steps.add(h -> h.processWatermark(199));

        List<String> all =
                restoreAtEvery(
                        1,
                        () -> new Fold(model),
                        steps,
                        h -> {
                            List<String> out =
                                    bytes(h.extractOutputValues(), StreamTypes.WINDOWED_SUMMARY);
                            out.addAll(side(h, FoldFunction.MOMENTS));
                            return out;
                        });

        List<Windowed<SublayerSummary>> snapshots = new ArrayList<>();
        List<Windowed<RestingMoments>> moments = new ArrayList<>();
        for (SublayerStatistics each : statistics(0, 10, 15, 20)) {
            snapshots.add(new Windowed<>(100, summary(each)));
            moments.add(new Windowed<>(100, each.rest()));
        }
        for (SublayerStatistics each : statistics(10, 15)) {
            snapshots.add(new Windowed<>(200, summary(each)));
            moments.add(new Windowed<>(200, each.rest()));
        }
        List<String> oracle = bytes(snapshots, StreamTypes.WINDOWED_SUMMARY);
        oracle.addAll(bytes(moments, StreamTypes.WINDOWED_MOMENTS));
        assertThat(all).containsExactlyInAnyOrderElementsOf(oracle);
    }

    @Test
    void decideContinuesAfterARestore() throws Exception {
        List<Step<Decide>> steps = new ArrayList<>();
        for (Windowed<SublayerSummary> snapshot : overlapping(snapshots(100), snapshots(200))) {
            steps.add(h -> h.processElement(copy(snapshot, StreamTypes.WINDOWED_SUMMARY), 0));
        }
        List<String> all =
                restoreAtEvery(
                        1,
                        Decide::new,
                        steps,
                        h -> bytes(h.extractOutputValues(), StreamTypes.PROPOSAL));
        assertThat(all).hasSize(2 * SUBLAYERS);
    }

    @Test
    void tuneContinuesAfterARestore(@TempDir Path directory) throws Exception {
        String model = TinyBert.write(directory).toString();
        List<Step<Tune>> steps = new ArrayList<>();
        List<SublayerProposal> proposals = proposals();
        for (int s = 0; s < proposals.size(); s++) {
            SublayerProposal proposal = proposals.get(s);
            Windowed<RestingMoments> moments = moments(proposal);
            Step<Tune> feedMoments =
                    h -> h.processElement1(copy(moments, StreamTypes.WINDOWED_MOMENTS), 0);
            Step<Tune> feedProposal =
                    h -> h.processElement2(copy(proposal, StreamTypes.PROPOSAL), 0);
            // Whichever comes first has to wait for the other in state.
            steps.add(0, s % 2 == 0 ? feedMoments : feedProposal);
            steps.add(s % 2 == 0 ? feedProposal : feedMoments);
        }
        List<String> all =
                restoreAtEvery(
                        1,
                        () -> new Tune(model),
                        steps,
                        h -> bytes(h.extractOutputValues(), StreamTypes.TUNED));
        assertThat(all).hasSize(2 * SUBLAYERS);
    }

    @Test
    void assembleContinuesAfterARestore(@TempDir Path directory) throws Exception {
        ModelReference model =
                new ModelReference(
                        TinyBert.write(directory.resolve("model")).toString(), TinyBert.POSITIONS);
        List<Step<Assemble>> steps = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Windowed<AcceptedSample> judge = new Windowed<>(i % 2 == 0 ? 100 : 200, sample(i));
            steps.add(h -> h.processElement1(copy(judge, StreamTypes.WINDOWED_SAMPLE), 0));
        }
        for (TunedSublayer part : tuned(model.directory())) {
            if (part.sublayer() == 0 && part.decision().windowEnd() == 200) {
                steps.add(h -> h.processBothWatermarks(new Watermark(99)));
            }
            steps.add(h -> h.processElement2(copy(part, StreamTypes.TUNED), 0));
        }
        steps.add(h -> h.processBothWatermarks(new Watermark(199)));

        try (SharedModel shared = SharedModel.lease(model)) {
            CandidateIdentity identity =
                    new CandidateIdentity(
                            "tiny",
                            model.directory(),
                            shared.classifier().description().digest(),
                            "espalier",
                            "true-fisher",
                            7);
            List<String> all =
                    restoreAtEvery(
                            4,
                            () -> new Assemble(model, identity, directory.resolve("store")),
                            steps,
                            h -> {
                                List<String> out = new ArrayList<>();
                                for (StagedModel staged : h.extractOutputValues()) {
                                    out.add(staged.version() + staged.manifestDigest());
                                }
                                out.addAll(side(h, AssembleFunction.MASKS));
                                out.addAll(side(h, AssembleFunction.MODELS));
                                out.addAll(side(h, AssembleFunction.REPORTS));
                                return out;
                            });
            int kinds = 4; // The staged model and three records.
            assertThat(all).hasSize(2 * plan().budgets().size() * kinds);
        }
    }

    /**
     * Runs the steps without a stop, and with a stop and a restore between them; all have to come
     * to the same.
     *
     * @param stride steps between the places of the stop
     * @return what comes out
     */
    private static <H extends AbstractStreamOperatorTestHarness<?>> List<String> restoreAtEvery(
            int stride, Maker<H> maker, List<Step<H>> steps, Function<H, List<String>> output)
            throws Exception {
        List<String> expected = new ArrayList<>();
        run(maker, null, steps, expected, output);
        for (int split = 0; split <= steps.size(); split += stride) {
            List<String> out = new ArrayList<>();
            OperatorSubtaskState state = run(maker, null, steps.subList(0, split), out, output);
            run(maker, state, steps.subList(split, steps.size()), out, output);
            assertThat(out)
                    .as("restored after %d of %d events", split, steps.size())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
        return expected;
    }

    private static <H extends AbstractStreamOperatorTestHarness<?>> OperatorSubtaskState run(
            Maker<H> maker,
            @Nullable OperatorSubtaskState state,
            List<Step<H>> steps,
            List<String> out,
            Function<H, List<String>> output)
            throws Exception {
        try (H harness = maker.make()) {
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
            for (Step<H> step : steps) {
                step.feed(harness);
            }
            out.addAll(output.apply(harness));
            return harness.snapshot(1, 1);
        }
    }

    /** A harness of the fold function. */
    private static final class Fold
            extends KeyedOneInputStreamOperatorTestHarness<
                    Integer, Windowed<SublayerStatistics>, Windowed<SublayerSummary>> {

        Fold(String model) throws Exception {
            super(
                    new KeyedProcessOperator<>(new FoldFunction(model, plan())),
                    partial -> partial.value().sublayer(),
                    Types.INT);
            setup(serializer(StreamTypes.WINDOWED_SUMMARY));
        }
    }

    /** A harness of the decide function. */
    private static final class Decide
            extends KeyedOneInputStreamOperatorTestHarness<
                    String, Windowed<SublayerSummary>, SublayerProposal> {

        Decide() throws Exception {
            super(
                    new KeyedProcessOperator<>(new DecideFunction(model.toString(), plan())),
                    snapshot -> "model",
                    Types.STRING);
            setup(serializer(StreamTypes.PROPOSAL));
        }
    }

    /** A harness of the tune function. */
    private static final class Tune
            extends KeyedTwoInputStreamOperatorTestHarness<
                    Integer, Windowed<RestingMoments>, SublayerProposal, TunedSublayer> {

        Tune(String model) throws Exception {
            super(
                    new KeyedCoProcessOperator<>(
                            new TuneFunction(
                                    model,
                                    TinyBert.sublayers(),
                                    new EspalierConfig.Tuning(0.05, TuningMode.PROJECTION, 0.01))),
                    moments -> moments.value().sublayer(),
                    SublayerProposal::sublayer,
                    Types.INT);
            setup(serializer(StreamTypes.TUNED));
        }
    }

    /** A harness of the assemble function. */
    private static final class Assemble
            extends KeyedTwoInputStreamOperatorTestHarness<
                    String, Windowed<AcceptedSample>, TunedSublayer, StagedModel> {

        Assemble(ModelReference model, CandidateIdentity identity, Path store) throws Exception {
            super(
                    new KeyedCoProcessOperator<>(
                            new AssembleFunction(model, identity, plan(), store.toString(), 16)),
                    sample -> identity.model(),
                    part -> identity.model(),
                    Types.STRING);
            setup(serializer(StreamTypes.STAGED));
        }
    }

    private static AcceptedSample sample(int number) {
        CalibrationSample sample =
                CalibrationSample.newBuilder()
                        .setId("judge" + number)
                        .setText("w" + (3 + number) + " w9")
                        .setLabel("a")
                        .build();
        byte[] value = RecordCodec.CALIBRATION_SAMPLE.encode(sample);
        return new AcceptedSample(
                new RawRecord(value, new Origin("samples", 0, number, number)), sample);
    }

    private static DecisionPlan plan() {
        return new DecisionPlan(
                TinyBert.sublayers(),
                CostModels.counted(TinyBert.HIDDEN),
                List.of(Budget.macs(0.7), Budget.macs(0.4)),
                Profile.ESPALIER,
                new UpdatePolicy(0.05),
                WINDOW,
                2);
    }

    private static List<SublayerStatistics> statistics(long windowEnd) {
        int from = Math.toIntExact(windowEnd);
        return statistics(from, from + 40);
    }

    /** By the projections of the tiny model, as the fold makes it. */
    private static SublayerSummary summary(SublayerStatistics statistics) {
        RestingMoments rest = statistics.rest();
        Sublayer sublayer = TinyBert.sublayers().get(rest.sublayer());
        ErrorCurve curve =
                CurveSearch.of(
                        sublayer, rest.moments(), rest.meanMetric(), TinyBert.projection(sublayer));
        return new SublayerSummary(statistics.snapshot(), curve, rest);
    }

    private static List<Windowed<SublayerSummary>> snapshots(long windowEnd) {
        return statistics(windowEnd).stream()
                .map(each -> new Windowed<>(windowEnd, summary(each)))
                .toList();
    }

    /** The proposals of two windows, from a decider that was never stopped. */
    private static List<SublayerProposal> proposals() throws Exception {
        try (Decide harness = new Decide()) {
            harness.open();
            for (long end : List.of(100L, 200L)) {
                for (Windowed<SublayerSummary> snapshot : snapshots(end)) {
                    harness.processElement(snapshot, 0);
                }
            }
            return harness.extractOutputValues();
        }
    }

    /** What tuning makes of them. */
    private static List<TunedSublayer> tuned(String model) throws Exception {
        try (Tune harness = new Tune(model)) {
            harness.open();
            for (SublayerProposal proposal : proposals()) {
                harness.processElement2(proposal, 0);
                harness.processElement1(moments(proposal), 0);
            }
            return harness.extractOutputValues();
        }
    }

    private static Windowed<RestingMoments> moments(SublayerProposal proposal) {
        long end = proposal.decision().windowEnd();
        SublayerStatistics window = statistics(end).get(proposal.sublayer());
        return new Windowed<>(end, window.rest());
    }

    /** The second list begins before the first one ends. */
    private static <T> List<T> overlapping(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first.subList(0, first.size() - 1));
        all.addAll(second.subList(0, 2));
        all.add(first.get(first.size() - 1));
        all.addAll(second.subList(2, second.size()));
        return all;
    }

    /** Statistics of the samples numbered from, below, and so on in pairs. */
    private static List<SublayerStatistics> statistics(int... ranges) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < ranges.length; i += 2) {
            IntStream.range(ranges[i], ranges[i + 1]).forEach(id -> ids.add("s" + id));
        }
        return SyntheticScorer.statisticsOf(TinyBert.sublayers(), 4, 7, ids);
    }

    private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
        return type.createSerializer(new SerializerConfigImpl());
    }

    /** As the network does it: no two tasks share an object. */
    private static <T> T copy(T value, TypeInformation<T> type) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer(type).serialize(value, out);
        return serializer(type).deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    private static <T> List<String> side(
            AbstractStreamOperatorTestHarness<?> harness, OutputTag<T> tag) {
        var records = harness.getSideOutput(tag);
        return records == null
                ? List.of()
                : bytes(
                        records.stream().map(record -> record.getValue()).toList(),
                        tag.getTypeInfo());
    }

    private static <T> List<String> bytes(List<T> values, TypeInformation<T> type) {
        List<String> all = new ArrayList<>();
        for (T value : values) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            try {
                serializer(type).serialize(value, out);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            all.add(HexFormat.of().formatHex(out.getCopyOfBuffer()));
        }
        return all;
    }
}
