package io.espalier.config;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads options into the record tree and checks what concerns more than one of them. */
final class ConfigReader {

    private static final int SLIDES = 4; // Looks at a window or half-life, by default.
    private static final Duration SLIDE_OF_SAMPLES = Duration.ofMinutes(1);

    private final Configuration configuration;

    private ConfigReader(Configuration configuration) {
        this.configuration = configuration;
    }

    static EspalierConfig read(Configuration configuration) {
        OptionRules.refuseUnknown(configuration);
        return new ConfigReader(configuration).config();
    }

    private EspalierConfig config() {
        EspalierConfig.Model model = model();
        List<String> budgets = OptionRules.separated(get(EspalierOptions.BUDGETS));
        return new EspalierConfig(
                model,
                budgets,
                latencyTable(budgets),
                Profile.of(get(EspalierOptions.PROFILE)),
                roundTo(),
                Loss.of(get(EspalierOptions.LOSS)),
                window(),
                Thresholds.read(configuration),
                PromotionMode.of(get(EspalierOptions.PROMOTION_MODE)),
                new EspalierConfig.Source(
                        OptionRules.find(configuration, EspalierOptions.SOURCE_IDLE_TIMEOUT),
                        Math.toIntExact(get(EspalierOptions.SOURCE_MAX_SAMPLE_SIZE).getBytes())),
                get(EspalierOptions.LABELS_MAX_DELAY),
                new EspalierConfig.DeadLetters(
                        get(EspalierOptions.DEAD_LETTERS_MAX_SHARE),
                        find(EspalierOptions.DEAD_LETTERS_CRUMBS)),
                new EspalierConfig.HeldOut(
                        get(EspalierOptions.HELD_OUT_SHARE),
                        get(EspalierOptions.HELD_OUT_MAX_SAMPLES)),
                microBatch(model),
                new EspalierConfig.Statistics(get(EspalierOptions.STATISTICS_GRADIENT_ROWS)),
                new EspalierConfig.Tuning(
                        TuningMode.of(get(EspalierOptions.TUNING_MODE)),
                        get(EspalierOptions.TUNING_RIDGE)),
                publish(),
                kafka(model),
                new EspalierConfig.Checkpoint(
                        get(EspalierOptions.CHECKPOINT_INTERVAL),
                        OptionRules.find(configuration, EspalierOptions.CHECKPOINT_DIRECTORY)
                                .map(URI::create)
                                .orElse(null)),
                get(EspalierOptions.PARALLELISM),
                get(EspalierOptions.SEED));
    }

    private EspalierConfig.Publish publish() {
        MemorySize retained = find(EspalierOptions.PUBLISH_RETAIN_BYTES);
        return new EspalierConfig.Publish(
                Path.of(get(EspalierOptions.PUBLISH_ROOT)),
                OptionRules.separated(get(EspalierOptions.PUBLISH_FORMATS)).stream()
                        .map(PublishFormat::of)
                        .toList(),
                get(EspalierOptions.PUBLISH_RETAIN_VERSIONS),
                retained == null ? null : retained.getBytes());
    }

    private int roundTo() {
        int multiple = get(EspalierOptions.SEARCH_ROUND_TO);
        String profile = get(EspalierOptions.PROFILE);
        if (multiple > 0 && Profile.of(profile) != Profile.ESPALIER) {
            throw contradiction(
                    EspalierOptions.SEARCH_ROUND_TO,
                    multiple,
                    "0, since " + EspalierOptions.PROFILE.key() + " = '" + profile + "'");
        }
        return multiple;
    }

    private EspalierConfig.Model model() {
        Path directory = Path.of(get(EspalierOptions.MODEL_DIRECTORY));
        String id =
                OptionRules.find(configuration, EspalierOptions.MODEL_ID)
                        .orElseGet(() -> nameOf(directory));
        return new EspalierConfig.Model(directory, id, get(EspalierOptions.MODEL_MAX_LENGTH));
    }

