package io.espalier.stream;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.espalier.config.EspalierConfig;
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
        String labels = config.kafka().topics().labels();
        Pipeline.Inputs inputs =
                new Pipeline.Inputs(
                        read(environment, config, config.kafka().topics().calibration(), "source"),
                        commands(environment, config),
                        labels == null ? null : read(environment, config, labels, "label-source"));
        KafkaEnds.attach(Pipeline.define(inputs, parent, config, scorers), config);
    }

    private static DataStream<RawRecord> read(
            StreamExecutionEnvironment environment,
            EspalierConfig config,
            String topic,
            String uid) {
        return environment
                .fromSource(
                        KafkaEnds.source(config, topic),
                        watermarks(config),
                        uid,
                        StreamTypes.RAW_RECORD)
                .uid(uid);
    }

    /** Commands hold back no window: their event time is always at its end. */
    private static DataStream<RawRecord> commands(
            StreamExecutionEnvironment environment, EspalierConfig config) {
        String topic = config.kafka().topics().control();
        return environment
                .fromSource(
                        KafkaEnds.source(config, topic),
                        WatermarkStrategy.forGenerator(context -> new EndOfTime()),
                        "control-source",
                        StreamTypes.RAW_RECORD)
                .uid("control-source")
                .setParallelism(1);
    }

    /** Says from the beginning that nothing is still to come. */
    private static final class EndOfTime implements WatermarkGenerator<RawRecord> {

        @Override
        public void onEvent(RawRecord event, long timestamp, WatermarkOutput output) {}

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.emitWatermark(new Watermark(Long.MAX_VALUE - 1));
        }
    }

    /** Scorers that compute gradients with the PyTorch engine. */
    public static ScorerFactory scorers(EspalierConfig config) {
        int tokens = config.microBatch().tokens();
        boolean rearranged = config.profile() == Profile.ROBUST_DIAGONAL;
        int rows = rearranged ? config.statistics().gradientRows() : 0;
        long seed = config.seed();
        return (model, loss) ->
                new MaskGradientScorer(model, ScorerOptions.of(tokens, rows, seed, loss));
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
