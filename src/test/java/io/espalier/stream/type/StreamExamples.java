package io.espalier.stream.type;

import io.espalier.artifact.StagedModel;
import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.drift.UpdateKind;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.search.ErrorCurve;
import io.espalier.stream.type.Decision.BudgetDecision;
import io.espalier.stream.type.Decision.KindDrift;
import io.espalier.stream.type.Decision.Update;
import io.espalier.stream.type.DecisionMemory.BudgetMasks;
import io.espalier.stream.type.TunedSublayer.Tuned;
import io.espalier.testing.Encoders;
import io.espalier.testing.SyntheticScorer;
import io.espalier.tuning.RepairOutcome;
import io.espalier.tuning.RepairedProjection;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireExamples;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values of every stream type, no field of which equals a default or another field. */
final class StreamExamples {

    private static final long END = 7_200_000;
    private static final Origin ORIGIN = new Origin("calibration", 3, 1L << 40, END - 17);
    private static final List<Sublayer> SUBLAYERS = Encoders.of(1, 2, 2, 5);

    private StreamExamples() {}

    /** By the names of {@link StreamTypes}; also the golden list of these names. */
    static SortedMap<String, List<Object>> byName() {
        AcceptedSample sample = sample();
        return new TreeMap<>(
                Map.ofEntries(
                        Map.entry("accepted-sample", List.of(sample)),
                        Map.entry("announcement", List.of(WireExamples.announcement())),
                        Map.entry(
                                "dead-letter",
                                List.of(WireExamples.deadLetter(), letterWithSchema())),
                        Map.entry("decision-memory", List.of(memory())),
                        Map.entry(
                                "drift-report",
                                List.of(WireExamples.report(), WireExamples.starved().build())),
                        Map.entry("sublayer-summary", summaries()),
                        Map.entry("tuned", List.copyOf(tuned().tuned())),
                        Map.entry("mask-update", List.of(WireExamples.mask())),
                        Map.entry("raw-record", List.of(sample.raw(), new RawRecord(null, ORIGIN))),
                        Map.entry(
                                "staged-model",
                                List.of(
                                        new StagedModel(
                                                "bge",
                                                "macs0.50-000003",
                                                ".staging/a1b2",
                                                "0f".repeat(32),
                                                1L << 33))),
                        Map.entry("resting-moments", List.of(moments())),
                        Map.entry("sublayer-proposal", List.of(proposal(), starvedProposal())),
                        Map.entry("sublayer-statistics", List.of(statistics(), empty())),
                        Map.entry("tuned-sublayer", List.of(tuned())),
                        Map.entry("windowed-moments", List.of(new Windowed<>(END, moments()))),
                        Map.entry("windowed-sample", List.of(new Windowed<>(END, sample))),
                        Map.entry(
                                "windowed-summary",
                                List.of(new Windowed<>(END, summaries().get(0)))),
                        Map.entry(
                                "windowed-statistics",
                                List.of(new Windowed<>(END, statistics())))));
    }

    static SublayerStatistics statistics() {
        return SyntheticScorer.statisticsOf(SUBLAYERS, 2, 7, List.of("a", "b", "c")).get(1);
    }

    private static SublayerStatistics empty() {
        return new SublayerStatistics(0, SUBLAYERS.get(0), LossKind.SUPERVISED, 0, 0);
    }

    private static RestingMoments moments() {
        return statistics().rest();
    }

    private static List<Object> summaries() {
        ErrorCurve curve =
                new ErrorCurve(new int[] {2, 0, 1}, new int[] {0, 2, 3}, new double[] {0, 0.5, 4});
        return List.of(
                new SublayerSummary(statistics().snapshot(), curve, moments()),
                new SublayerSummary(statistics().snapshot(), null, null));
    }

    private static AcceptedSample sample() {
        byte[] value = RecordCodec.CALIBRATION_SAMPLE.encode(WireExamples.sample());
        return new AcceptedSample(new RawRecord(value, ORIGIN), WireExamples.sample());
    }

    private static DeadLetter letterWithSchema() {
        return DeadLetter.newBuilder(WireExamples.deadLetter())
                .setSchemaFingerprint("0123456789abcdef")
                .build();
    }

    private static Decision decision() {
        return new Decision(
                3_600_000,
                END,
                2048,
                17.25,
                "1e".repeat(32),
                false,
                List.of(
                        new BudgetDecision(
                                Budget.macs(0.5),
                                3,
                                0.4999,
                                new KindDrift(144, 80, 0.125, 0.25, 0.875, 0.75),
                                new KindDrift(18432, 9000, 0.0625, 0.1875, 0.96875, 0.9375),
                                new Update(UpdateKind.RE_TUNE, 0.25, 0.26)),
                        new BudgetDecision(
                                new Budget(CostMetric.LATENCY, 0.3),
                                4,
                                0.2999,
                                new KindDrift(144, 50, Double.NaN, Double.NaN, -0.0, 1),
                                new KindDrift(18432, 5000, 0, 0.5, Double.MIN_VALUE, 2),
                                new Update(UpdateKind.RE_MASK, 0.5, Double.NaN))));
    }

    private static SublayerProposal proposal() {
        return new SublayerProposal(
                decision(), 5, List.of(new float[] {1, 0, -0f}, new float[] {0, 0, -1.5f}));
    }

    private static SublayerProposal starvedProposal() {
        return new SublayerProposal(
                new Decision(0, 1, 2, 3.5, "2d".repeat(32), true, List.of()), 4, List.of());
    }

    private static TunedSublayer tuned() {
        Projection two = new Projection(2, 1, new float[] {0.5f, -2}, new float[] {3});
        Projection none = new Projection(0, 2, new float[0], new float[] {4, 5});
        return new TunedSublayer(
                decision(),
                6,
                List.of(
                        new Tuned(
                                new float[] {1, 0, 1},
                                new RepairedProjection(
                                        two, RepairOutcome.RESOLVED, 0.01, List.of()),
                                0.125),
                        new Tuned(
                                new float[] {0, 0, 0},
                                new RepairedProjection(
                                        none,
                                        RepairOutcome.BIAS_ONLY,
                                        0,
                                        List.of("ridge 0.01: no", "ridge 0.1: nor this")),
                                Double.NaN)));
    }

    private static DecisionMemory memory() {
        return new DecisionMemory(
                9,
                List.of(new float[] {1, 2}, new float[] {3}),
                List.of(new float[] {4, 5}, new float[] {Float.MIN_VALUE}),
                List.of(
                        new BudgetMasks(
                                "macs=0.5",
                                List.of(new float[] {1, 0}, new float[] {1}),
                                List.of(new float[] {0, 1}, new float[] {0})),
                        new BudgetMasks("macs=0.3", List.of(), List.of(new float[0]))));
    }
}
