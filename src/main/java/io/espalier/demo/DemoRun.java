package io.espalier.demo;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

import io.espalier.artifact.ArtifactStore;
import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.config.Numerics;
import io.espalier.config.PromotionMode;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.cost.LatencyTableFile;
import io.espalier.mask.Sublayer;
import io.espalier.model.TextClassifier;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.KafkaPreflight;
import io.espalier.stream.LocalCluster;
import io.espalier.stream.ParentModel;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.DriftReport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The whole product in one JVM and a broker beside it: a drifting feed into Kafka, the job on a
 * cluster inside this JVM, and a reader of what the job publishes.
 *
 * <p>{@link #close} stops everything that was started, in the order that lets the job end in peace;
 * it may be called from a shutdown hook while {@link #run} is under way.
 */
public final class DemoRun implements AutoCloseable {

    /** Id of the model in topics and store. */
    public static final String MODEL = "glosses";

    private static final Logger LOG = LoggerFactory.getLogger(DemoRun.class);
    private static final int PARTITIONS = 2;
    private static final int MAX_LENGTH = 64;
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final double FEW_JUDGES = 0.15;
    private static final Duration CHECKPOINT = Duration.ofSeconds(5);
    private static final Duration TRANSACTION = Duration.ofMinutes(5);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final Settings settings;
    private final Path work;
    private final ExecutorService feeder = Executors.newSingleThreadExecutor();
    private @Nullable EmbeddedBroker broker;
    private @Nullable JobClient job;

    /**
     * What to run.
     *
     * @param windows number of windows
     * @param samplesPerWindow glosses fed in each
     * @param heldOut share of them that judges
     * @param budgets at least one
     * @param latencyTable null unless a budget counts latency
     * @param numerics of the job
     * @param rate samples a second, 0 for as fast as possible
     * @param store root of the store of pruned models
     * @param seed of the feed and of the job
     * @param parallelism scoring tasks
     * @param bootstrapServers a broker of the user's, or null to start one
     */
    public record Settings(
            int windows,
            int samplesPerWindow,
            double heldOut,
            List<Budget> budgets,
            @Nullable Path latencyTable,
            Numerics numerics,
            double rate,
            Path store,
            long seed,
            int parallelism,
            @Nullable String bootstrapServers) {

        /** Copies the list. */
        public Settings {
            budgets = List.copyOf(budgets);
        }

        private DriftPlan plan() {
            return new DriftPlan(windows, samplesPerWindow, WINDOW, START, seed);
        }
    }

    /** Prepares a run; nothing is started yet. */
    public DemoRun(Settings settings) throws IOException {
        this.settings = settings;
        this.work = Files.createTempDirectory("espalier-demo-");
    }

    /** Number of a report's window, from 1. */
    public static int window(DriftReport report) {
        return Math.toIntExact((report.getWindowEnd() - START.toEpochMilli()) / WINDOW.toMillis());
    }

    /**
     * Runs until every window is decided and published for every budget.
     *
     * @param watched puts a counter around the scorers
     * @param eachReport is called for each drift report as it becomes visible in Kafka
     * @return all that became visible
     */
    public Published run(
            DemoModel model,
            Progress progress,
            UnaryOperator<ScorerFactory> watched,
            Consumer<DriftReport> eachReport)
            throws Exception {
        String topicPrefix =
                settings.bootstrapServers() == null
                        ? "espalier"
                        : "espalier-demo-" + UUID.randomUUID().toString().substring(0, 8);
        String servers = startBroker();
        EspalierConfig config = EspalierConfig.from(configuration(model, servers, topicPrefix));
        createTopics(servers, config.kafka().topics());
        KafkaPreflight.check(config);
        startJob(config, watched);
        GlossFeed feed =
                new GlossFeed(
                        servers,
                        config.kafka().topics().calibration(),
                        PARTITIONS,
                        settings.plan(),
                        settings.rate());
        WordNet glosses = WordNet.read(model.wordNet());
        CompletableFuture<Void> fed =
                CompletableFuture.runAsync(() -> feed(feed, glosses, progress), feeder);
        int expected = settings.windows() * settings.budgets().size();
        try (PublishedTopics reader = new PublishedTopics(servers, config.kafka().topics())) {
            return reader.await(expected, eachReport, () -> requireAlive(fed));
        }
    }

    /**
     * Compares what was published on the last window's samples; needs neither broker nor job.
     *
     * @param reference whether to run the published method too
     * @throws io.espalier.artifact.ArtifactException if a published model is not whole
     */
    public FinalComparison compare(
            DemoModel model, Published published, boolean reference, Progress progress)
            throws IOException, InterruptedException {
        WordNet glosses = WordNet.read(model.wordNet());
        List<CalibrationSample> samples =
                settings.plan()
                        .lastWindow(
                                glosses.part(Part.STREAM, false, settings.seed()),
                                glosses.part(Part.STREAM, true, settings.seed()));
        try (TextClassifier dense = TextClassifier.load(model.directory(), MAX_LENGTH)) {
            Path table = settings.latencyTable();
            List<Sublayer> sublayers = dense.description().sublayers();
            LastWindow window =
                    new LastWindow(
                            dense,
                            new CostModels(
                                    dense.description().hidden(),
                                    table == null ? null : LatencyTableFile.read(table, sublayers)),
                            LastWindow.split(samples, settings.heldOut(), settings.seed(), dense),
                            ForkJoinPool.commonPool());
            return window.compare(
                    settings.budgets(),
                    published.reports(),
                    ArtifactStore.open(settings.store()),
                    reference,
                    progress);
        }
    }

    private synchronized String startBroker() throws IOException, InterruptedException {
        if (settings.bootstrapServers() != null) {
            KafkaPreflight.knock(settings.bootstrapServers());
            return settings.bootstrapServers();
        }
        broker = EmbeddedBroker.start(work.resolve("broker"));
        return broker.bootstrapServers();
    }

    private static void createTopics(String servers, EspalierConfig.Topics topics)
            throws IOException, InterruptedException {
        List<NewTopic> wanted =
                List.of(
                        new NewTopic(topics.calibration(), PARTITIONS, (short) 1),
                        new NewTopic(topics.control(), 1, (short) 1),
                        new NewTopic(topics.masks(), 1, (short) 1),
                        new NewTopic(topics.models(), 1, (short) 1),
                        new NewTopic(topics.drift(), 1, (short) 1),
                        new NewTopic(topics.deadLetters(), 1, (short) 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(wanted).all().get();
        } catch (ExecutionException e) {
            throw new IOException(servers + ": " + cause(e).getMessage(), e);
        }
    }

    private synchronized void startJob(EspalierConfig config, UnaryOperator<ScorerFactory> watched)
            throws Exception {
        StreamExecutionEnvironment environment =
                LocalCluster.environment(config.parallelism(), new Configuration());
        KafkaJob.define(
                environment,
                ParentModel.read(config),
                config,
                watched.apply(KafkaJob.scorers(config)));
        job = environment.executeAsync("espalier demo");
    }

    private Configuration configuration(DemoModel model, String servers, String topicPrefix) {
        Configuration configuration = new Configuration();
        configuration.set(EspalierOptions.MODEL_DIRECTORY, model.directory().toString());
        configuration.set(EspalierOptions.MODEL_ID, MODEL);
        configuration.set(EspalierOptions.MODEL_MAX_LENGTH, MAX_LENGTH);
        configuration.set(
                EspalierOptions.BUDGETS,
                settings.budgets().stream().map(Budget::toString).toList());
        if (settings.latencyTable() != null) {
            configuration.set(EspalierOptions.LATENCY_TABLE, settings.latencyTable().toString());
        }
        settings.numerics().configure(configuration);
        configuration.set(EspalierOptions.WINDOW_SIZE, WINDOW);
        // A demonstration: every window is decided, and a few hundred judges have to do.
        configuration.set(EspalierOptions.TRIGGER_PERIOD, WINDOW);
        configuration.set(EspalierOptions.TRIGGER_COOL_DOWN, 0);
        configuration.set(EspalierOptions.RETUNE_MARGIN, 0.0);
        configuration.set(EspalierOptions.PROMOTION_MODE, PromotionMode.PROMOTE.label());
        configuration.set(EspalierOptions.PROMOTION_MARGIN, FEW_JUDGES);
        configuration.set(EspalierOptions.PROMOTION_TOLERANCE, FEW_JUDGES);
        configuration.set(EspalierOptions.PROMOTION_MIN_SAMPLES, 64);
        configuration.set(EspalierOptions.HELD_OUT_SHARE, settings.heldOut());
        configuration.set(EspalierOptions.PUBLISH_ROOT, settings.store().toString());
        configuration.set(EspalierOptions.KAFKA_BOOTSTRAP_SERVERS, servers);
        configuration.set(EspalierOptions.KAFKA_GROUP_ID, topicPrefix);
        configuration.set(EspalierOptions.KAFKA_TRANSACTIONAL_ID_PREFIX, topicPrefix);
        configuration.set(EspalierOptions.KAFKA_TRANSACTION_TIMEOUT, TRANSACTION);
        configuration.set(EspalierOptions.KAFKA_TOPIC_CALIBRATION, topicPrefix + ".calibration");
        configuration.set(EspalierOptions.KAFKA_TOPIC_CONTROL, topicPrefix + ".control");
        configuration.set(EspalierOptions.KAFKA_TOPIC_MASKS, topicPrefix + ".masks");
        configuration.set(EspalierOptions.KAFKA_TOPIC_MODELS, topicPrefix + ".models");
        configuration.set(EspalierOptions.KAFKA_TOPIC_DRIFT, topicPrefix + ".drift");
        configuration.set(EspalierOptions.KAFKA_TOPIC_DEAD_LETTERS, topicPrefix + ".dead-letters");
        configuration.set(EspalierOptions.CHECKPOINT_INTERVAL, CHECKPOINT);
        configuration.set(
                EspalierOptions.CHECKPOINT_DIRECTORY,
                work.resolve("checkpoints").toUri().toString());
        configuration.set(EspalierOptions.PARALLELISM, settings.parallelism());
        configuration.set(EspalierOptions.SEED, settings.seed());
        return configuration;
    }

    private static void feed(GlossFeed feed, WordNet glosses, Progress progress) {
        try {
            feed.run(glosses, progress);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Throwable cause(ExecutionException e) {
        return Objects.requireNonNullElse(e.getCause(), e);
    }

    /** Fails with the feed's or the job's own failure, if there is one. */
    private void requireAlive(CompletableFuture<Void> fed) throws IOException {
        try {
            if (fed.isDone()) {
                fed.get();
            }
            JobClient running = job;
            if (running == null) {
                return;
            }
            JobStatus status = running.getJobStatus().get();
            if (status.isTerminalState()) {
                running.getJobExecutionResult().get();
                throw new IOException("the job ended by itself, as " + status);
            }
        } catch (ExecutionException e) {
            throw new IOException(cause(e).getMessage(), cause(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public synchronized void close() {
        feeder.shutdownNow();
        if (job != null) {
            try {
                job.cancel().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.info("the job had ended, or will with this JVM", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            job = null;
        }
        if (broker != null) {
            broker.close();
            broker = null;
        }
        try {
            Folders.delete(work);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
