package io.espalier.stream.decide;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.LivePointer;
import io.espalier.artifact.RunFile;
import io.espalier.batch.Calibration;
import io.espalier.config.Thresholds;
import io.espalier.cost.Budget;
import io.espalier.mask.SublayerKind;
import io.espalier.model.ScorableSample;
import io.espalier.stream.ModelReference;
import io.espalier.stream.SharedModel;
import io.espalier.stream.decide.BudgetOutcome.Published;
import io.espalier.stream.score.EncodedSamples;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.ControlState;
import io.espalier.stream.type.DecisionInput;
import io.espalier.stream.type.DecisionMemory;
import io.espalier.stream.type.LiveModel;
import io.espalier.stream.type.Publication;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.stream.type.Windowed;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ForkJoinPool;

/**
 * Decides: gathers the summaries and held-out samples of a window and, at its end, hands them with
 * what is remembered to {@link Deliberation}; answers commands as they come.
 *
 * <p>Keyed by model, so one task has it all: whether a candidate became live is known before the
 * next window is decided. Sublayers are repaired side by side, in the process's common pool. State:
 * summaries of windows that are not complete, held-out samples that a later window may be judged
 * by, what was decided, and what operators asked for.
 */
public final class DecideFunction extends KeyedProcessFunction<String, DecisionInput, Publication> {

    /** Mask updates. */
    public static final OutputTag<MaskUpdate> MASKS =
            new OutputTag<>("mask-updates", StreamTypes.MASK_UPDATE);

    /** Announcements of pruned models. */
    public static final OutputTag<PrunedModelAnnouncement> MODELS =
            new OutputTag<>("announcements", StreamTypes.ANNOUNCEMENT);

    /** Drift reports. */
    public static final OutputTag<DriftReport> REPORTS =
            new OutputTag<>("drift-reports", StreamTypes.DRIFT_REPORT);

    /** Answers to commands. */
    public static final OutputTag<ControlAcknowledgement> ACKNOWLEDGEMENTS =
            new OutputTag<>("acknowledgements", StreamTypes.ACKNOWLEDGEMENT);

    private static final long serialVersionUID = 2L;
    private static final Logger LOG = LoggerFactory.getLogger(DecideFunction.class);

    private final ModelReference reference;
    private final CandidateIdentity identity;
    private final DecisionPlan plan;
    private final String storeRoot;

    private transient MapState<Tuple2<Long, Integer>, SublayerSummary> summaries;
    private transient MapState<Tuple2<Long, String>, AcceptedSample> judges;
    private transient MapState<Long, Integer> held; // Judges of a pane.
    private transient ValueState<DecisionMemory> memory;
    private transient ValueState<ControlState> control;
    private transient SharedModel model;
    private transient ArtifactStore store;
    private transient Labels labels;

    /**
     * Decides on one parent.
     *
     * @param storeRoot root of the store of pruned models
     */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public DecideFunction(
            ModelReference reference,
            CandidateIdentity identity,
            DecisionPlan plan,
            String storeRoot) {
        this.reference = reference;
        this.identity = identity;
        this.plan = plan;
        this.storeRoot = storeRoot;
    }

    @Override
    public void open(OpenContext context) throws IOException {
        var state = getRuntimeContext();
        summaries =
                state.getMapState(
                        new MapStateDescriptor<>(
                                "summaries",
                                Types.TUPLE(Types.LONG, Types.INT),
                                StreamTypes.SUMMARY));
        judges =
                state.getMapState(
                        new MapStateDescriptor<>(
                                "held-out",
                                Types.TUPLE(Types.LONG, Types.STRING),
                                StreamTypes.SAMPLE));
        held = state.getMapState(new MapStateDescriptor<>("held-out-of", Types.LONG, Types.INT));
        memory = state.getState(new ValueStateDescriptor<>("memory", StreamTypes.MEMORY));
        control = state.getState(new ValueStateDescriptor<>("control", StreamTypes.CONTROL_STATE));
        model = SharedModel.lease(reference);
        labels = new Labels(model.classifier().description().labels());
        store = ArtifactStore.open(Path.of(storeRoot));
    }

