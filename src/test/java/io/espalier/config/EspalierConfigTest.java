package io.espalier.config;

import org.apache.flink.configuration.Configuration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Defaults, every key, and every refusal with its accepted twin. */
class EspalierConfigTest {

    /** Not allowed beside the window and profile that the test of every key configures. */
    private static final List<String> OF_OTHER_SETTINGS =
            List.of(
                    "espalier.window.samples",
                    "espalier.window.half-life",
                    "espalier.search.round-to");

    private static final Map<String, String> REQUIRED =
            Map.of(
                    "espalier.model.directory", "/models/bge-small",
                    "espalier.publish.root", "/store");

    @Test
    void defaults() {
        assertThat(read(Map.of()))
                .isEqualTo(
                        new EspalierConfig(
                                new EspalierConfig.Model(
                                        Path.of("/models/bge-small"), "bge-small", 128),
                                List.of("macs=0.5"),
                                null,
                                Profile.ESPALIER,
                                0,
                                Loss.LABEL_FREE,
                                new EspalierConfig.Window(
                                        WindowType.TUMBLING,
                                        Duration.ofHours(1),
                                        null,
                                        Duration.ofHours(1),
                                        null,
                                        64,
                                        Duration.ofSeconds(10),
                                        Duration.ZERO),
                                new Thresholds(null, 2, 2, 0.05, 0.1, 0.02, 0.05, 0.95, 200),
                                PromotionMode.SHADOW,
                                new EspalierConfig.Source(Optional.empty(), 1 << 20),
                                Duration.ofMinutes(10),
                                new EspalierConfig.DeadLetters(0.5, null),
                                new EspalierConfig.HeldOut(0.125, 1024),
                                new EspalierConfig.MicroBatch(64, 2048),
                                new EspalierConfig.Statistics(256),
                                new EspalierConfig.Tuning(TuningMode.PROJECTION, 0.01),
                                new EspalierConfig.Publish(
                                        Path.of("/store"),
                                        List.of(PublishFormat.values()),
                                        20,
                                        null),
                                new EspalierConfig.Kafka(
                                        null,
                                        "espalier-bge-small",
                                        new EspalierConfig.Topics(
                                                "espalier.calibration",
                                                "espalier.control",
                                                null,
                                                "espalier.masks",
                                                "espalier.models",
                                                "espalier.drift",
                                                "espalier.dead-letters"),
                                        "espalier-bge-small",
                                        Duration.ofMinutes(10),
                                        Set.of(),
                                        Map.of()),
                                new EspalierConfig.Checkpoint(Duration.ofMinutes(1), null),
                                2,
                                17));
    }

