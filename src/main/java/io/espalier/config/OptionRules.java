package io.espalier.config;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rule of every option, in the order of the docs. */
final class OptionRules {

    static final String PREFIX = "espalier.";
    static final String ID = "[a-z0-9][a-z0-9._-]{0,63}";

    private static final String REQUIRED = "required";
    private static final String SERVER = "(\\[[0-9a-fA-F:.]+]|[^\\s,:\\[\\]]+):[0-9]{1,5}";

    private static final Pattern TRANSACTION = Pattern.compile("[0-9]{1,19}/[0-9]{1,5}");

    private static final Map<String, OptionRule<?>> RULES = new LinkedHashMap<>();

    static {
        path(EspalierOptions.MODEL_DIRECTORY, REQUIRED);
        add(
                EspalierOptions.MODEL_ID,
                "1 to 64 of a-z 0-9 . _ -, a letter or digit first, without '..'",
                "the directory's name",
                id -> id.matches(ID) && !id.contains(".."));
        integer(EspalierOptions.MODEL_MAX_LENGTH, 4, 8192);
        add(
                EspalierOptions.BUDGETS,
                "at least one budget, macs=X, params=X, latency=X or latency=X@b8s64, like"
                        + " macs=0.5, none twice",
                "",
                OptionRules::areBudgets);
        add(
                EspalierOptions.PROFILE,
                "espalier or robust-diagonal",
                "",
                label -> Profile.of(label) != Profile.REFERENCE);
        constants(EspalierOptions.LOSS, Loss.values());
        path(EspalierOptions.LATENCY_TABLE, "required by latency budgets, else refused");
        constants(EspalierOptions.WINDOW_TYPE, WindowType.values());
        duration(EspalierOptions.WINDOW_SIZE, Duration.ofSeconds(1), "");
        integer(
                EspalierOptions.WINDOW_SAMPLES,
                1,
                Integer.MAX_VALUE,
                "windows have a size in time");
        duration(
                EspalierOptions.WINDOW_SLIDE,
                Duration.ofSeconds(1),
                "a quarter of size or half-life; 1 min for windows of samples");
        duration(
                EspalierOptions.WINDOW_HALF_LIFE,
                Duration.ofSeconds(1),
                "required by running windows, else refused");
        integer(EspalierOptions.WINDOW_MIN_SAMPLES, 1, Integer.MAX_VALUE);
        duration(EspalierOptions.WINDOW_MAX_OUT_OF_ORDERNESS, Duration.ZERO, "");
        duration(EspalierOptions.WINDOW_ALLOWED_LATENESS, Duration.ZERO, "");
        duration(EspalierOptions.SOURCE_IDLE_TIMEOUT, Duration.ofSeconds(1), "off");
        add(
                EspalierOptions.SOURCE_MAX_SAMPLE_SIZE,
                "a size from 1 kb to 8 mb",
                "",
                size -> size.getBytes() >= 1 << 10 && size.getBytes() <= 8 << 20);
        duration(EspalierOptions.LABELS_MAX_DELAY, Duration.ofSeconds(1), "");
        number(EspalierOptions.DEAD_LETTERS_MAX_SHARE, 0.001, 1);
        path(EspalierOptions.DEAD_LETTERS_CRUMBS, "nothing is noted");
        number(EspalierOptions.HELD_OUT_SHARE, 0, 0.9);
        integer(EspalierOptions.HELD_OUT_MAX_SAMPLES, 1, 1 << 20);
        integer(EspalierOptions.MICRO_BATCH_SAMPLES, 1, 4096);
        integer(EspalierOptions.MICRO_BATCH_TOKENS, 4, 1 << 20);
        integer(EspalierOptions.STATISTICS_GRADIENT_ROWS, 0, 65536);
        duration(EspalierOptions.TRIGGER_PERIOD, Duration.ofSeconds(1), "no schedule");
        integer(EspalierOptions.TRIGGER_DRIFT_WINDOWS, 1, 100);
        integer(EspalierOptions.TRIGGER_COOL_DOWN, 0, 10_000);
        constants(EspalierOptions.PROMOTION_MODE, PromotionMode.values());
        number(EspalierOptions.PROMOTION_MARGIN, 0, 1);
        number(EspalierOptions.PROMOTION_TOLERANCE, 0, 1);
        number(EspalierOptions.PROMOTION_CONFIDENCE, 0.6, 0.9999);
        integer(EspalierOptions.PROMOTION_MIN_SAMPLES, 1, 1 << 20);
        number(EspalierOptions.RETUNE_MARGIN, 0, 100);
        number(EspalierOptions.REMASK_MARGIN, 0, 100);
        integer(EspalierOptions.SEARCH_ROUND_TO, 0, 4096);
        constants(EspalierOptions.TUNING_MODE, TuningMode.values());
        number(EspalierOptions.TUNING_RIDGE, 0.000_001, 1);
        path(EspalierOptions.PUBLISH_ROOT, REQUIRED);
        add(
                EspalierOptions.PUBLISH_FORMATS,
                "slim and any of stock, onnx, djl, none twice",
                "",
                OptionRules::areFormats);
        integer(EspalierOptions.PUBLISH_RETAIN_VERSIONS, 0, 1_000_000);
        add(
                EspalierOptions.PUBLISH_RETAIN_BYTES,
                "a size of at least 1 mb",
                "any number",
                size -> size.getBytes() >= 1 << 20);
        add(
                EspalierOptions.KAFKA_BOOTSTRAP_SERVERS,
                "host:port, several separated by commas",
                "required by the Kafka job",
                servers -> servers.matches(SERVER + "(," + SERVER + ")*"));
        name(EspalierOptions.KAFKA_GROUP_ID);
        topic(EspalierOptions.KAFKA_TOPIC_CALIBRATION);
        topic(EspalierOptions.KAFKA_TOPIC_MASKS);
        topic(EspalierOptions.KAFKA_TOPIC_MODELS);
        topic(EspalierOptions.KAFKA_TOPIC_DRIFT);
        topic(EspalierOptions.KAFKA_TOPIC_CONTROL);
        topic(EspalierOptions.KAFKA_TOPIC_LABELS, "labels come with their samples only");
        topic(EspalierOptions.KAFKA_TOPIC_DEAD_LETTERS);
        name(EspalierOptions.KAFKA_TRANSACTIONAL_ID_PREFIX);
        duration(EspalierOptions.KAFKA_TRANSACTION_TIMEOUT, Duration.ofSeconds(1), "");
        add(
                EspalierOptions.KAFKA_ACCEPT_LOST_TRANSACTIONS,
                "producer id and epoch of each, like 4001/0",
                "a lost transaction ends the job",
                items -> separated(items).stream().allMatch(TRANSACTION.asMatchPredicate()));
        add(EspalierOptions.KAFKA_PROPERTIES, KafkaProperties.ALLOWED, "none", ignored -> true);
        duration(EspalierOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(10), "");
        add(
                EspalierOptions.CHECKPOINT_DIRECTORY,
                "a URI with a scheme, like file:///var/lib/espalier/checkpoints",
                "required by the Kafka job",
                uri -> URI.create(uri).isAbsolute());
        integer(EspalierOptions.PARALLELISM, 1, 128);
        add(EspalierOptions.SEED, "an integer", "", seed -> true);
    }