    @Override
    public void processElement(DecisionInput input, Context context, Collector<Publication> out)
            throws Exception {
        if (input instanceof DecisionInput.Summary summary) {
            Windowed<SublayerSummary> windowed = summary.summary();
            int sublayer = windowed.value().fisher().sublayer();
            summaries.put(Tuple2.of(windowed.windowEnd(), sublayer), windowed.value());
            context.timerService().registerEventTimeTimer(windowed.windowEnd() - 1);
        } else if (input instanceof DecisionInput.Judge judge) {
            hold(judge.sample());
        } else if (input instanceof DecisionInput.Command command) {
            obey(command.command(), context, out);
        }
    }

    /** Keeps a held-out sample; of a pane with many, those that would judge it in the end. */
    private void hold(Windowed<AcceptedSample> windowed) throws Exception {
        long pane = windowed.windowEnd();
        Tuple2<Long, String> key = Tuple2.of(pane, windowed.value().sample().getId());
        Integer known = held.get(pane);
        int count = (known == null ? 0 : known) + (judges.contains(key) ? 0 : 1);
        judges.put(key, windowed.value());
        if (count >= 2 * plan.maxHeldOut()) {
            List<AcceptedSample> all = heldOut(pane - 1, pane);
            forgetJudges(pane - 1, pane);
            List<AcceptedSample> kept =
                    HeldOutSamples.smallest(all, plan.maxHeldOut(), identity.seed());
            for (AcceptedSample sample : kept) {
                judges.put(Tuple2.of(pane, sample.sample().getId()), sample);
            }
            count = kept.size();
        }
        held.put(pane, count);
    }

    private void obey(ControlCommand command, Context context, Collector<Publication> out)
            throws IOException {
        ControlDesk.Answer answer =
                new ControlDesk(plan, identity.model()).answer(command, control(), memory());
        control.update(answer.control());
        memory.update(answer.memory());
        for (LivePointer pointer : answer.live()) {
            out.collect(new Publication(null, pointer, Collections.emptySortedSet()));
            LiveModel live = answer.memory().of(pointer.budget()).live();
            if (live != null) {
                context.output(
                        MODELS,
                        Records.announcement(
                                identity,
                                pointer,
                                live,
                                "command '" + command.getId() + "': " + answer.reason()));
            }
        }
        context.output(
                ACKNOWLEDGEMENTS,
                new ControlAcknowledgement(
                        command.getId(),
                        identity.model(),
                        command.getAction().toString(),
                        answer.accepted(),
                        answer.reason(),
                        answer.control().version()));
        LOG.info(
                "command '{}' {}: {}",
                command.getId(),
                answer.accepted() ? "obeyed" : "refused",
                answer.reason());
    }

    private ControlState control() throws IOException {
        ControlState known = control.value();
        return known == null ? ControlState.NONE : known;
    }

    private DecisionMemory memory() throws IOException {
        DecisionMemory known = memory.value();
        return known == null ? DecisionMemory.NEW : known;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Publication> out)
            throws Exception {
        long end = timestamp + 1;
        List<SublayerSummary> complete = takeSummaries(end);
        if (complete.isEmpty()) {
            return;
        }
        WindowStatistics window = WindowStatistics.of(end, complete, plan.sublayers());
        List<AcceptedSample> heldOut = heldOut(plan.window().judgesSince(window.start(), end), end);
        decide(window, heldOut, context, out);
        forgetJudges(Long.MIN_VALUE, plan.window().judgedUpTo(window.start(), end));
    }

    private void decide(
            WindowStatistics window,
            List<AcceptedSample> heldOut,
            OnTimerContext context,
            Collector<Publication> out)
            throws Exception {
        ControlState asked = control();
        Thresholds thresholds = plan.thresholds().with(asked.thresholds());
        boolean enough = window.any().fisher().effectiveSamples() >= plan.minSamples();
        DecisionMemory now = enough ? withNoise(window) : memory();
        RunFile run = run(context.timerService().currentProcessingTime());
        Deliberation deliberation = enough ? deliberation(window, heldOut, thresholds, run) : null;
        SortedSet<String> stillForced = new TreeSet<>(asked.forced());
        for (Budget budget : new ControlDesk(plan, identity.model()).inForce(asked)) {
            BudgetWindow seen =
                    BudgetWindow.of(
                            window,
                            plan.sublayers(),
                            budget,
                            now,
                            asked,
                            thresholds,
                            plan.minSamples());
            BudgetOutcome outcome =
                    deliberation == null
                            ? Deliberation.starved(seen, window, plan.minSamples())
                            : deliberation.of(seen);
            emit(window, outcome, asked.version(), context, out);
            now = now.with(budget.toString(), outcome.memory());
            if (seen.trigger().fires()) {
                stillForced.remove(budget.toString());
            }
        }
        memory.update(now);
        control.update(asked.forced(stillForced));
    }

