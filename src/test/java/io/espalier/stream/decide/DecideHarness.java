package io.espalier.stream.decide;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

import io.espalier.artifact.ModelFormat;
import io.espalier.config.EspalierConfig;
import io.espalier.config.Profile;
import io.espalier.config.PromotionMode;
import io.espalier.config.Thresholds;
import io.espalier.config.TuningMode;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SampleOffsets;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.search.CurveSearch;
import io.espalier.stream.ModelReference;
import io.espalier.stream.SharedModel;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.DecisionInput;
import io.espalier.stream.type.Publication;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.stream.type.Windowed;
import io.espalier.stream.window.WindowPlan;
import io.espalier.testing.SyntheticScorer;
import io.espalier.testing.TinyBert;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.ControlAction;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.DriftReport;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A harness of the deciding function over the tiny model, fed window by window. */
@SuppressWarnings("try") // Flink's harness may be interrupted while it closes; so may we.
final class DecideHarness
        extends KeyedOneInputStreamOperatorTestHarness<String, DecisionInput, Publication> {

    /** Length of a window. */
    static final long WINDOW = 1000;

    /** Thresholds under which every window is decided and every candidate passes. */
    static final Thresholds LAX =
            new Thresholds(Duration.ofSeconds(1), 2, 0, 0, 0.05, 1, 1, 0.6, 1);

    /** The budgets. */
    static final List<Budget> BUDGETS = List.of(Budget.macs(0.7), Budget.macs(0.4));

    DecideHarness(ModelReference model, Path store, Thresholds thresholds, PromotionMode mode)
            throws Exception {
        super(
                new KeyedProcessOperator<>(
                        new DecideFunction(
                                model, identity(model), plan(thresholds, mode), store.toString())),
                input -> "tiny",
                Types.STRING);
        setup(StreamTypes.PUBLICATION.createSerializer(new SerializerConfigImpl()));
    }

    private static CandidateIdentity identity(ModelReference model) throws Exception {
        try (SharedModel shared = SharedModel.lease(model)) {
            return new CandidateIdentity(
                    "tiny",
                    model.directory(),
                    shared.classifier().description().digest(),
                    "espalier",
                    7,
                    List.of(ModelFormat.SLIM));
        }
    }

    /** The plan under which it decides. */
    static DecisionPlan plan(Thresholds thresholds, PromotionMode mode) {
        return new DecisionPlan(
                TinyBert.sublayers(),
                CostModels.counted(TinyBert.HIDDEN),
                BUDGETS,
                Profile.ESPALIER,
                0,
                new EspalierConfig.Tuning(TuningMode.PROJECTION, 0.01),
                thresholds,
                mode,
                WindowPlan.tumbling(WINDOW),
                20,
                16);
    }

    /** The summaries of a window's traffic, told by its name, as inputs. */
    static List<DecisionInput> window(int number, String traffic, int samples) {
        List<String> ids = IntStream.range(0, samples).mapToObj(i -> traffic + i).toList();
        List<DecisionInput> inputs = new ArrayList<>();
        for (SublayerStatistics each :
                SyntheticScorer.statisticsOf(TinyBert.sublayers(), 4, 7, ids)) {
            inputs.add(
                    new DecisionInput.Summary(
                            new Windowed<>(WINDOW * (number + 1), summary(number, each))));
        }
        return inputs;
    }

    private static SublayerSummary summary(int number, SublayerStatistics statistics) {
        RestingMoments rest = statistics.rest();
        Sublayer sublayer = TinyBert.sublayers().get(rest.sublayer());
        boolean enough = statistics.gradients().effectiveSamples() >= 20;
        return new SublayerSummary(
                WINDOW * number,
                LossKind.TRUE_FISHER,
                0,
                statistics.gradients().samples(),
                SampleOffsets.NONE.with("samples", 0, WINDOW * number),
                statistics.snapshot(),
                enough
                        ? CurveSearch.of(
                                sublayer,
                                rest.moments(),
                                rest.meanMetric(),
                                TinyBert.projection(sublayer))
                        : null,
                rest);
    }

    /** A held-out sample of a window. */
    static DecisionInput judge(int number, int index) {
        CalibrationSample sample =
                CalibrationSample.newBuilder()
                        .setId("judge" + number + "-" + index)
                        .setText("w" + (3 + index) + " w9")
                        .setLabel("a")
                        .build();
        byte[] value = RecordCodec.CALIBRATION_SAMPLE.encode(sample);
        RawRecord raw = new RawRecord(value, new Origin("samples", 0, index, index));
        return new DecisionInput.Judge(
                new Windowed<>(WINDOW * (number + 1), new AcceptedSample(raw, sample)));
    }

    /** A command for all budgets. */
    static DecisionInput command(String id, ControlAction action, Map<String, String> arguments) {
        return new DecisionInput.Command(
                ControlCommand.newBuilder()
                        .setId(id)
                        .setModel("tiny")
                        .setAction(action)
                        .setArguments(arguments)
                        .build());
    }

    /** Feeds a window with eight judges, and ends it. */
    void decide(int number, String traffic, int samples) throws Exception {
        for (int i = 0; i < 8; i++) {
            processElement(judge(number, i), 0);
        }
        for (DecisionInput input : window(number, traffic, samples)) {
            processElement(input, 0);
        }
        processWatermark(WINDOW * (number + 1) - 1);
    }

    /** What came out at a side. */
    <T> List<T> side(OutputTag<T> tag) {
        var records = getSideOutput(tag);
        return records == null
                ? List.of()
                : records.stream().map(record -> record.getValue()).toList();
    }

    /** The reports of one budget. */
    List<DriftReport> reports(Budget budget) {
        return side(DecideFunction.REPORTS).stream()
                .filter(report -> report.getBudget().equals(budget.toString()))
                .toList();
    }
}
