package io.espalier.stream;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecution;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SinkTransformation;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.publish.GuardedKafkaSink;
import org.jspecify.annotations.Nullable;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The job with a safety device taken out, which no configuration can do: the definition is altered
 * before it is submitted. May be restored from a checkpoint of a sound one.
 */
final class DrillJob implements AutoCloseable {

    private final MiniCluster cluster;
    private final JobID id;

    /** Alters a job's definition. */
    @FunctionalInterface
    interface Sabotage {

        /** Leaves the job as it is. */
        Sabotage NONE = environment -> {};

        void alter(StreamExecutionEnvironment environment) throws ReflectiveOperationException;

        /** The operator of this uid gets another one, as if its name had been forgotten. */
        static Sabotage rename(String uid) {
            return environment -> {
                for (Transformation<?> step : environment.getTransformations()) {
                    if (uid.equals(step.getUid())) {
                        step.setUid(uid + "-of-another-build");
                    }
                }
            };
        }

        /** Sinks write at once instead of within a transaction of the checkpoint. */
        static Sabotage sinksWithoutTransactions() {
            return environment -> {
                Field kafka = GuardedKafkaSink.class.getDeclaredField("sink");
                Field guarantee = KafkaSink.class.getDeclaredField("deliveryGuarantee");
                kafka.setAccessible(true);
                guarantee.setAccessible(true);
                for (Transformation<?> step : environment.getTransformations()) {
                    if (step instanceof SinkTransformation<?, ?> sink
                            && sink.getSink() instanceof GuardedKafkaSink<?> guarded) {
                        guarantee.set(kafka.get(guarded), DeliveryGuarantee.AT_LEAST_ONCE);
                    }
                }
            };
        }
    }

    private DrillJob(MiniCluster cluster, JobID id) {
        this.cluster = cluster;
        this.id = id;
    }

    /** Starts it, from a checkpoint if one is given, whatever of that it can use. */
    static DrillJob start(EspalierConfig config, Sabotage sabotage, @Nullable String checkpoint)
            throws Exception {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(20));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
        StreamExecutionEnvironment environment = new StreamExecutionEnvironment(settings);
        KafkaJob.define(
                environment, ParentModel.read(config), config, SyntheticJob.scorers(config));
        sabotage.alter(environment);
        JobGraph graph = environment.getStreamGraph().getJobGraph();
        if (checkpoint != null) {
            graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(checkpoint, true));
        }
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(new Configuration())
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(config.parallelism())
                                .withRandomPorts()
                                .build());
        DrillJob job = new DrillJob(cluster, graph.getJobID());
        try {
            cluster.start();
            cluster.submitJob(graph).get();
            Await.until("the job runs", job::isRunning);
            return job;
        } catch (Exception | AssertionError e) {
            job.close();
            throw e;
        }
    }

    private AccessExecutionGraph graph() throws Exception {
        return cluster.getExecutionGraph(id).get();
    }

    private CheckpointStatsSnapshot checkpoints() throws Exception {
        return Objects.requireNonNull(graph().getCheckpointStatsSnapshot());
    }

    private boolean isRunning() throws Exception {
        AccessExecutionGraph graph = graph();
        if (graph.getState().isGloballyTerminalState()) {
            ErrorInfo failure = Objects.requireNonNull(graph.getFailureInfo());
            throw new AssertionError("the job has ended: " + failure.getExceptionAsString());
        }
        boolean running = graph.getState() == JobStatus.RUNNING;
        for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
            running &= task.getExecutionState() == ExecutionState.RUNNING;
        }
        return running;
    }

    /** Waits for the completion of that many checkpoints from now on. */
    void awaitCheckpoints(int more) throws Exception {
        long wanted = checkpoints().getCounts().getNumberOfCompletedCheckpoints() + more;
        Await.until(
                more + " more checkpoints",
                () ->
                        isRunning()
                                && checkpoints().getCounts().getNumberOfCompletedCheckpoints()
                                        >= wanted);
    }

    /** Makes the task of an operator fail, and waits until all run again. */
    void fail(String operator) throws Exception {
        int before = attempts();
        Await.until(
                operator + " fails",
                () -> {
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith(operator + " "))
                            .forEach(Thread::interrupt);
                    return Await.within(Duration.ofSeconds(2), () -> attempts() > before);
                });
        Await.until("the job runs again", this::isRunning);
    }

    private int attempts() throws Exception {
        int attempts = 0;
        for (AccessExecutionVertex task : graph().getAllExecutionVertices()) {
            attempts = Math.max(attempts, task.getCurrentExecutionAttempt().getAttemptNumber());
        }
        return attempts;
    }

    /** Cancels the job; returns its last checkpoint, which is retained. */
    String cancel() throws Exception {
        cluster.cancelJob(id).get();
        Await.until("the job is cancelled", () -> graph().getState() == JobStatus.CANCELED);
        return lastCheckpoint();
    }

    /** Waits until the job has failed for good; says of what. */
    String awaitFailure() throws Exception {
        Await.until("the job fails", () -> graph().getState() == JobStatus.FAILED);
        return Objects.requireNonNull(graph().getFailureInfo()).getExceptionAsString();
    }

    /** What tasks have failed of so far. */
    List<String> failures() throws Exception {
        List<String> failures = new ArrayList<>();
        for (AccessExecutionVertex task : graph().getAllExecutionVertices()) {
            for (AccessExecution past : task.getExecutionHistory().getHistoricalExecutions()) {
                past.getFailureInfo().map(ErrorInfo::getExceptionAsString).ifPresent(failures::add);
            }
        }
        return failures;
    }

    /** Waits until a checkpoint has the parts of all tasks but one. */
    void awaitAllPartsButOne(long checkpoint) throws Exception {
        Await.until(
                "checkpoint " + checkpoint + " lacks one part",
                () ->
                        checkpoints().getHistory().getCheckpoints().stream()
                                .anyMatch(
                                        each ->
                                                each.getCheckpointId() == checkpoint
                                                        && each.getNumberOfAcknowledgedSubtasks()
                                                                == each.getNumberOfSubtasks() - 1));
    }

    /** Where the last checkpoint lies; it is retained when the job is cancelled or fails. */
    String lastCheckpoint() throws Exception {
        return Objects.requireNonNull(
                Objects.requireNonNull(checkpoints().getHistory().getLatestCompletedCheckpoint())
                        .getExternalPath());
    }

    @Override
    public void close() {
        cluster.closeAsync().join();
    }
}
