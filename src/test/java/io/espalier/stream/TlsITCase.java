package io.espalier.stream;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import io.espalier.config.ConfigFile;
import io.espalier.config.EspalierConfig;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.testing.CapturedLog;
import io.espalier.testing.Certificates;
import io.espalier.testing.SyntheticScorer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.net.ssl.SSLException;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The job end to end with everything locked: Kafka over TLS with a password, a cluster with the
 * shipped security settings, whose parts know each other by certificate. Both passwords are
 * canaries, and are found nowhere.
 */
class TlsITCase {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int WINDOWS = 3;
    private static final int GOOD = 300;
    private static final int CORRUPTED = 12;

    @TempDir private Path directory;

    @Test
    void theJobRunsLockedAndShowsNoSecret() throws Exception {
        System.out.printf("TlsITCase: -Dseed=%d%n", SEED);
        List<Place> searched = new ArrayList<>();
        try (CapturedLog log = new CapturedLog();
                SecureFixture secure = SecureFixture.start(directory)) {
            KafkaFixture kafka = secure.kafka();
            kafka.createInput("samples");
            EspalierConfig config = secure.job("tls", "samples", options());
            KafkaPreflight.check(config);
            Feed feed = new Feed(kafka, "samples", new Traffic(SEED, WINDOWS, GOOD, CORRUPTED));
            try (RunningJob job =
                            RunningJob.start(
                                    config, synthetic(config), locked(secure.certificates()));
                    Published published = plain(config, kafka)) {
                feed.sendRest();
                Await.until("every window is decided", () -> published.reports().size() >= WINDOWS);
                Await.until("bad records are refused", () -> !published.deadLetters().isEmpty());
                assertThat(feed.expectedLetters()).containsAll(published.deadLetters());
                assertThat(published.models()).isNotEmpty();
                assertThat(job.failures()).isEmpty();

                onlyTheKnownAreAnswered(job, secure.certificates());
                searched.addAll(answers(job, secure.certificates()));
                searched.addAll(records(config, kafka));
                searched.add(new Place("job graph", bytes(job)));
            }
            searched.add(new Place("log of this JVM", log.text()));
            searched.add(new Place("log of the broker", read(kafka.broker().log())));
            for (Path file : files(config.publish().root())) {
                searched.add(new Place(file.toString(), read(file)));
            }
            for (Path file : files(Path.of(config.checkpoint().requireDirectory()))) {
                searched.add(new Place(file.toString(), read(file)));
            }
            // The twin: what is searched is what holds the references, and would hold secrets.
            assertThat(log.text()).contains("ssl.truststore.password = [hidden]", "tls.masks");
        }
        assertThat(searched).noneMatch(place -> place.holds(SecureFixture.canaries()));
        System.out.printf(
                "TlsITCase: %d windows over SASL_SSL; %d canaries searched in %d places, %d"
                        + " characters: found 0 times%n",
                WINDOWS,
                SecureFixture.canaries().size(),
                searched.size(),
                searched.stream().mapToLong(place -> place.text().length()).sum());
    }

    /** Something that is searched for canaries. */
    private record Place(String name, String text) {

