package io.espalier.stream;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.espalier.config.EspalierConfig;
import io.espalier.config.Loss;
import io.espalier.config.Profile;
import io.espalier.model.MaskGradientScorer;
import io.espalier.model.ScorerOptions;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.wire.codec.AvroLimits;

/** The job as it runs in production: samples from Kafka, everything published back to Kafka. */
public final class KafkaJob {

    private KafkaJob() {}

    /** Defines the whole job in an environment, with the real scorer. */
    public static void define(
            StreamExecutionEnvironment environment, ParentModel parent, EspalierConfig config) {
        define(environment, parent, config, scorers(config));
    }

    /** Defines the whole job with scorers of the caller's. */
    public static void define(
            StreamExecutionEnvironment environment,
            ParentModel parent,
            EspalierConfig config,
            ScorerFactory scorers) {
        AvroLimits.check();
        config.checkpoint().requireDirectory();
        JobSettings.apply(environment, config);
        DataStream<RawRecord> records =
                environment
                        .fromSource(
                                KafkaEnds.source(config),
                                watermarks(config),
                                "source",
                                StreamTypes.RAW_RECORD)
                        .uid("source");
        Pipeline pipeline = Pipeline.define(records, parent, config, scorers);
        KafkaEnds.attach(pipeline, config);
    }

    /** Scorers that compute gradients with the PyTorch engine. */
    public static ScorerFactory scorers(EspalierConfig config) {
        int tokens = config.microBatch().tokens();
        boolean rearranged = config.profile() == Profile.ROBUST_DIAGONAL;
        int rows = rearranged ? config.statistics().gradientRows() : 0;
        long seed = config.seed();
        Loss loss = config.loss();
        return model ->
                new MaskGradientScorer(
                        model,
                        ScorerOptions.of(
                                tokens, rows, seed, ParentModel.kind(loss, model.description())));
    }

    /** Event time is the Kafka record's timestamp; marks are made per partition. */
    private static WatermarkStrategy<RawRecord> watermarks(EspalierConfig config) {
        WatermarkStrategy<RawRecord> strategy =
                WatermarkStrategy.<RawRecord>forBoundedOutOfOrderness(
                                config.window().maxOutOfOrderness())
                        .withTimestampAssigner((raw, ignored) -> raw.origin().timestamp());
        return config.source().idleTimeout().map(strategy::withIdleness).orElse(strategy);
    }
}