    private static String nameOf(Path directory) {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        Configuration byName = new Configuration();
        byName.set(EspalierOptions.MODEL_ID, String.valueOf(name));
        try {
            return OptionRules.get(byName, EspalierOptions.MODEL_ID);
        } catch (ConfigException e) {
            throw new ConfigException(
                    e.getMessage() + "; set it, the name of " + directory + " cannot serve", e);
        }
    }

    private EspalierConfig.Window window() {
        WindowType type = WindowType.of(get(EspalierOptions.WINDOW_TYPE));
        Integer samples = find(EspalierOptions.WINDOW_SAMPLES);
        Duration halfLife = find(EspalierOptions.WINDOW_HALF_LIFE);
        boolean running = type == WindowType.RUNNING;
        if (running && halfLife == null) {
            throw new ConfigException(
                    EspalierOptions.WINDOW_TYPE.key()
                            + " = 'running' needs "
                            + EspalierOptions.WINDOW_HALF_LIFE.key()
                            + ", which is not set");
        }
        String typed = EspalierOptions.WINDOW_TYPE.key() + " = '" + type.label() + "'";
        if (running) {
            refuseIfSet(EspalierOptions.WINDOW_SIZE, typed);
            refuseIfSet(EspalierOptions.WINDOW_SAMPLES, typed);
        } else {
            refuseIfSet(EspalierOptions.WINDOW_HALF_LIFE, typed);
        }
        if (samples != null) {
            refuseIfSet(
                    EspalierOptions.WINDOW_SIZE, EspalierOptions.WINDOW_SAMPLES.key() + " is set");
        }
        Duration size = get(EspalierOptions.WINDOW_SIZE);
        return new EspalierConfig.Window(
                type,
                size,
                samples,
                slide(type, size, samples, halfLife),
                halfLife,
                get(EspalierOptions.WINDOW_MIN_SAMPLES),
                get(EspalierOptions.WINDOW_MAX_OUT_OF_ORDERNESS),
                get(EspalierOptions.WINDOW_ALLOWED_LATENESS));
    }

    private Duration slide(
            WindowType type,
            Duration size,
            @Nullable Integer samples,
            @Nullable Duration halfLife) {
        Duration slide = find(EspalierOptions.WINDOW_SLIDE);
        if (samples != null) {
            return slide == null ? SLIDE_OF_SAMPLES : slide;
        }
        if (halfLife != null) {
            return slide == null ? halfLife.dividedBy(SLIDES) : slide;
        }
        if (type == WindowType.TUMBLING) {
            refuseIfSet(
                    EspalierOptions.WINDOW_SLIDE,
                    "tumbling windows of a duration slide by their size");
            return size;
        }
        Duration step = slide == null ? size.dividedBy(SLIDES) : slide;
        if (size.toMillis() % step.toMillis() != 0) {
            throw contradiction(
                    EspalierOptions.WINDOW_SLIDE,
                    step.toMillis() + " ms",
                    "a divisor of "
                            + EspalierOptions.WINDOW_SIZE.key()
                            + " = "
                            + size.toMillis()
                            + " ms");
        }
        return step;
    }

    private void refuseIfSet(ConfigOption<?> option, String because) {
        if (configuration.contains(option)) {
            throw contradiction(
                    option,
                    String.valueOf(configuration.toMap().get(option.key())),
                    "no value, since " + because);
        }
    }

    private @Nullable Path latencyTable(List<String> budgets) {
        boolean counted = budgets.stream().anyMatch(budget -> budget.startsWith("latency="));
        String table = OptionRules.find(configuration, EspalierOptions.LATENCY_TABLE).orElse(null);
        if (counted && table == null) {
            throw new ConfigException(
                    EspalierOptions.BUDGETS.key()
                            + " = '"
                            + String.join(",", budgets)
                            + "' counts latency, but "
                            + EspalierOptions.LATENCY_TABLE.key()
                            + " is not set; 'espalier bench latency' measures one");
        }
        if (!counted && table != null) {
            throw contradiction(
                    EspalierOptions.LATENCY_TABLE,
                    table,
                    "no value, since "
                            + EspalierOptions.BUDGETS.key()
                            + " = '"
                            + String.join(",", budgets)
                            + "' counts no latency");
        }
        return table == null ? null : Path.of(table);
    }