        private boolean holds(List<String> canaries) {
            return canaries.stream().anyMatch(text::contains);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A request without a certificate ends in the handshake; its twin with one is answered. */
    private static void onlyTheKnownAreAnswered(RunningJob job, Certificates certificates)
            throws Exception {
        assertThat(job.rest()).hasScheme("https");
        assertThat(get(job.rest().resolve("/overview"), certificates, true).statusCode())
                .isEqualTo(200);
        assertThatThrownBy(() -> get(job.rest().resolve("/overview"), certificates, false))
                .isInstanceOf(SSLException.class);
        HttpResponse<String> clear =
                get(URI.create("http://" + job.rest().getAuthority()), certificates, false);
        assertThat(clear.statusCode()).isEqualTo(301);
        assertThat(clear.body()).isEmpty();
    }

    private static List<Place> answers(RunningJob job, Certificates certificates) throws Exception {
        List<Place> answers = new ArrayList<>();
        for (String path :
                List.of(
                        "/config",
                        "/overview",
                        "/jobmanager/config",
                        "/jobmanager/environment",
                        "/jobmanager/logs",
                        "/taskmanagers",
                        "/jobs/overview",
                        "/jobs/ID",
                        "/jobs/ID/config",
                        "/jobs/ID/plan",
                        "/jobs/ID/exceptions",
                        "/jobs/ID/checkpoints",
                        "/jobs/ID/checkpoints/config",
                        "/jobs/ID/accumulators")) {
            URI request = job.rest().resolve(path.replace("ID", job.id().toString()));
            HttpResponse<String> answer = get(request, certificates, true);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            answers.add(new Place(path, answer.body()));
        }
        return answers;
    }

    private static HttpResponse<String> get(URI request, Certificates certificates, boolean known)
            throws IOException, InterruptedException, GeneralSecurityException {
        return HttpClient.newBuilder()
                .sslContext(certificates.client(known))
                .build()
                .send(
                        HttpRequest.newBuilder(request).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static List<Place> records(EspalierConfig config, KafkaFixture kafka) {
        EspalierConfig.Topics topics = config.kafka().topics();
        List<Place> records = new ArrayList<>();
        for (String topic :
                List.of(topics.masks(), topics.models(), topics.drift(), topics.deadLetters())) {
            try (CommittedTopic committed =
                    new CommittedTopic(kafka.broker().bootstrapServers(), topic)) {
                StringBuilder text = new StringBuilder();
                for (ConsumerRecord<byte[], byte[]> record : committed.read()) {
                    text.append(new String(record.value(), ISO_8859_1));
                    record.headers()
                            .forEach(header -> text.append(new String(header.value(), ISO_8859_1)));
                }
                records.add(new Place("topic " + topic, text.toString()));
            }
        }
        return records;
    }

    private static String bytes(RunningJob job) throws IOException {
        return new String(InstantiationUtil.serializeObject(job.submitted()), ISO_8859_1);
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, ISO_8859_1);
    }

    private static Published plain(EspalierConfig config, KafkaFixture kafka) {
        return new Published(config, kafka.broker().bootstrapServers());
    }

    private static Map<String, String> options() {
        return Map.of(
                "espalier.window.max-out-of-orderness",
                Traffic.OUT_OF_ORDER_MILLIS + " ms",
                "espalier.window.min-samples",
                "8",
                "espalier.source.max-sample-size",
                Corruption.MAX_BYTES + " b",
                "espalier.seed",
                Long.toString(SEED));
    }

    /** The shipped cluster's settings of security and of the web, with the stores of this test. */
    private static Configuration locked(Certificates certificates) throws Exception {
        Configuration shipped = ConfigFile.load(Path.of("flink-conf", "config.yaml"), Map.of());
        Configuration settings = new Configuration();
        shipped.toMap()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith("security.") || key.startsWith("web.")) {
                                settings.setString(
                                        key,
                                        value.replace(
                                                "${ESPALIER_FLINK_STORE_PASSWORD}",
                                                SecureFixture.storePassword()));
                            }
                        });
        String key = certificates.goodKey().toString();
        String trust = certificates.trust().toString();
        settings.set(SecurityOptions.SSL_INTERNAL_KEYSTORE, key);
        settings.set(SecurityOptions.SSL_INTERNAL_TRUSTSTORE, trust);
        settings.set(SecurityOptions.SSL_REST_KEYSTORE, key);
        settings.set(SecurityOptions.SSL_REST_TRUSTSTORE, trust);
        assertThat(settings.get(SecurityOptions.SSL_INTERNAL_ENABLED)).isTrue();
        assertThat(settings.get(SecurityOptions.SSL_REST_ENABLED)).isTrue();
        assertThat(settings.get(SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED)).isTrue();
        return settings;
    }

    private static ScorerFactory synthetic(EspalierConfig config) {
        int rows = config.statistics().gradientRows();
        long seed = config.seed();
        return (model, loss) -> new SyntheticScorer(model.description().sublayers(), rows, seed);
    }
}