    private OptionRules() {}

    /** The rules in order. */
    static List<OptionRule<?>> all() {
        return List.copyOf(RULES.values());
    }

    /** The value or default of an option; empty if it has neither. */
    static <T> Optional<T> find(Configuration configuration, ConfigOption<T> option) {
        return ruleOf(option).read(configuration);
    }

    /** The value or default of an option that must have one. */
    static <T> T get(Configuration configuration, ConfigOption<T> option) {
        return find(configuration, option).orElseThrow(() -> missing(option));
    }

    /** The refusal of a configuration that lacks an option. */
    static ConfigException missing(ConfigOption<?> option) {
        return new ConfigException(
                option.key() + " is not set; allowed: " + ruleOf(option).allowed());
    }

    @SuppressWarnings("unchecked") // A rule is stored under its own option's key.
    private static <T> OptionRule<T> ruleOf(ConfigOption<T> option) {
        return (OptionRule<T>) Objects.requireNonNull(RULES.get(option.key()), option.key());
    }

    /** A constant's name as it is written: lower case with dashes. */
    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The constant that is written so.
     *
     * @throws IllegalArgumentException if there is none; the message lists them
     */
    static <T extends Enum<T>> T constant(T[] values, String label) {
        return Arrays.stream(values)
                .filter(value -> label(value).equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "'" + label + "' is none of " + labels(values)));
    }

    private static String labels(Enum<?>[] values) {
        return Arrays.stream(values).map(OptionRules::label).collect(Collectors.joining(", "));
    }

    private static <T extends Enum<T>> void constants(ConfigOption<String> option, T[] values) {
        add(option, "one of " + labels(values), "", label -> constant(values, label) != null);
    }

    /** The texts of a list whose items may themselves be comma-separated. */
    static List<String> separated(List<String> items) {
        List<String> texts = new ArrayList<>();
        for (String item : items) {
            for (String text : item.split(",", -1)) {
                texts.add(text.strip());
            }
        }
        return List.copyOf(texts);
    }

    private static boolean areFormats(List<String> items) {
        List<PublishFormat> formats = separated(items).stream().map(PublishFormat::of).toList();
        return formats.contains(PublishFormat.SLIM)
                && formats.stream().distinct().count() == formats.size();
    }

    /** Refuses a key of ours that is no option, naming the most similar one. */
    static void refuseUnknown(Configuration configuration) {
        for (String key : configuration.keySet().stream().sorted().toList()) {
            if (key.startsWith(PREFIX)
                    && !RULES.containsKey(key)
                    && !KafkaProperties.contains(key)) {
                String nearest =
                        RULES.keySet().stream()
                                .min(Comparator.comparingInt(known -> distance(key, known)))
                                .orElseThrow();
                throw new ConfigException(
                        key
                                + (KafkaProperties.isSecret(key)
                                        ? ""
                                        : " = '" + configuration.toMap().get(key) + "'")
                                + " is no option; the nearest is "
                                + nearest
                                + ", all stand in docs/configuration.md");
            }
        }
    }

    private static boolean areBudgets(List<String> items) {
        List<String> budgets = separated(items);
        return !budgets.isEmpty()
                && budgets.stream().noneMatch(String::isEmpty)
                && budgets.stream().distinct().count() == budgets.size();
    }

    private static void path(ConfigOption<String> option, String whenAbsent) {
        add(
                option,
                "a path",
                whenAbsent,
                path -> !path.isBlank() && Path.of(path).toString().length() > 0);
    }

    private static void name(ConfigOption<String> option) {
        add(
                option,
                "1 to 200 visible characters",
                "`espalier-<model id>`",
                name -> name.matches("[!-~]{1,200}"));
    }

    private static void topic(ConfigOption<String> option) {
        topic(option, "");
    }

    private static void topic(ConfigOption<String> option, String whenAbsent) {
        add(
                option,
                "a Kafka topic: 1 to 249 of a-z A-Z 0-9 . _ -",
                whenAbsent,
                topic -> topic.matches("[a-zA-Z0-9._-]{1,249}") && !topic.matches("\\.{1,2}"));
    }

    private static void integer(ConfigOption<Integer> option, int min, int max) {
        integer(option, min, max, "");
    }

    private static void integer(ConfigOption<Integer> option, int min, int max, String whenAbsent) {
        String allowed =
                max == Integer.MAX_VALUE
                        ? "an integer of at least " + min
                        : "an integer from " + min + " to " + max;
        add(option, allowed, whenAbsent, value -> value >= min && value <= max);
    }

    private static void number(ConfigOption<Double> option, double min, double max) {
        String allowed = "a number from " + plain(min) + " to " + plain(max);
        add(option, allowed, "", value -> value >= min && value <= max);
    }

    private static String plain(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    private static void duration(ConfigOption<Duration> option, Duration min, String whenAbsent) {
        String allowed =
                min.isZero()
                        ? "a duration, like 10 s"
                        : "a duration of at least "
                                + (min.toMillis() < 1000
                                        ? min.toMillis() + " ms"
                                        : min.toSeconds() + " s")
                                + ", like 10 min";
        add(option, allowed, whenAbsent, value -> value.compareTo(min) >= 0);
    }

    private static <T> void add(
            ConfigOption<T> option, String allowed, String whenAbsent, Predicate<T> test) {
        RULES.put(option.key(), new OptionRule<>(option, allowed, whenAbsent, test));
    }

    /** Levenshtein's distance: inserted, removed and replaced characters from a to b. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
