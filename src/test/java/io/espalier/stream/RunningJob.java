package io.espalier.stream;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsCounts;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.score.ScorerFactory;
import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A Kafka job on a cluster of one TaskManager inside this JVM, seen from outside. */
final class RunningJob implements AutoCloseable {

    private static final int RESTARTS = 100;
    private static final Duration RESTART_DELAY = Duration.ofMillis(50);

    private final MiniCluster cluster;
    private final JobGraph submitted;
    private final JobID id;

    private RunningJob(MiniCluster cluster, JobGraph submitted) {
        this.cluster = cluster;
        this.submitted = submitted;
        this.id = submitted.getJobID();
    }

    /** Starts a cluster and a job on it, and waits until every task runs. */
    static RunningJob start(EspalierConfig config, ScorerFactory scorers) throws Exception {
        return start(config, scorers, new Configuration());
    }

    /**
     * The same on a cluster whose parts talk over sockets.
     *
     * @param clusterSettings Flink's keys of JobManager and TaskManager
     */
    static RunningJob start(
            EspalierConfig config, ScorerFactory scorers, Configuration clusterSettings)
            throws Exception {
        return running(submit(config, scorers, clusterSettings, SavepointRestoreSettings.none()));
    }

    /** Starts a cluster and, on it, a job that needs all of a savepoint's state. */
    static RunningJob restore(EspalierConfig config, ScorerFactory scorers, Path savepoint)
            throws Exception {
        return running(submit(config, scorers, new Configuration(), from(savepoint)));
    }

    /** What a job fails of that would go on from a savepoint, which it must not. */
    static String refusal(EspalierConfig config, ScorerFactory scorers, Path savepoint)
            throws Exception {
        try (RunningJob job = submit(config, scorers, new Configuration(), from(savepoint))) {
            Await.until("the job fails", () -> job.failure() != null);
            return Objects.requireNonNull(job.failure());
        }
    }

    private static SavepointRestoreSettings from(Path savepoint) {
        boolean mayLeaveOut = false;
        return SavepointRestoreSettings.forPath(savepoint.toUri().toString(), mayLeaveOut);
    }

    private static RunningJob running(RunningJob job) throws Exception {
        try {
            Await.until("the job runs", job::isRunning);
            return job;
        } catch (Exception | AssertionError e) {
            job.close();
            throw e;
        }
    }

    private static RunningJob submit(
            EspalierConfig config,
            ScorerFactory scorers,
            Configuration clusterSettings,
            SavepointRestoreSettings from)
            throws Exception {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(20));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, RESTARTS);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, RESTART_DELAY);
        StreamExecutionEnvironment environment = new StreamExecutionEnvironment(settings);
        KafkaJob.define(environment, ParentModel.read(config), config, scorers);
        JobGraph graph = environment.getStreamGraph().getJobGraph();
        graph.setSavepointRestoreSettings(from);
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(clusterSettings)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(config.parallelism())
                                .setRpcServiceSharing(
                                        clusterSettings.keySet().isEmpty()
                                                ? RpcServiceSharing.SHARED
                                                : RpcServiceSharing.DEDICATED)
                                .withRandomPorts()
                                .build());
        RunningJob job = new RunningJob(cluster, graph);
        try {
            cluster.start();
            cluster.submitJob(graph).get(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return job;
        } catch (Exception | AssertionError e) {
            job.close();
            throw e;
        }
    }

    /** The job's id. */
    JobID id() {
        return id;
    }

    /** What was sent to the cluster. */
    JobGraph submitted() {
        return submitted;
    }

    /** Where the cluster answers requests. */
    URI rest() {
        return cluster.getRestAddress().join();
    }

    /** What the JobManager knows now. */
    AccessExecutionGraph graph() throws Exception {
        return cluster.getExecutionGraph(id).get(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether the job and each of its tasks run; fails if the job has ended. */
    boolean isRunning() throws Exception {
        AccessExecutionGraph graph = graph();
        if (graph.getState().isGloballyTerminalState()) {
            throw new AssertionError("the job has ended: " + graph.getFailureInfo());
        }
        return graph.getState() == JobStatus.RUNNING
                && tasks(graph).allMatch(t -> t.getExecutionState() == ExecutionState.RUNNING);
    }

    /** How often tasks were restarted; each of ours fails with all others. */
    int restarts() throws Exception {
        return tasks(graph())
                .mapToInt(task -> task.getCurrentExecutionAttempt().getAttemptNumber())
                .max()
                .orElseThrow();
    }

    /** What tasks have failed of so far, the oldest first. */
    List<String> failures() throws Exception {
        return tasks(graph())
                .flatMap(task -> task.getExecutionHistory().getHistoricalExecutions().stream())
                .flatMap(execution -> execution.getFailureInfo().stream())
                .sorted(Comparator.comparingLong(ErrorInfo::getTimestamp))
                .map(ErrorInfo::getExceptionAsString)
                .toList();
    }

    /** What the job has ended of or else a task has failed of; null if all is well. */
    private @Nullable String failure() throws Exception {
        ErrorInfo end = graph().getFailureInfo();
        List<String> failures = end == null ? failures() : List.of(end.getExceptionAsString());
        return failures.isEmpty() ? null : failures.get(0);
    }

    /** Checkpoints so far. */
    CheckpointStatsCounts checkpoints() throws Exception {
        return Objects.requireNonNull(graph().getCheckpointStatsSnapshot()).getCounts();
    }

    /** Waits for the completion of that many checkpoints from now on. */
    void awaitCheckpoints(int more) throws Exception {
        long wanted = checkpoints().getNumberOfCompletedCheckpoints() + more;
        Await.until(
                more + " more checkpoints",
                () -> checkpoints().getNumberOfCompletedCheckpoints() >= wanted);
    }

    /** The threads that run the tasks of a vertex now; Flink names threads after tasks. */
    Stream<Thread> threads(String operator) throws Exception {
        Predicate<Thread> runsTask =
                tasks(graph())
                        .filter(task -> task.getTaskNameWithSubtaskIndex().contains(operator))
                        .map(RunningJob::threadName)
                        .<Predicate<Thread>>map(name -> thread -> thread.getName().equals(name))
                        .reduce(Predicate::or)
                        .orElseThrow(() -> new AssertionError("no task is named " + operator));
        return Thread.getAllStackTraces().keySet().stream().filter(runsTask);
    }

    private static String threadName(AccessExecutionVertex task) {
        return task.getTaskNameWithSubtaskIndex()
                + "#"
                + task.getCurrentExecutionAttempt().getAttemptNumber();
    }

    private static Stream<AccessExecutionVertex> tasks(AccessExecutionGraph graph) {
        return StreamSupport.stream(graph.getAllExecutionVertices().spliterator(), false)
                .map(task -> task);
    }

    /** Stops the job with a savepoint in a format of every state backend; returns where that is. */
    Path stop(Path directory) throws Exception {
        boolean drains = false;
        String savepoint =
                cluster.stopWithSavepoint(
                                id,
                                directory.toUri().toString(),
                                drains,
                                SavepointFormatType.CANONICAL)
                        .get(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        return Path.of(URI.create(savepoint));
    }

    /** Cancels the job and stops the cluster. */
    @Override
    public void close() {
        cluster.closeAsync().join();
    }
}
