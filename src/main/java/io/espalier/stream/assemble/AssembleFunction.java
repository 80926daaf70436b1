package io.espalier.stream.assemble;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.StagedModel;
import io.espalier.cost.Budget;
import io.espalier.model.ScorableSample;
import io.espalier.stream.ModelReference;
import io.espalier.stream.SharedModel;
import io.espalier.stream.decide.DecisionPlan;
import io.espalier.stream.score.EncodedSamples;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.Decision;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.TunedSublayer;
import io.espalier.stream.type.Windowed;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gathers the tuned sublayers of a window into one candidate for each budget, stages them, judges
 * them on the window's held-out samples and emits what is to be published.
 *
 * <p>Keyed by model. A window is assembled once all its sublayers are there and the watermark says
 * that no held-out sample of it is still to come. State: held-out samples and tuned sublayers of
 * open windows, and the first candidate of each budget by reference.
 */
public final class AssembleFunction
        extends KeyedCoProcessFunction<
                String, Windowed<AcceptedSample>, TunedSublayer, StagedModel> {

    private static final long serialVersionUID = 1L;

    /** Mask updates. */
    public static final OutputTag<MaskUpdate> MASKS =
            new OutputTag<>("mask-updates", StreamTypes.MASK_UPDATE);

    /** Announcements of pruned models. */
    public static final OutputTag<PrunedModelAnnouncement> MODELS =
            new OutputTag<>("announcements", StreamTypes.ANNOUNCEMENT);

    /** Drift reports. */
    public static final OutputTag<DriftReport> REPORTS =
            new OutputTag<>("drift-reports", StreamTypes.DRIFT_REPORT);

    private final ModelReference reference;
    private final CandidateIdentity identity;
    private final DecisionPlan plan;
    private final String storeRoot;
    private final int maxHeldOut;

    private transient MapState<Long, List<AcceptedSample>> heldOut;
    private transient MapState<Long, List<TunedSublayer>> waiting;
    private transient MapState<String, StagedModel> firsts;
    private transient SharedModel model;
    private transient ArtifactStore store;
    private transient Labels labels;

    /**
     * Assembles candidates of one parent.
     *
     * @param storeRoot root of the store of pruned models
     * @param maxHeldOut held-out samples kept of each window
     */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public AssembleFunction(
            ModelReference reference,
            CandidateIdentity identity,
            DecisionPlan plan,
            String storeRoot,
            int maxHeldOut) {
        this.reference = reference;
        this.identity = identity;
        this.plan = plan;
        this.storeRoot = storeRoot;
        this.maxHeldOut = maxHeldOut;
    }

    @Override
    public void open(OpenContext context) throws IOException {
        var state = getRuntimeContext();
        heldOut =
                state.getMapState(
                        new MapStateDescriptor<>(
                                "held-out", Types.LONG, Types.LIST(StreamTypes.SAMPLE)));
        waiting =
                state.getMapState(
                        new MapStateDescriptor<>(
                                "waiting", Types.LONG, Types.LIST(StreamTypes.TUNED)));
        firsts =
                state.getMapState(
                        new MapStateDescriptor<>("firsts", Types.STRING, StreamTypes.STAGED));
        model = SharedModel.lease(reference);
        labels = new Labels(model.classifier().description().labels());
        store = ArtifactStore.open(Path.of(storeRoot));
    }

    @Override
    public void processElement1(
            Windowed<AcceptedSample> sample, Context context, Collector<StagedModel> out)
            throws Exception {
        List<AcceptedSample> samples = listOf(heldOut.get(sample.windowEnd()));
        samples.add(sample.value());
        heldOut.put(
                sample.windowEnd(),
                samples.size() < 2 * maxHeldOut
                        ? samples
                        : HeldOutSamples.smallest(samples, maxHeldOut, identity.seed()));
    }

    @Override
    public void processElement2(TunedSublayer tuned, Context context, Collector<StagedModel> out)
            throws Exception {
        long end = tuned.decision().windowEnd();
        List<TunedSublayer> parts = listOf(waiting.get(end));
        parts.add(tuned);
        waiting.put(end, parts);
        if (parts.size() == plan.sublayers().size()) {
            // Fires at once if the watermark is already past the window's end.
            context.timerService().registerEventTimeTimer(end - 1);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<StagedModel> out)
            throws Exception {
        long end = timestamp + 1;
        List<TunedSublayer> parts = new ArrayList<>(waiting.get(end));
        parts.sort(Comparator.comparingInt(TunedSublayer::sublayer));
        List<ScorableSample> samples = new ArrayList<>();
        for (AcceptedSample sample :
                HeldOutSamples.smallest(listOf(heldOut.get(end)), maxHeldOut, identity.seed())) {
            samples.add(EncodedSamples.encode(sample, model.classifier(), labels));
        }
        Decision decision = parts.get(0).decision();
        if (decision.starved()) {
            for (Budget budget : plan.budgets()) {
                context.output(
                        REPORTS, Records.starved(identity, budget, decision, plan.minSamples()));
            }
        } else {
            publish(parts, samples, context, out);
        }
        waiting.remove(end);
        forgetUpTo(end);
    }

    private void publish(
            List<TunedSublayer> parts,
            List<ScorableSample> samples,
            OnTimerContext context,
            Collector<StagedModel> out)
            throws Exception {
        HeldOutJudge judge =
                samples.isEmpty() ? null : new HeldOutJudge(model.classifier(), store, samples);
        for (int b = 0; b < plan.budgets().size(); b++) {
            Candidate repaired = Candidate.of(identity, plan.sublayers(), parts, b);
            Candidate candidate =
                    judge == null
                            ? repaired
                            : RepairAcceptance.judged(repaired, model.classifier(), judge);
            StagedModel staged =
                    store.stage(
                            candidate.description(),
                            candidate.slimSublayers(),
                            Path.of(identity.parentDirectory()));
            String budget = plan.budgets().get(b).toString();
            if (!firsts.contains(budget)) {
                firsts.put(budget, staged);
            }
            Comparison comparison =
                    judge == null ? null : judge.compare(firsts.get(budget), staged);
            context.output(MASKS, Records.maskUpdate(candidate));
            context.output(MODELS, Records.announcement(candidate, staged));
            context.output(REPORTS, Records.report(candidate, comparison));
            out.collect(staged);
        }
    }

    /** Windows are assembled in order; samples of earlier ones can be of no more use. */
    private void forgetUpTo(long end) throws Exception {
        List<Long> past = new ArrayList<>();
        for (Long window : heldOut.keys()) {
            if (window <= end) {
                past.add(window);
            }
        }
        for (Long window : past) {
            heldOut.remove(window);
        }
    }

    private static <T> List<T> listOf(@Nullable List<T> stored) {
        return stored == null ? new ArrayList<>() : new ArrayList<>(stored);
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
    }
}
