package io.espalier.stream.type;

import io.espalier.artifact.LivePointer;
import io.espalier.artifact.StagedModel;
import io.espalier.drift.DriftLevel;
import io.espalier.drift.DriftState;
import io.espalier.drift.NoiseFloor;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SampleOffsets;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.search.ErrorCurve;
import io.espalier.testing.Encoders;
import io.espalier.testing.SyntheticScorer;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireExamples;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

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
                        Map.entry("accepted-sample", List.of(sample, sample.labelled("negative"))),
                        Map.entry("announcement", List.of(WireExamples.announcement())),
                        Map.entry(
                                "dead-letter",
                                List.of(WireExamples.deadLetter(), letterWithSchema())),
                        Map.entry("decision-memory", List.of(memory(), DecisionMemory.NEW)),
                        Map.entry(
                                "drift-report",
                                List.of(WireExamples.report(), WireExamples.starved().build())),
                        Map.entry("sublayer-summary", List.copyOf(summaries())),
                        Map.entry(
                                "control-acknowledgement", List.of(WireExamples.acknowledgement())),
                        Map.entry("control-command", List.of(WireExamples.command())),
                        Map.entry("control-state", List.of(control(), ControlState.NONE)),
                        Map.entry(
                                "decision-input",
                                List.of(
                                        new DecisionInput.Summary(
                                                new Windowed<>(END, summaries().get(0))),
                                        new DecisionInput.Judge(new Windowed<>(END, sample)),
                                        new DecisionInput.Command(WireExamples.command()))),
                        Map.entry("label-update", List.of(WireExamples.label())),
                        Map.entry("pane-statistics", List.of(pane())),
                        Map.entry("publication", publications()),
                        Map.entry("mask-update", List.of(WireExamples.mask())),
                        Map.entry("raw-record", List.of(sample.raw(), new RawRecord(null, ORIGIN))),
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

    private static RestingMoments moments() {
        return statistics().rest();
    }

    private static List<SublayerSummary> summaries() {
        ErrorCurve curve =
                new ErrorCurve(new int[] {2, 0, 1}, new int[] {0, 2, 3}, new double[] {0, 0.5, 4});
        return List.of(
                new SublayerSummary(
                        3_600_000,
                        LossKind.SUPERVISED,
                        7,
                        5,
                        SampleOffsets.NONE.with("samples", 1, 17).with("samples", 1, 40),
                        statistics().snapshot(),
                        curve,
                        moments()),
                new SublayerSummary(
                        -1,
                        LossKind.TRUE_FISHER,
                        0,
                        5,
                        SampleOffsets.NONE,
                        statistics().snapshot(),
                        null,
                        moments()));
    }

    private static PaneStatistics pane() {
        SublayerStatistics supervised =
                new SublayerStatistics(1, SUBLAYERS.get(1), LossKind.SUPERVISED, 0, 0);
        PaneStatistics pane = new PaneStatistics();
        pane.merge(statistics());
        pane.merge(supervised);
        return pane;
    }

    private static StagedModel staged() {
        return new StagedModel(
                "bge", "macs0.50-000003", ".staging/a1b2", "0f".repeat(32), 1L << 33);
    }

    private static List<Object> publications() {
        LivePointer pointer =
                new LivePointer("bge", "macs=0.5", 3, "macs0.50-000003", "0f".repeat(32));
        return List.of(
                new Publication(
                        staged(),
                        pointer,
                        new TreeSet<>(Set.of("macs0.50-000001", "macs0.50-000003"))),
                new Publication(staged(), null, new TreeSet<>()),
                new Publication(null, pointer, new TreeSet<>()));
    }

    private static ControlState control() {
        return ControlState.NONE
                .forced(new TreeSet<>(List.of("macs=0.5")))
                .paused(true)
                .budgets(List.of("macs=0.5", "macs=0.3"))
                .thresholds(Map.of("espalier.trigger.cool-down", "3"))
                .obeyed("c-1");
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

    private static DecisionMemory memory() {
        LiveModel live =
                new LiveModel(
                        staged(),
                        END,
                        List.of(new float[] {1, 0}, new float[] {1}),
                        List.of(new float[] {4, 5}, new float[] {Float.MIN_VALUE}),
                        List.of(List.of(new float[] {0.5f, 0.5f}, new float[] {1, 0}), List.of()));
        LiveModel first = new LiveModel(staged(), 1, List.of(new float[0]), List.of(), List.of());
        return new DecisionMemory(
                new NoiseFloor(List.of(0.125, 0.25)),
                NoiseFloor.UNKNOWN,
                new TreeMap<>(
                        Map.of(
                                "macs=0.5",
                                new BudgetMemory(
                                        9,
                                        4,
                                        END,
                                        2,
                                        new DriftState(DriftLevel.WARNING, 1, 0),
                                        live,
                                        first,
                                        List.of(first),
                                        true),
                                "macs=0.3",
                                BudgetMemory.NEW)));
    }
}
