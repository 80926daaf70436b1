package io.espalier.stream;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

import io.espalier.config.EspalierConfig;
import io.espalier.config.Loss;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.assemble.AssembleFunction;
import io.espalier.stream.assemble.CandidateIdentity;
import io.espalier.stream.decide.DecideFunction;
import io.espalier.stream.decide.DecisionPlan;
import io.espalier.stream.decode.DecodeFunction;
import io.espalier.stream.fold.FoldFunction;
import io.espalier.stream.publish.PublishSink;
import io.espalier.stream.score.HeldOutShare;
import io.espalier.stream.score.ScoreOperator;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.stream.tune.TuneFunction;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerProposal;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.stream.type.TunedSublayer;
import io.espalier.stream.type.Windowed;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;

/**
 * The topology, from raw records to what is published; a function of the records' stream, scorers
 * and configuration. Pruned models are published to the store by a sink of its own; the streams of
 * this record are the caller's to send on.
 *
 * <pre>
 *   source -> decode -> score -> fold -> decide -> tune -> assemble -> publish
 *                         |        +---- moments ---^         ^
 *                         +----------- held-out samples ------+
 * </pre>
 *
 * @param masks a mask update for each budget and window
 * @param models an announcement of each pruned model
 * @param reports a drift report for each budget and window
 * @param deadLetters refused inputs with the reason
 */
public record Pipeline(
        DataStream<MaskUpdate> masks,
        DataStream<PrunedModelAnnouncement> models,
        DataStream<DriftReport> reports,
        DataStream<DeadLetter> deadLetters) {

    /** Never changes: state of another number of key groups cannot be restored. */
    public static final int MAX_PARALLELISM = 128;

    /**
     * Adds the pipeline behind a stream of records.
     *
     * @param records with event times and watermarks, in an environment with our settings
     * @param parent what the dense parent is
     * @param scorers makes the scorer of each task
     */
    public static Pipeline define(
            DataStream<RawRecord> records,
            ParentModel parent,
            EspalierConfig config,
            ScorerFactory scorers) {
        ModelReference reference = parent.reference();
        CandidateIdentity identity = parent.identity(config);
        DecisionPlan plan = parent.plan(config);
        String store = config.publishRoot().toAbsolutePath().toString();

        SingleOutputStreamOperator<AcceptedSample> samples =
                records.process(
                                new DecodeFunction(
                                        parent.labels(),
                                        config.source().maxSampleBytes(),
                                        config.loss() == Loss.SUPERVISED),
                                StreamTypes.SAMPLE)
                        .name("decode")
                        .uid("decode");
        SingleOutputStreamOperator<Windowed<SublayerStatistics>> partials =
                samples.transform(
                                "score",
                                StreamTypes.WINDOWED_STATISTICS,
                                new ScoreOperator(
                                        reference,
                                        scorers,
                                        plan.window(),
                                        HeldOutShare.of(config.heldOut().share(), config.seed()),
                                        config.microBatch().samples(),
                                        StreamTypes.SAMPLE.createSerializer(
                                                records.getExecutionConfig()
                                                        .getSerializerConfig())))
                        .uid("score");
        SingleOutputStreamOperator<Windowed<SublayerSummary>> summaries =
                partials.keyBy(partial -> partial.value().sublayer(), Types.INT)
                        .process(
                                new FoldFunction(reference.directory(), plan),
                                StreamTypes.WINDOWED_SUMMARY)
                        .name("fold")
                        .uid("fold");
        String model = identity.model();
        SingleOutputStreamOperator<SublayerProposal> proposals =
                summaries
                        .keyBy(summary -> model, Types.STRING)
                        .process(
                                new DecideFunction(reference.directory(), plan),
                                StreamTypes.PROPOSAL)
                        .name("decide")
                        .uid("decide");
        SingleOutputStreamOperator<TunedSublayer> tuned =
                summaries
                        .getSideOutput(FoldFunction.MOMENTS)
                        .keyBy(moments -> moments.value().sublayer(), Types.INT)
                        .connect(proposals.keyBy(SublayerProposal::sublayer, Types.INT))
                        .process(
                                new TuneFunction(
                                        reference.directory(), plan.sublayers(), config.tuning()),
                                StreamTypes.TUNED)
                        .name("tune")
                        .uid("tune");
        var staged =
                partials.getSideOutput(ScoreOperator.HELD_OUT)
                        .keyBy(sample -> model, Types.STRING)
                        .connect(tuned.keyBy(part -> model, Types.STRING))
                        .process(
                                new AssembleFunction(
                                        reference,
                                        identity,
                                        plan,
                                        store,
                                        config.heldOut().maxSamples()),
                                StreamTypes.STAGED)
                        .name("assemble")
                        .uid("assemble");
        staged.sinkTo(new PublishSink(store)).name("publish").uid("publish").setParallelism(1);
        return new Pipeline(
                staged.getSideOutput(AssembleFunction.MASKS),
                staged.getSideOutput(AssembleFunction.MODELS),
                staged.getSideOutput(AssembleFunction.REPORTS),
                samples.getSideOutput(DecodeFunction.DEAD_LETTERS)
                        .union(partials.getSideOutput(ScoreOperator.DEAD_LETTERS)));
    }
}