    private DecisionMemory withNoise(WindowStatistics window) throws IOException {
        DecisionMemory before = memory();
        return before.with(
                before.heads().with(window.splitHalf(plan.sublayers(), SublayerKind.ATTENTION)),
                before.neurons().with(window.splitHalf(plan.sublayers(), SublayerKind.FFN)));
    }

    private Deliberation deliberation(
            WindowStatistics window,
            List<AcceptedSample> heldOut,
            Thresholds thresholds,
            RunFile run) {
        Calibration calibration =
                new Calibration(
                        model.classifier(),
                        window.snapshots(),
                        window.moments(),
                        plan.costs(),
                        ForkJoinPool.commonPool());
        return new Deliberation(
                plan, identity, window, calibration, judge(heldOut), store, thresholds, run);
    }

    /** Which run this is; differs from attempt to attempt. */
    private RunFile run(long now) {
        var context = getRuntimeContext();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("at", Instant.ofEpochMilli(now).toString());
        facts.put("job", context.getJobInfo().getJobId().toString());
        facts.put("attempt", Integer.toString(context.getTaskInfo().getAttemptNumber()));
        facts.put("java", Runtime.version().toString());
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        return new RunFile(facts);
    }

    private @Nullable HeldOutJudge judge(List<AcceptedSample> heldOut) {
        List<ScorableSample> samples = new ArrayList<>();
        for (AcceptedSample sample :
                HeldOutSamples.smallest(heldOut, plan.maxHeldOut(), identity.seed())) {
            samples.add(EncodedSamples.encode(sample, model.classifier(), labels));
        }
        return samples.isEmpty() ? null : new HeldOutJudge(model.classifier(), samples);
    }

    private void emit(
            WindowStatistics window,
            BudgetOutcome outcome,
            long controlVersion,
            OnTimerContext context,
            Collector<Publication> out) {
        Published published = outcome.published();
        if (published != null) {
            context.output(MASKS, Records.maskUpdate(published, outcome.outcome()));
            context.output(MODELS, Records.announcement(published, outcome.outcome()));
            out.collect(
                    new Publication(
                            published.staged(), published.live(), outcome.memory().referenced()));
        }
        context.output(REPORTS, Records.report(identity, window, outcome, controlVersion));
        LOG.info(
                "window {} of {}: {}, {}",
                window.end(),
                outcome.seen().budget(),
                outcome.outcome(),
                outcome.reason());
    }

    private List<SublayerSummary> takeSummaries(long end) throws Exception {
        List<SublayerSummary> taken = new ArrayList<>();
        for (int s = 0; s < plan.sublayers().size(); s++) {
            Tuple2<Long, Integer> key = Tuple2.of(end, s);
            SublayerSummary summary = summaries.get(key);
            if (summary != null) {
                taken.add(summary);
                summaries.remove(key);
            }
        }
        return taken;
    }

    /** Held-out samples of the panes that lie behind a start, up to an end. */
    private List<AcceptedSample> heldOut(long since, long end) throws Exception {
        List<AcceptedSample> samples = new ArrayList<>();
        for (var judge : judges.entries()) {
            long pane = judge.getKey().f0;
            if (pane > since && pane <= end) {
                samples.add(judge.getValue());
            }
        }
        return samples;
    }

    /** Forgets the panes that lie behind a start, up to an end. */
    private void forgetJudges(long since, long upTo) throws Exception {
        List<Tuple2<Long, String>> past = new ArrayList<>();
        for (Tuple2<Long, String> judge : judges.keys()) {
            if (judge.f0 > since && judge.f0 <= upTo) {
                past.add(judge);
            }
        }
        for (Tuple2<Long, String> judge : past) {
            judges.remove(judge);
            held.remove(judge.f0);
        }
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
    }
}