    @Test
    void windowsAreSizedInTimeOrInSamplesOrForget() {
        EspalierConfig.Window samples = read(Map.of("espalier.window.samples", "4096")).window();
        assertThat(samples.samples()).isEqualTo(4096);
        assertThat(samples.slide()).isEqualTo(Duration.ofMinutes(1));
        EspalierConfig.Window running =
                read(Map.of("espalier.window.type", "running", "espalier.window.half-life", "6 h"))
                        .window();
        assertThat(running.halfLife()).isEqualTo(Duration.ofHours(6));
        assertThat(running.slide()).isEqualTo(Duration.ofMinutes(90));
        EspalierConfig.Window sliding = read(Map.of("espalier.window.type", "sliding")).window();
        assertThat(sliding.slide()).isEqualTo(Duration.ofMinutes(15));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "running | espalier.window.size = 1 h | espalier.window.size = '1 h' is not allowed;"
                        + " allowed: no value, since espalier.window.type = 'running'",
                "tumbling | espalier.window.half-life = 1 h | espalier.window.half-life = '1 h' is"
                        + " not allowed; allowed: no value, since espalier.window.type = 'tumbling'",
                "tumbling | espalier.window.slide = 1 h | espalier.window.slide = '1 h' is not"
                        + " allowed; allowed: no value, since tumbling windows of a duration slide"
                        + " by their size",
                "sliding | espalier.window.slide = 7 min | espalier.window.slide = '420000 ms' is"
                        + " not allowed; allowed: a divisor of espalier.window.size = 3600000 ms"
            })
    void contradictoryWindowsAreRefused(String type, String setting, String message) {
        String[] pair = setting.split(" = ", 2);
        Map<String, String> options = new TreeMap<>(Map.of("espalier.window.type", type));
        if (type.equals("running")) {
            options.put("espalier.window.half-life", "1 h");
        }
        read(options);
        options.put(pair[0], pair[1]);
        assertThatThrownBy(() -> read(options))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void widthsAreRoundedByTheProfileThatSearchesCurves() {
        Map<String, String> options = new TreeMap<>(Map.of("espalier.search.round-to", "32"));
        assertThat(read(options).roundTo()).isEqualTo(32);
        options.put("espalier.profile", "robust-diagonal");
        assertThatThrownBy(() -> read(options))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "espalier.search.round-to = '32' is not allowed; allowed: 0, since"
                                + " espalier.profile = 'robust-diagonal'");
    }

    @Test
    void runningWindowsNeedAHalfLife() {
        assertThatThrownBy(() -> read(Map.of("espalier.window.type", "running")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "espalier.window.type = 'running' needs espalier.window.half-life, which"
                                + " is not set");
    }

    @Test
    void everyKey() {
        Map<String, String> all = new TreeMap<>();
        all.put("espalier.model.directory", "models/Encoder");
        all.put("espalier.model.id", "encoder");
        all.put("espalier.model.max-length", "256");
        all.put("espalier.budgets", "macs=0.7, latency=0.3");
        all.put("espalier.latency-table", "latency.json");
        all.put("espalier.window.type", "sliding");
        all.put("espalier.window.size", "30 min");
        all.put("espalier.window.slide", "10 min");
        all.put("espalier.window.allowed-lateness", "2 min");
        all.put("espalier.labels.max-delay", "20 min");
        all.put("espalier.dead-letters.max-share", "0.25");
        all.put("espalier.dead-letters.crumbs", "/shared/crumbs");
        all.put("espalier.trigger.period", "2 h");
        all.put("espalier.trigger.drift-windows", "3");
        all.put("espalier.trigger.cool-down", "5");
        all.put("espalier.promotion.mode", "promote");
        all.put("espalier.promotion.margin", "0.01");
        all.put("espalier.promotion.tolerance", "0.03");
        all.put("espalier.promotion.confidence", "0.99");
        all.put("espalier.promotion.min-samples", "500");
        all.put("espalier.retune.margin", "0.25");
        all.put("espalier.kafka.topic.control", "o");
        all.put("espalier.kafka.topic.labels", "y");
        all.put("espalier.window.min-samples", "500");
        all.put("espalier.window.max-out-of-orderness", "0 s");
        all.put("espalier.source.idle-timeout", "1 min");
        all.put("espalier.source.max-sample-size", "64 kb");
        all.put("espalier.held-out.share", "0");
        all.put("espalier.held-out.max-samples", "2048");
        all.put("espalier.micro-batch.samples", "32");
        all.put("espalier.micro-batch.tokens", "4096");
        all.put("espalier.statistics.gradient-rows", "128");
        all.put("espalier.profile", "robust-diagonal");
        all.put("espalier.loss", "supervised");
        all.put("espalier.remask.margin", "0.5");
        all.put("espalier.tuning.mode", "mask-values");
        all.put("espalier.tuning.ridge", "0.1");
        all.put("espalier.publish.root", "store");
        all.put("espalier.publish.formats", "slim, onnx");
        all.put("espalier.publish.retain.versions", "5");
        all.put("espalier.publish.retain.bytes", "2 gb");
        all.put("espalier.kafka.bootstrap-servers", "a.example:9092,[::1]:9093");
        all.put("espalier.kafka.group-id", "group");
        all.put("espalier.kafka.topic.calibration", "c");
        all.put("espalier.kafka.topic.masks", "k");
        all.put("espalier.kafka.topic.models", "m");
        all.put("espalier.kafka.topic.drift", "d");
        all.put("espalier.kafka.topic.dead-letters", "l");
        all.put("espalier.kafka.transactional-id-prefix", "prefix");
        all.put("espalier.kafka.transaction-timeout", "15 min");
        all.put("espalier.kafka.accept-lost-transactions", "4001/0, 4002/17");
        all.put("espalier.kafka.properties.security.protocol", "SSL");
        all.put("espalier.checkpoint.interval", "10 s");
        all.put("espalier.checkpoint.directory", "file:///checkpoints");
        all.put("espalier.parallelism", "4");
        all.put("espalier.seed", "-18");
        assertThat(all.keySet())
                .extracting(key -> key.replaceFirst("^(espalier.kafka.properties)[.].*", "$1"))
                .containsExactlyInAnyOrderElementsOf(
                        OptionRules.all().stream()
                                .map(rule -> rule.option().key())
                                .filter(key -> !OF_OTHER_SETTINGS.contains(key))
                                .toList());

        assertThat(read(all))
                .isEqualTo(
                        new EspalierConfig(
                                new EspalierConfig.Model(Path.of("models/Encoder"), "encoder", 256),
                                List.of("macs=0.7", "latency=0.3"),
                                Path.of("latency.json"),
                                Profile.ROBUST_DIAGONAL,
                                0,
                                Loss.SUPERVISED,
                                new EspalierConfig.Window(
                                        WindowType.SLIDING,
                                        Duration.ofMinutes(30),
                                        null,
                                        Duration.ofMinutes(10),
                                        null,
                                        500,
                                        Duration.ZERO,
                                        Duration.ofMinutes(2)),
                                new Thresholds(
                                        Duration.ofHours(2),
                                        3,
                                        5,
                                        0.25,
                                        0.5,
                                        0.01,
                                        0.03,
                                        0.99,
                                        500),
                                PromotionMode.PROMOTE,
                                new EspalierConfig.Source(
                                        Optional.of(Duration.ofMinutes(1)), 64 << 10),
                                Duration.ofMinutes(20),
                                new EspalierConfig.DeadLetters(0.25, "/shared/crumbs"),
                                new EspalierConfig.HeldOut(0, 2048),
                                new EspalierConfig.MicroBatch(32, 4096),
                                new EspalierConfig.Statistics(128),
                                new EspalierConfig.Tuning(TuningMode.MASK_VALUES, 0.1),
                                new EspalierConfig.Publish(
                                        Path.of("store"),
                                        List.of(PublishFormat.SLIM, PublishFormat.ONNX),
                                        5,
                                        2L << 30),
                                new EspalierConfig.Kafka(
                                        "a.example:9092,[::1]:9093",
                                        "group",
                                        new EspalierConfig.Topics(
                                                "c", "o", "y", "k", "m", "d", "l"),
                                        "prefix",
                                        Duration.ofMinutes(15),
                                        Set.of("4001/0", "4002/17"),
                                        Map.of("security.protocol", "SSL")),
                                new EspalierConfig.Checkpoint(
                                        Duration.ofSeconds(10), URI.create("file:///checkpoints")),
                                4,
                                -18));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model.directory | d/bge | ' '",
                "model.id | a.b-c_1 | A",
                "model.id | a.b | a..b",
                "model.max-length | 4 | 3",
                "model.max-length | 2048 | 8193",
                "budgets | macs=0.5;macs=0.3 | macs=0.5;macs=0.5",
                "budgets | macs=0.5 | ''",
                "budgets | macs=0.5,macs=0.3 | macs=0.5,",
                "window.size | 1 s | 999 ms",
                "window.size | 1 h | soon",
                "window.min-samples | 1 | 0",
                "window.max-out-of-orderness | 0 s | -1 s",
                "source.idle-timeout | 1 s | 0 s",
                "source.max-sample-size | 8 mb | 9 mb",
                "held-out.share | 0.9 | 0.91",
                "held-out.share | 0 | NaN",
                "held-out.max-samples | 1 | 0",
                "micro-batch.samples | 1 | 0",
                "micro-batch.tokens | 128 | 127",
                "statistics.gradient-rows | 0 | -1",
                "search.round-to | 4096 | 4097",
                "search.round-to | 0 | -1",
                "tuning.ridge | 0.000001 | 0",
                "publish.root | . | ''",
                "publish.formats | slim,djl | onnx",
                "publish.formats | slim | slim,tensorrt",
                "publish.formats | slim | slim,slim",
                "publish.retain.versions | 0 | -1",
                "publish.retain.bytes | 1 mb | 1 kb",
                "kafka.bootstrap-servers | a:1,b:2 | a:1,b",
                "kafka.bootstrap-servers | a:1 | http://a:1",
                "kafka.group-id | g | 'g h'",
                "kafka.topic.masks | a.b_c-D | a/b",
                "kafka.topic.masks | ... | ..",
                "kafka.topic.masks | masks | espalier.drift",
                "kafka.transactional-id-prefix | p | ''",
                "kafka.transaction-timeout | 60001 ms | 60000 ms",
                "kafka.accept-lost-transactions | 4001/0;4002/1 | 4001/0;job-masks-0-17",
                "checkpoint.interval | 9 min | 10 min",
                "checkpoint.interval | 10 ms | 9 ms",
                "checkpoint.directory | file:///c | /c",
                "parallelism | 128 | 129",
                "seed | 9223372036854775807 | 9223372036854775808"
            })
    void aValueOutOfRangeIsRefusedInOneLine(String key, String good, String bad) {
        read(Map.of("espalier." + key, good));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Map.of("espalier." + key, bad)))
                .satisfies(
                        refusal ->
                                assertThat(refusal.getMessage())
                                        .contains("espalier.", "allowed: ")
                                        .doesNotContain("\n"));
    }

    @Test
    void aRefusalNamesKeyValueAndWhatIsAllowed() {
        assertRefused(
                Map.of("espalier.held-out.share", "1.2"),
                "espalier.held-out.share = '1.2' is not allowed; allowed: a number from 0 to 0.9");
    }

    @Test
    void anUnknownKeyIsRefusedWithTheNearestOne() {
        assertRefused(
                Map.of("espalier.kafka.boostrap.servers", "localhost:9092"),
                "espalier.kafka.boostrap.servers = 'localhost:9092' is no option; the nearest is"
                        + " espalier.kafka.bootstrap-servers, all stand in docs/configuration.md");
    }

    @Test
    void keysOfFlinkAreLeftAlone() {
        assertThat(read(Map.of("taskmanager.numberOfTaskSlots", "2"))).isEqualTo(read(Map.of()));
    }

    @Test
    void contradictionsNameBothSides() {
        assertRefused(
                Map.of("espalier.micro-batch.tokens", "100"),
                "espalier.micro-batch.tokens = '100' is not allowed; allowed: at least"
                        + " espalier.model.max-length = 128");
        assertRefused(
                Map.of("espalier.budgets", "macs=0.5,latency=0.5"),
                "espalier.budgets = 'macs=0.5,latency=0.5' counts latency, but"
                        + " espalier.latency-table is not set; 'espalier bench latency' measures"
                        + " one");
        assertRefused(
                Map.of("espalier.latency-table", "t.json"),
                "espalier.latency-table = 't.json' is not allowed; allowed: no value, since"
                        + " espalier.budgets = 'macs=0.5' counts no latency");
        assertRefused(
                Map.of("espalier.checkpoint.interval", "20 min"),
                "espalier.kafka.transaction-timeout = '600000 ms' is not allowed; allowed: more"
                        + " than espalier.checkpoint.interval = 1200000 ms");
        assertRefused(
                Map.of("espalier.kafka.topic.dead-letters", "espalier.calibration"),
                "espalier.kafka.topic.dead-letters = 'espalier.calibration' is not allowed;"
                        + " allowed: another topic than espalier.kafka.topic.calibration");
    }

    @Test
    void aMissingRequiredKeyIsNamed() {
        Configuration empty = new Configuration();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> EspalierConfig.from(empty))
                .withMessage("espalier.model.directory is not set; allowed: a path");
    }

    @Test
    void whatOnlyTheKafkaJobNeedsIsAskedForWhenItIsNeeded() {
        EspalierConfig config = read(Map.of());
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> config.kafka().requireBootstrapServers())
                .withMessageStartingWith("espalier.kafka.bootstrap-servers is not set");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> config.checkpoint().requireDirectory())
                .withMessageStartingWith("espalier.checkpoint.directory is not set");

        EspalierConfig complete =
                read(
                        Map.of(
                                "espalier.kafka.bootstrap-servers", "localhost:9092",
                                "espalier.checkpoint.directory", "s3://bucket/c"));
        assertThat(complete.kafka().requireBootstrapServers()).isEqualTo("localhost:9092");
        assertThat(complete.checkpoint().requireDirectory()).hasToString("s3://bucket/c");
    }

    @Test
    void aDirectoryWhoseNameIsNoIdAsksForOne() {
        assertThat(read(Map.of("espalier.model.directory", "x/my-model/.")).model().id())
                .isEqualTo("my-model");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Map.of("espalier.model.directory", "x/My Model")))
                .withMessageStartingWith("espalier.model.id = 'My Model' is not allowed")
                .withMessageEndingWith("set it, the name of x/My Model cannot serve");
    }

    private static void assertRefused(Map<String, String> values, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(values))
                .withMessage(message);
    }

    private static EspalierConfig read(Map<String, String> values) {
        Configuration configuration = new Configuration();
        REQUIRED.forEach(configuration::setString);
        values.forEach(configuration::setString);
        return EspalierConfig.from(configuration);
    }
}
