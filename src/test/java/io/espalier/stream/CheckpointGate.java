package io.espalier.stream;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;

import java.util.concurrent.Semaphore;

/**
 * A task beside those of a job, without whose part no checkpoint completes. While it is shut, every
 * other task has done its part, sinks have prepared their transactions, and nothing is committed.
 *
 * <p>One for the JVM: tasks are made from serialized functions.
 */
final class CheckpointGate {

    private static final Semaphore PERMITS = new Semaphore(0);

    private static volatile boolean shut;
    private static volatile long held;

    private CheckpointGate() {}

    /** Puts it into a job, where it stands open. */
    static void install(StreamExecutionEnvironment environment, EspalierConfig config) {
        open();
        environment
                .fromSource(
                        KafkaEnds.source(config, config.kafka().topics().control()),
                        WatermarkStrategy.noWatermarks(),
                        "gate-source",
                        StreamTypes.RAW_RECORD)
                .setParallelism(1)
                .map(new Gate())
                .returns(StreamTypes.RAW_RECORD)
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
    }

    /** From now on it holds checkpoints back. */
    static void shut() {
        PERMITS.drainPermits();
        held = 0;
        shut = true;
    }

    /** Waits until it holds a checkpoint of a higher number than that; returns its number. */
    static long awaitHeld(long after) throws Exception {
        Await.until("a checkpoint after " + after + " is held", () -> held > after);
        return held;
    }

    /** Lets the checkpoint that it holds complete, and holds the next. */
    static void letOnePass() {
        PERMITS.release();
    }

    /** Lets all pass. */
    static void open() {
        shut = false;
        PERMITS.release();
    }

    /** Waits in its part of a checkpoint; an interrupt ends that with the task. */
    private static final class Gate
            implements MapFunction<RawRecord, RawRecord>, CheckpointedFunction {

        private static final long serialVersionUID = 1L;

        @Override
        public RawRecord map(RawRecord record) {
            return record;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws InterruptedException {
            if (shut) {
                held = context.getCheckpointId();
                PERMITS.acquire();
            }
        }

        @Override
        public void initializeState(FunctionInitializationContext context) {}
    }
}
