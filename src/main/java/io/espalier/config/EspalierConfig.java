package io.espalier.config;

import org.apache.flink.configuration.Configuration;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The whole configuration, read once and checked; every value is within its option's range and no
 * two contradict each other. What the values mean stands with {@link EspalierOptions}.
 *
 * @param budgets at least one, as text, without repetition
 * @param latencyTable set exactly if a budget counts latency
 * @param roundTo what numbers of neurons are multiples of; 0 for what the search offers
 * @param labelDelay event time that samples wait for labels, if there is a topic of them
 * @param promotion what becomes of candidates that pass
 * @param publish where pruned models go
 */
public record EspalierConfig(
        Model model,
        List<String> budgets,
        @Nullable Path latencyTable,
        Profile profile,
        int roundTo,
        Loss loss,
        Window window,
        Thresholds thresholds,
        PromotionMode promotion,
        Source source,
        Duration labelDelay,
        DeadLetters deadLetters,
        HeldOut heldOut,
        MicroBatch microBatch,
        Statistics statistics,
        Tuning tuning,
        Publish publish,
        Kafka kafka,
        Checkpoint checkpoint,
        int parallelism,
        long seed) {

    /** Copies the list. */
    public EspalierConfig {
        budgets = List.copyOf(budgets);
    }

    /**
     * Reads a configuration. Keys that do not begin with {@code espalier.} are Flink's and not
     * looked at.
     *
     * @throws ConfigException if a key of ours is unknown, missing or out of range, or if two
     *     contradict each other
     */
    public static EspalierConfig from(Configuration configuration) {
        return ConfigReader.read(configuration);
    }

    /** The dense parent. */
    public record Model(Path directory, String id, int maxLength) {}

    /**
     * What one decision covers, and how long it is waited for.
     *
     * @param type how the stream is cut
     * @param size event time of a window; of no meaning for running windows and those of samples
     * @param samples scored samples of a window; null if it is sized in time
     * @param slide event time between two looks; the size of tumbling windows in time
     * @param halfLife of running windows, else null
     * @param minSamples effective samples that a decision needs
     * @param maxOutOfOrderness what is not late yet
     * @param allowedLateness what is late but counted
     */
    public record Window(
            WindowType type,
            Duration size,
            @Nullable Integer samples,
            Duration slide,
            @Nullable Duration halfLife,
            int minSamples,
            Duration maxOutOfOrderness,
            Duration allowedLateness) {}

    /**
     * Where pruned models go, and how long they stay there.
     *
     * @param root of the store
     * @param formats forms of a model, slim among them
     * @param retainedVersions newest versions of a budget that stay; 0 for all
     * @param retainedBytes that they may hold together; null for any number
     */
    public record Publish(
            Path root,
            List<PublishFormat> formats,
            int retainedVersions,
            @Nullable Long retainedBytes) {

        /** Copies the list. */
        public Publish {
            formats = List.copyOf(formats);
        }
    }

    /**
     * How samples are read.
     *
     * @param idleTimeout empty: a silent partition holds back the others
     * @param maxSampleBytes largest encoded sample
     */
    public record Source(Optional<Duration> idleTimeout, int maxSampleBytes) {}

    /**
     * How records are refused.
     *
     * @param maxShare above which the job stops
     * @param crumbs where scorers note what they hand to native code; null for nowhere
     */
    public record DeadLetters(double maxShare, @Nullable String crumbs) {}

    /** The samples that judge. */
    public record HeldOut(double share, int maxSamples) {}

    /** What is scored together at most. */
    public record MicroBatch(int samples, int tokens) {}

    /** What statistics keep. */
    public record Statistics(int gradientRows) {}

    /**
     * How pruned sublayers are repaired.
     *
     * @param mode what is solved
     * @param ridge of the solve
     */
    public record Tuning(TuningMode mode, double ridge) implements Serializable {}

    /**
     * Topics and identities at the broker; only the Kafka job needs the servers.
     *
     * @param acceptedLosses transactions that the job does without, as its error named them
     * @param properties of every client, by Kafka's names; secrets are references
     */
    public record Kafka(
            @Nullable String bootstrapServers,
            String groupId,
            Topics topics,
            String transactionalIdPrefix,
            Duration transactionTimeout,
            Set<String> acceptedLosses,
            Map<String, String> properties) {

        /** Copies set and map. */
        public Kafka {
            acceptedLosses = Set.copyOf(acceptedLosses);
            properties = Map.copyOf(properties);
        }

        /**
         * The brokers to connect to.
         *
         * @throws ConfigException if none are configured
         */
        public String requireBootstrapServers() {
            if (bootstrapServers == null) {
                throw OptionRules.missing(EspalierOptions.KAFKA_BOOTSTRAP_SERVERS);
            }
            return bootstrapServers;
        }
    }

    /**
     * Topic names, all different.
     *
     * @param labels null if labels come with their samples only
     */
    public record Topics(
            String calibration,
            String control,
            @Nullable String labels,
            String masks,
            String models,
            String drift,
            String deadLetters) {

        /** Every topic that has to exist. */
        public List<String> all() {
            return Stream.of(calibration, control, labels, masks, models, drift, deadLetters)
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    /** When and where Flink checkpoints; only the Kafka job needs the directory. */
    public record Checkpoint(Duration interval, @Nullable URI directory) {

        /**
         * Where checkpoints are written.
         *
         * @throws ConfigException if it is not configured
         */
        public URI requireDirectory() {
            if (directory == null) {
                throw OptionRules.missing(EspalierOptions.CHECKPOINT_DIRECTORY);
            }
            return directory;
        }
    }
}
