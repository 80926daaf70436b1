package io.espalier.stream;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.DriftReport;

import java.util.ArrayList;
import java.util.List;

/**
 * The pipeline over a finite list of records, on a cluster inside this JVM, without Kafka.
 *
 * @param reports the drift report of each window and budget
 * @param deadLetters refused records
 */
public record BoundedRun(List<DriftReport> reports, List<DeadLetter> deadLetters) {

    /** Copies the lists. */
    public BoundedRun {
        reports = List.copyOf(reports);
        deadLetters = List.copyOf(deadLetters);
    }

    /**
     * Runs to the end of the records; pruned models lie in the store then.
     *
     * @param records in any order; event times are their timestamps
     * @throws Exception what made the job fail
     */
    @SuppressWarnings("try") // Flink's iterators may be interrupted while they close; so may we.
    public static BoundedRun of(
            List<RawRecord> records,
            ParentModel parent,
            EspalierConfig config,
            ScorerFactory scorers)
            throws Exception {
        StreamExecutionEnvironment environment =
                LocalCluster.environment(config.parallelism(), new Configuration());
        JobSettings.apply(environment, config);
        DataStream<RawRecord> stream =
                environment
                        .fromData(records, StreamTypes.RAW_RECORD)
                        .uid("source")
                        .assignTimestampsAndWatermarks(
                                WatermarkStrategy.<RawRecord>forMonotonousTimestamps()
                                        .withTimestampAssigner(
                                                (raw, ignored) -> raw.origin().timestamp()))
                        .uid("event-time");
        Pipeline pipeline =
                Pipeline.define(new Pipeline.Inputs(stream, null, null), parent, config, scorers);
        try (CloseableIterator<DriftReport> reports = pipeline.reports().collectAsync();
                CloseableIterator<DeadLetter> letters = pipeline.deadLetters().collectAsync()) {
            environment.execute("espalier prune");
            List<DriftReport> allReports = new ArrayList<>();
            reports.forEachRemaining(allReports::add);
            List<DeadLetter> allLetters = new ArrayList<>();
            letters.forEachRemaining(allLetters::add);
            return new BoundedRun(allReports, allLetters);
        }
    }
}
