package io.espalier.stream;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.espalier.config.EspalierConfig;

import java.net.URI;
import java.time.Duration;

/**
 * What the job demands of Flink. The job sets it itself: a job that is submitted to a cluster
 * ignores the cluster's own checkpoint settings.
 */
final class JobSettings {

    private static final int TOLERATED_FAILED_CHECKPOINTS = 10;

    private JobSettings() {}

    /**
     * Sets parallelism, serialisation and, if there is a directory for them, checkpoints. A bounded
     * run on a file needs none: its sinks commit at the end of the input.
     */
    static void apply(StreamExecutionEnvironment environment, EspalierConfig config) {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        settings.set(PipelineOptions.MAX_PARALLELISM, Pipeline.MAX_PARALLELISM);
        if (config.checkpoint().directory() != null) {
            checkpoints(settings, config.checkpoint().interval(), config.checkpoint().directory());
        }
        environment.configure(settings);
        environment.setParallelism(config.parallelism());
    }

    private static void checkpoints(Configuration settings, Duration interval, URI directory) {
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
        settings.set(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.EXACTLY_ONCE);
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, TOLERATED_FAILED_CHECKPOINTS);
        settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toString());
    }
}
