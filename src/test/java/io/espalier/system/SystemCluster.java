package io.espalier.system;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import io.espalier.cluster.ClusterSettings;
import io.espalier.cluster.FlinkRest;
import io.espalier.cluster.Loopback;
import io.espalier.cluster.LoopbackCluster;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.Corruption;
import io.espalier.stream.KafkaFixture;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.ParentModel;
import io.espalier.stream.RemoteCluster;
import io.espalier.stream.Traffic;
import io.espalier.stream.score.ScorerFactory;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A cluster of real JVMs for one test, the tiny model beside it, and the jobs that run on it.
 *
 * <p>Everything lies under {@code target/system/<test>-<seed>/}; logs stay there. No process
 * outlives {@link #close} or this JVM.
 */
final class SystemCluster implements AutoCloseable {

    /** Budgets of every job. */
    static final List<String> BUDGETS = List.of("macs=0.7", "macs=0.4");

    private static final MemorySize HEAP = MemorySize.ofMebiBytes(512);
    private static final int RESTARTS = 1000;
    private static final Duration RESTART_DELAY = Duration.ofMillis(500);

    private final Path directory;
    private final LoopbackCluster cluster;
    private final KafkaFixture kafka;
    private final Path jar;
    private final Thread hook = new Thread(this::killAll, "system-cluster-kill");

    /**
     * What differs from test to test.
     *
     * @param taskManagers of one slot each
     * @param highAvailability whether a JobManager can be started again
     * @param libraries class path of Flink's processes
     * @param flink keys of Flink's processes
     * @param inJar jars that are put into the job's jar
     * @param jvmFlags of Flink's processes, beside the usual ones
     */
    record Shape(
            int taskManagers,
            boolean highAvailability,
            String libraries,
            Map<String, String> flink,
            List<Path> inJar,
            List<String> jvmFlags) {

        /** The right set-up. */
        static Shape of(int taskManagers) throws IOException {
            return new Shape(taskManagers, false, allLibraries(), Map.of(), List.of(), List.of());
        }

        Shape withHighAvailability() {
            return new Shape(taskManagers, true, libraries, flink, inJar, jvmFlags);
        }

        Shape withJvmFlags(String... flags) {
            return new Shape(
                    taskManagers, highAvailability, libraries, flink, inJar, List.of(flags));
        }
    }

    private SystemCluster(Path directory, LoopbackCluster cluster, Shape shape) throws IOException {
        this.directory = directory;
        this.cluster = cluster;
        Runtime.getRuntime().addShutdownHook(hook);
        this.kafka = KafkaFixture.of(directory, cluster.bootstrapServers());
        this.jar = JobJar.write(directory.resolve("job.jar"), shape.inJar());
    }

    /** Starts a cluster; prints the seed first. */
    static SystemCluster start(Class<?> test, long seed, Shape shape) throws Exception {
        String name = test.getSimpleName();
        System.out.printf("%s: -Dseed=%d%n", name, seed);
        Path directory = Path.of("target", "system", name + "-" + seed).toAbsolutePath();
        delete(directory);
        Files.createDirectories(directory);
        Map<String, String> flink = new HashMap<>(shape.flink());
        flink.put("web.refresh-interval", "100");
        long begin = System.nanoTime();
        LoopbackCluster cluster =
                LoopbackCluster.start(
                        new ClusterSettings(
                                directory.resolve("cluster"),
                                shape.taskManagers(),
                                shape.highAvailability(),
                                HEAP,
                                shape.libraries(),
                                System.getProperty("java.class.path"),
                                Stream.concat(
                                                ClusterSettings.flagsOfThisJvm().stream(),
                                                shape.jvmFlags().stream())
                                        .toList(),
                                flink),
                        step -> {});
        System.out.printf(
                "%s: cluster of %d TaskManagers in %.1f s, logs in %s%n",
                name,
                shape.taskManagers(),
                (System.nanoTime() - begin) / 1e9,
                directory.resolve("cluster/logs"));
        try {
            return new SystemCluster(directory, cluster, shape);
        } catch (IOException | RuntimeException e) {
            cluster.killAll();
            throw e;
        }
    }

    /** The libraries of {@code lib}, without Espalier's own jar. */
    static String allLibraries() throws IOException {
        return Files.readString(Path.of(System.getProperty("espalier.class-path-file"))).strip();
    }

    /** The broker's topics, and the configurations of jobs. */
    KafkaFixture kafka() {
        return kafka;
    }

    LoopbackCluster processes() {
        return cluster;
    }

    /** Everything of the test that is not the cluster's. */
    Path directory() {
        return directory;
    }

    /** The configuration of a job that decides every window; creates its topics. */
    EspalierConfig config(String job, long seed, int parallelism)
            throws IOException, InterruptedException {
        return config(job, seed, parallelism, Map.of());
    }

    /** The same with other options. */
    EspalierConfig config(String job, long seed, int parallelism, Map<String, String> overrides)
            throws IOException, InterruptedException {
        Map<String, String> options = new HashMap<>(options(seed, parallelism));
        options.putAll(overrides);
        return kafka.job(job, KillRun.INPUT, options);
    }

    /** The same for a job whose topics are there. */
    EspalierConfig configAgain(String job, long seed, int parallelism) throws IOException {
        return kafka.config(job, KillRun.INPUT, options(seed, parallelism));
    }

    private static Map<String, String> options(long seed, int parallelism) {
        return Map.ofEntries(
                Map.entry("espalier.budgets", String.join(",", BUDGETS)),
                Map.entry(
                        "espalier.window.max-out-of-orderness",
                        Traffic.OUT_OF_ORDER_MILLIS + " ms"),
                Map.entry("espalier.window.min-samples", "8"),
                Map.entry("espalier.micro-batch.samples", "16"),
                Map.entry("espalier.source.max-sample-size", Corruption.MAX_BYTES + " b"),
                Map.entry("espalier.checkpoint.interval", "500 ms"),
                Map.entry("espalier.parallelism", "" + parallelism),
                Map.entry("espalier.seed", "" + seed));
    }

    /** Submits a job and waits until all its tasks run. */
    ClusterJob submit(EspalierConfig config, ScorerFactory scorers, @Nullable String savepoint)
            throws Exception {
        ClusterJob job = submitOnly(config, scorers, savepoint);
        io.espalier.stream.Await.until("the job runs", job::isRunning);
        return job;
    }

    /** Submits a job. */
    ClusterJob submitOnly(EspalierConfig config, ScorerFactory scorers, @Nullable String savepoint)
            throws Exception {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(50));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, RESTARTS);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, RESTART_DELAY);
        if (savepoint != null) {
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        String address = cluster.jobManager();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        StreamExecutionEnvironment environment =
                RemoteCluster.environment(Loopback.HOST, port, settings, List.of(jar));
        KafkaJob.define(environment, ParentModel.read(config), config, scorers);
        return new ClusterJob(
                new FlinkRest(address),
                environment.executeAsync(config.kafka().groupId()).getJobID().toString());
    }

    private void killAll() {
        try {
            cluster.killAll();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    @Override
    public void close() {
        killAll();
        Runtime.getRuntime().removeShutdownHook(hook);
        kafka.close();
    }
}
