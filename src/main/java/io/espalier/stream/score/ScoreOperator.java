package io.espalier.stream.score;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

import io.espalier.fisher.LossKind;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.stream.ModelReference;
import io.espalier.stream.SharedModel;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.Windowed;
import io.espalier.stream.window.WindowPlan;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.DeadLetters;
import io.espalier.wire.codec.Labels;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.Stage;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Scores samples in micro-batches and emits partial statistics of each sublayer.
 *
 * <p>A micro-batch closes on count or at its window's end, never on processing time. Partials leave
 * before every checkpoint barrier and before a watermark that ends their window is passed on; so
 * nothing but the open micro-batches, kept as samples, has to rest in state.
 *
 * <p>Samples of the held-out share go to {@link #HELD_OUT} unscored; late ones and those without a
 * finite gradient to {@link #DEAD_LETTERS}.
 */
public final class ScoreOperator extends AbstractStreamOperator<Windowed<SublayerStatistics>>
        implements OneInputStreamOperator<AcceptedSample, Windowed<SublayerStatistics>> {

    private static final long serialVersionUID = 1L;

    /** Samples that judge candidates of their window. */
    public static final OutputTag<Windowed<AcceptedSample>> HELD_OUT =
            new OutputTag<>("held-out", StreamTypes.WINDOWED_SAMPLE);

    /** Samples that came too late or cannot be scored. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("unscorable", StreamTypes.DEAD_LETTER);

    private final ModelReference reference;
    private final ScorerFactory factory;
    private final StateIdentity identity;
    private final WindowPlan window;
    private final long allowedLateness;
    private final LossKind loss;
    private final LossKind unlabelledLoss;
    private final HeldOutShare heldOut;
    private final int batchSamples;
    private final @Nullable String crumbs;
    private final TypeSerializer<AcceptedSample> sampleSerializer;

    private transient Map<Long, List<AcceptedSample>> open; // by window end, ascending
    private transient ListState<AcceptedSample> openState;
    private transient @Nullable CrumbTrail trail;
    private transient SharedModel model;
    private transient ScoreMetrics counters;
    private transient Labels labels;
    private transient Map<LossKind, SampleScorer> scorers;
    private transient Map<LossKind, Tally> tallies; // Of what is inside the scorers.
    private transient ListState<Long> watermarkState;
    private transient ListState<String> identityState;
    private transient long watermark;
    private transient @Nullable Long gathered; // window end of the statistics inside the scorer

    /**
     * An operator over a model.
     *
     * @param identity of the state that may be restored
     * @param allowedLateness milliseconds behind the watermark at which a sample still counts, with
     *     the earliest pane that is open
     * @param loss of samples with a label
     * @param unlabelledLoss of samples without, the same or another
     * @param batchSamples samples that close a micro-batch
     * @param crumbs directory to note in what is handed to native code; null for nowhere
     */
    @SuppressWarnings("NullAway.Init") // open() and initializeState() are called first.
    public ScoreOperator(
            ModelReference reference,
            ScorerFactory scorers,
            StateIdentity identity,
            WindowPlan window,
            long allowedLateness,
            LossKind loss,
            LossKind unlabelledLoss,
            HeldOutShare heldOut,
            int batchSamples,
            @Nullable String crumbs,
            TypeSerializer<AcceptedSample> sampleSerializer) {
        this.reference = reference;
        this.factory = scorers;
        this.identity = identity;
        this.window = window;
        this.allowedLateness = allowedLateness;
        this.loss = loss;
        this.unlabelledLoss = unlabelledLoss;
        this.heldOut = heldOut;
        this.batchSamples = batchSamples;
        this.crumbs = crumbs;
        this.sampleSerializer = sampleSerializer;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        openState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("open", sampleSerializer));
        // A restored task must still know what is late; the lowest of all tasks' marks is safe.
        watermarkState =
                context.getOperatorStateStore()
                        .getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
        identityState =
                context.getOperatorStateStore()
                        .getUnionListState(new ListStateDescriptor<>("identity", Types.STRING));
        List<String> restored = new ArrayList<>();
        identityState.get().forEach(restored::add);
        identity.require(restored);
        List<Long> marks = new ArrayList<>();
        watermarkState.get().forEach(marks::add);
        watermark = marks.isEmpty() ? Long.MIN_VALUE : Collections.min(marks);
        open = new TreeMap<>();
        for (AcceptedSample sample : openState.get()) {
            waiting(pane(sample)).add(sample);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        trail =
                crumbs == null
                        ? null
                        : CrumbTrail.open(
                                Path.of(crumbs),
                                getContainingTask().getEnvironment().getExecutionId().toString());
        model = SharedModel.lease(reference);
        counters = new ScoreMetrics(getMetricGroup(), identity.model(), model.classifier());
        labels = new Labels(model.classifier().description().labels());
        scorers = new EnumMap<>(LossKind.class);
        for (LossKind kind : EnumSet.of(loss, unlabelledLoss)) {
            scorers.put(kind, factory.create(model.classifier(), kind));
        }
        tallies = new EnumMap<>(LossKind.class);
        gathered = null;
    }

    @Override
    public void processElement(StreamRecord<AcceptedSample> element)
            throws IOException, InterruptedException {
        AcceptedSample sample = element.getValue();
        if (isClosed(sample) && watermark - sample.timestamp() >= allowedLateness) {
            refuse(
                    sample,
                    Stage.LATE,
                    "event time is "
                            + sample.timestamp()
                            + ", but its window ended at "
                            + window.paneEnd(sample.timestamp())
                            + " and the watermark is "
                            + watermark
                            + "; allowed lateness is "
                            + allowedLateness
                            + " ms");
            return;
        }
        long end = pane(sample);
        if (heldOut.contains(sample.sample().getId())) {
            counters.heldOut();
            output.collect(HELD_OUT, new StreamRecord<>(new Windowed<>(end, sample)));
        } else {
            counters.accepted(isClosed(sample));
            List<AcceptedSample> batch = waiting(end);
            batch.add(sample);
            if (batch.size() >= batchSamples) {
                score(end);
            }
        }
    }

    /** Whether the pane that a sample's event time falls into is over. */
    private boolean isClosed(AcceptedSample sample) {
        return window.paneEnd(sample.timestamp()) - 1 <= watermark;
    }

    /**
     * End of the pane that a sample counts with: its own or, if that is over, the earliest open.
     */
    private long pane(AcceptedSample sample) {
        return window.paneEnd(isClosed(sample) ? watermark + 1 : sample.timestamp());
    }

    private List<AcceptedSample> waiting(long end) {
        return open.computeIfAbsent(end, key -> new ArrayList<>());
    }

    private void score(long end) throws IOException, InterruptedException {
        if (gathered != null && gathered != end) {
            emitGathered();
        }
        gathered = end;
        Map<LossKind, List<AcceptedSample>> byLoss = new EnumMap<>(LossKind.class);
        for (AcceptedSample sample : Objects.requireNonNull(open.remove(end))) {
            LossKind kind = sample.sample().getLabel() == null ? unlabelledLoss : loss;
            byLoss.computeIfAbsent(kind, key -> new ArrayList<>()).add(sample);
        }
        for (var samples : byLoss.entrySet()) {
            if (trail == null) {
                score(end, samples.getKey(), samples.getValue());
            } else {
                scoreWatched(trail, end, samples.getKey(), samples.getValue());
            }
        }
    }

    /** Scores with a note of what is inside, suspects alone and condemned ones not at all. */
    private void scoreWatched(
            CrumbTrail watched, long end, LossKind kind, List<AcceptedSample> samples)
            throws IOException, InterruptedException {
        List<AcceptedSample> clear = new ArrayList<>();
        for (AcceptedSample sample : samples) {
            Origin origin = sample.raw().origin();
            switch (watched.verdict(origin)) {
                case CLEAR -> clear.add(sample);
                case SUSPECT -> scoreNoted(watched, end, kind, List.of(sample));
                case CONDEMNED -> refuse(sample, Stage.NATIVE, watched.reason(origin));
            }
        }
        if (!clear.isEmpty()) {
            scoreNoted(watched, end, kind, clear);
        }
    }

    private void scoreNoted(
            CrumbTrail watched, long end, LossKind kind, List<AcceptedSample> samples)
            throws IOException, InterruptedException {
        CrumbTrail.Dropped note =
                watched.drop(samples.stream().map(each -> each.raw().origin()).toList());
        try {
            score(end, kind, samples);
        } finally {
            note.close();
        }
    }

    private void score(long end, LossKind kind, List<AcceptedSample> samples) {
        SampleScorer scorer = Objects.requireNonNull(scorers.get(kind));
        Map<ScorableSample, AcceptedSample> batch = new LinkedHashMap<>();
        for (AcceptedSample sample : samples) {
            batch.put(EncodedSamples.encode(sample, model.classifier(), labels), sample);
        }
        List<SampleScorer.Unscorable> refused = scorer.score(List.copyOf(batch.keySet()));
        for (SampleScorer.Unscorable unscorable : refused) {
            AcceptedSample sample = Objects.requireNonNull(batch.remove(unscorable.sample()));
            refuse(sample, Stage.SCORE, unscorable.reason());
        }
        Tally tally = tallies.computeIfAbsent(kind, key -> new Tally());
        for (AcceptedSample sample : batch.values()) {
            tally.add(sample, window.paneEnd(sample.timestamp()) < end);
        }
    }

    private void emitGathered() {
        if (gathered != null) {
            long end = gathered;
            gathered = null;
            scorers.forEach((kind, scorer) -> emit(end, scorer, tallies.get(kind)));
            tallies.clear();
        }
    }

    private void emit(long end, SampleScorer scorer, @Nullable Tally tally) {
        for (SublayerStatistics statistics : scorer.drain()) {
            if (tally != null && statistics.gradients().samples() > 0) {
                tally.addTo(statistics);
                output.collect(new StreamRecord<>(new Windowed<>(end, statistics), end - 1));
            }
        }
    }

    private void refuse(AcceptedSample sample, Stage stage, String reason) {
        counters.deadLettered(stage);
        RawRecord raw = sample.raw();
        byte[] value = Objects.requireNonNull(raw.value());
        String error =
                (stage == Stage.LATE ? IllegalStateException.class : ArithmeticException.class)
                        .getName();
        DeadLetter letter = DeadLetters.of(value, raw.origin(), stage, error, reason);
        output.collect(DEAD_LETTERS, new StreamRecord<>(letter));
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark = Math.max(watermark, mark.getTimestamp());
        for (Long end : List.copyOf(open.keySet())) {
            if (end - 1 <= mark.getTimestamp()) {
                score(end);
            }
        }
        if (gathered != null && gathered - 1 <= mark.getTimestamp()) {
            emitGathered();
        }
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        emitGathered();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        List<AcceptedSample> samples = new ArrayList<>();
        open.values().forEach(samples::addAll);
        openState.update(samples);
        watermarkState.update(List.of(watermark));
        identityState.update(identity.lines());
    }

    @Override
    public void close() throws Exception {
        if (scorers != null) {
            scorers.values().forEach(SampleScorer::close);
        }
        if (model != null) {
            model.close();
        }
        super.close();
    }
}
