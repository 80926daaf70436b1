package io.espalier.stream;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

import io.espalier.config.EspalierConfig;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.decide.CandidateIdentity;
import io.espalier.stream.decide.DecideFunction;
import io.espalier.stream.decide.DecisionPlan;
import io.espalier.stream.decode.CommandDecodeFunction;
import io.espalier.stream.decode.DecodeFunction;
import io.espalier.stream.decode.LabelDecodeFunction;
import io.espalier.stream.fold.FoldFunction;
import io.espalier.stream.label.LabelJoinOperator;
import io.espalier.stream.publish.PublishSink;
import io.espalier.stream.score.HeldOutShare;
import io.espalier.stream.score.ScoreOperator;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.DecisionInput;
import io.espalier.stream.type.Publication;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.Windowed;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.DriftReport;
import io.espalier.wire.LabelUpdate;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The topology, from raw records to what is published; a function of the records' streams, scorers
 * and configuration. Pruned models are published to the store by a sink of its own; the streams of
 * this record are the caller's to send on.
 *
 * <pre>
 *   samples -> decode -> [labels] -> score -> fold -> decide -> publish
 *                                      |               ^
 *                                      +-- held out ---+
 *   commands -> decode --------------------------------+
 * </pre>
 *
 * @param masks a mask update for each candidate
 * @param models an announcement of each candidate
 * @param reports a drift report for each budget and window
 * @param acknowledgements an answer to each command
 * @param deadLetters refused inputs with the reason
 */
public record Pipeline(
        DataStream<MaskUpdate> masks,
        DataStream<PrunedModelAnnouncement> models,
        DataStream<DriftReport> reports,
        DataStream<ControlAcknowledgement> acknowledgements,
        DataStream<DeadLetter> deadLetters) {

    /** Never changes: state of another number of key groups cannot be restored. */
    public static final int MAX_PARALLELISM = 128;

    /**
     * What is read, with event times and watermarks, in an environment with our settings.
     *
     * @param samples records of the calibration topic
     * @param commands records of the control topic; null if nobody commands
     * @param labels records of the labels topic; null if labels come with their samples only
     */
    public record Inputs(
            DataStream<RawRecord> samples,
            @Nullable DataStream<RawRecord> commands,
            @Nullable DataStream<RawRecord> labels) {}

    /**
     * Adds the pipeline behind streams of records.
     *
     * @param parent what the dense parent is
     * @param scorers makes the scorers of each task
     */
    public static Pipeline define(
            Inputs inputs, ParentModel parent, EspalierConfig config, ScorerFactory scorers) {
        ModelReference reference = parent.reference();
        CandidateIdentity identity = parent.identity(config);
        DecisionPlan plan = parent.plan(config);
        String store = config.publish().root().toAbsolutePath().toString();
        List<DataStream<DeadLetter>> refused = new ArrayList<>();

        DataStream<AcceptedSample> samples = samples(inputs, parent, config, refused);
        LossKind unlabelled = LossKind.labelFree(parent.labels().size());
        SingleOutputStreamOperator<Windowed<SublayerStatistics>> partials =
                samples.transform(
                                "score",
                                StreamTypes.WINDOWED_STATISTICS,
                                new ScoreOperator(
                                        reference,
                                        scorers,
                                        parent.stateIdentity(config),
                                        plan.window(),
                                        config.window().allowedLateness().toMillis(),
                                        ParentModel.kind(config.loss(), parent.description()),
                                        unlabelled,
                                        HeldOutShare.of(config.heldOut().share(), config.seed()),
                                        config.microBatch().samples(),
                                        config.deadLetters().crumbs(),
                                        StreamTypes.SAMPLE.createSerializer(
                                                inputs.samples()
                                                        .getExecutionConfig()
                                                        .getSerializerConfig())))
                        .uid("score");
        refused.add(partials.getSideOutput(ScoreOperator.DEAD_LETTERS));
        DataStream<DecisionInput> summaries =
                partials.keyBy(partial -> partial.value().sublayer(), Types.INT)
                        .process(
                                new FoldFunction(reference.directory(), plan),
                                StreamTypes.WINDOWED_SUMMARY)
                        .name("fold")
                        .uid("fold")
                        .map(DecisionInput.Summary::new, StreamTypes.DECISION_INPUT)
                        .name("summaries")
                        .uid("summaries");
        DataStream<DecisionInput> judges =
                partials.getSideOutput(ScoreOperator.HELD_OUT)
                        .map(DecisionInput.Judge::new, StreamTypes.DECISION_INPUT)
                        .name("judges")
                        .uid("judges");
        DataStream<DecisionInput> decided = summaries.union(judges);
        if (inputs.commands() != null) {
            decided = decided.union(commands(inputs.commands(), identity.model(), refused));
        }
        String model = identity.model();
        SingleOutputStreamOperator<Publication> publications =
                decided.keyBy(input -> model, Types.STRING)
                        .process(
                                new DecideFunction(reference, identity, plan, store),
                                StreamTypes.PUBLICATION)
                        .name("decide")
                        .uid("decide")
                        .setParallelism(1);
        publications
                .sinkTo(new PublishSink(store, ParentModel.retention(config)))
                .name("publish")
                .uid("publish")
                .setParallelism(1);
        return new Pipeline(
                publications.getSideOutput(DecideFunction.MASKS),
                publications.getSideOutput(DecideFunction.MODELS),
                publications.getSideOutput(DecideFunction.REPORTS),
                publications.getSideOutput(DecideFunction.ACKNOWLEDGEMENTS),
                refused.stream().reduce((all, more) -> all.union(more)).orElseThrow());
    }

    private static DataStream<AcceptedSample> samples(
            Inputs inputs,
            ParentModel parent,
            EspalierConfig config,
            List<DataStream<DeadLetter>> refused) {
        SingleOutputStreamOperator<AcceptedSample> samples =
                inputs.samples()
                        .process(
                                new DecodeFunction(
                                        parent.labels(),
                                        config.source().maxSampleBytes(),
                                        config.deadLetters().maxShare()),
                                StreamTypes.SAMPLE)
                        .name("decode")
                        .uid("decode");
        refused.add(samples.getSideOutput(DecodeFunction.DEAD_LETTERS));
        if (inputs.labels() == null) {
            return samples;
        }
        SingleOutputStreamOperator<LabelUpdate> labels =
                inputs.labels()
                        .process(new LabelDecodeFunction(parent.labels()), StreamTypes.LABEL)
                        .name("decode-labels")
                        .uid("decode-labels");
        refused.add(labels.getSideOutput(DecodeFunction.DEAD_LETTERS));
        return samples.keyBy(sample -> sample.sample().getId(), Types.STRING)
                .connect(labels.keyBy(LabelUpdate::getId, Types.STRING))
                .transform(
                        "labels",
                        StreamTypes.SAMPLE,
                        new LabelJoinOperator(config.labelDelay().toMillis()))
                .uid("labels");
    }

    private static DataStream<DecisionInput> commands(
            DataStream<RawRecord> records, String model, List<DataStream<DeadLetter>> refused) {
        SingleOutputStreamOperator<ControlCommand> commands =
                records.process(new CommandDecodeFunction(model), StreamTypes.COMMAND)
                        .name("decode-commands")
                        .uid("decode-commands")
                        .setParallelism(1);
        refused.add(commands.getSideOutput(DecodeFunction.DEAD_LETTERS));
        return commands.map(DecisionInput.Command::new, StreamTypes.DECISION_INPUT)
                .name("commands")
                .uid("commands")
                .setParallelism(1);
    }
}