    private EspalierConfig.MicroBatch microBatch(EspalierConfig.Model model) {
        int tokens = get(EspalierOptions.MICRO_BATCH_TOKENS);
        if (tokens < model.maxLength()) {
            throw contradiction(
                    EspalierOptions.MICRO_BATCH_TOKENS,
                    tokens,
                    "at least "
                            + EspalierOptions.MODEL_MAX_LENGTH.key()
                            + " = "
                            + model.maxLength());
        }
        return new EspalierConfig.MicroBatch(get(EspalierOptions.MICRO_BATCH_SAMPLES), tokens);
    }

    private EspalierConfig.Kafka kafka(EspalierConfig.Model model) {
        String own = "espalier-" + model.id();
        Duration timeout = get(EspalierOptions.KAFKA_TRANSACTION_TIMEOUT);
        Duration interval = get(EspalierOptions.CHECKPOINT_INTERVAL);
        if (timeout.compareTo(interval) <= 0) {
            throw contradiction(
                    EspalierOptions.KAFKA_TRANSACTION_TIMEOUT,
                    timeout.toMillis() + " ms",
                    "more than "
                            + EspalierOptions.CHECKPOINT_INTERVAL.key()
                            + " = "
                            + interval.toMillis()
                            + " ms");
        }
        refuseSharedTopics();
        return new EspalierConfig.Kafka(
                OptionRules.find(configuration, EspalierOptions.KAFKA_BOOTSTRAP_SERVERS)
                        .orElse(null),
                OptionRules.find(configuration, EspalierOptions.KAFKA_GROUP_ID).orElse(own),
                new EspalierConfig.Topics(
                        get(EspalierOptions.KAFKA_TOPIC_CALIBRATION),
                        get(EspalierOptions.KAFKA_TOPIC_CONTROL),
                        find(EspalierOptions.KAFKA_TOPIC_LABELS),
                        get(EspalierOptions.KAFKA_TOPIC_MASKS),
                        get(EspalierOptions.KAFKA_TOPIC_MODELS),
                        get(EspalierOptions.KAFKA_TOPIC_DRIFT),
                        get(EspalierOptions.KAFKA_TOPIC_DEAD_LETTERS)),
                OptionRules.find(configuration, EspalierOptions.KAFKA_TRANSACTIONAL_ID_PREFIX)
                        .orElse(own),
                timeout,
                OptionRules.find(configuration, EspalierOptions.KAFKA_ACCEPT_LOST_TRANSACTIONS)
                        .map(OptionRules::separated)
                        .map(Set::copyOf)
                        .orElse(Set.of()),
                KafkaProperties.read(configuration));
    }

    private void refuseSharedTopics() {
        Map<String, ConfigOption<String>> taken = new HashMap<>();
        for (ConfigOption<String> option :
                List.of(
                        EspalierOptions.KAFKA_TOPIC_CALIBRATION,
                        EspalierOptions.KAFKA_TOPIC_CONTROL,
                        EspalierOptions.KAFKA_TOPIC_LABELS,
                        EspalierOptions.KAFKA_TOPIC_MASKS,
                        EspalierOptions.KAFKA_TOPIC_MODELS,
                        EspalierOptions.KAFKA_TOPIC_DRIFT,
                        EspalierOptions.KAFKA_TOPIC_DEAD_LETTERS)) {
            String topic = find(option);
            ConfigOption<String> other = topic == null ? null : taken.put(topic, option);
            if (other != null) {
                throw contradiction(
                        option, String.valueOf(topic), "another topic than " + other.key());
            }
        }
    }

    private <T> @Nullable T find(ConfigOption<T> option) {
        return OptionRules.find(configuration, option).orElse(null);
    }

    private <T> T get(ConfigOption<T> option) {
        return OptionRules.get(configuration, option);
    }

    private static ConfigException contradiction(
            ConfigOption<?> option, Object value, String allowed) {
        return new ConfigException(
                option.key() + " = '" + value + "' is not allowed; allowed: " + allowed);
    }
}
