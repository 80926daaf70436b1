package io.espalier.stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;

import io.espalier.config.ConfigException;
import io.espalier.config.EspalierConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A client that lacks one thing is refused in one line before the job starts; the twin that lacks
 * nothing passes.
 */
class KafkaRefusalITCase {

    @TempDir private static Path directory;
    private static SecureFixture secure;
    private static int jobs;

    @BeforeAll
    static void start() throws Exception {
        secure = SecureFixture.start(directory);
        secure.kafka().createInput("samples");
    }

    @AfterAll
    static void stop() {
        secure.close();
    }

    @Test
    void whoLacksNothingPasses() throws Exception {
        KafkaPreflight.check(job(Map.of()));
    }

    @Test
    void aClientInPlaintext() throws Exception {
        assertRefused(
                Map.of("security.protocol", "PLAINTEXT"),
                "127.0.0.1:",
                " accepts connections but answers no client with security.protocol PLAINTEXT",
                "set espalier.kafka.properties.security.protocol");
    }

    @Test
    void anUnknownAuthority() throws Exception {
        assertRefused(
                Map.of("ssl.truststore.location", stranger()),
                "SSL handshake failed",
                "unable to find valid certification path");
    }

    @Test
    void anExpiredCertificate() throws Exception {
        Map<String, String> options =
                Map.of("espalier.kafka.bootstrap-servers", secure.servers(SecureFixture.EXPIRED));
        assertRefusal(
                secure.job("job" + jobs++, "samples", options), "SSL handshake failed", "NotAfter");
    }

    @Test
    void aWrongPassword() throws Exception {
        assertRefused(
                Map.of("sasl.jaas.config", secure.login("wrong.properties")),
                "invalid credentials",
                "SCRAM-SHA-512");
    }

    @Test
    void aSecretThatIsNotThere() throws Exception {
        assertRefused(
                Map.of("sasl.jaas.config", secure.login("absent.properties")),
                "espalier.kafka.properties.sasl.jaas.config refers to ${file:",
                "absent.properties");
        assertRefused(
                Map.of("ssl.truststore.password", "${env:ESPALIER_TEST_ABSENT}"),
                "espalier.kafka.properties.ssl.truststore.password refers to"
                        + " ${env:ESPALIER_TEST_ABSENT}; there is no such key or variable");
    }

    @Test
    void aStoreThatAnotherPasswordOpens() throws Exception {
        assertRefused(
                Map.of("ssl.truststore.password", "${env:PATH}"),
                "keystore password was incorrect");
    }

    @Test
    void aMisspeltSetting() throws Exception {
        EspalierConfig config = job(Map.of("security.protocl", "SASL_SSL"));
        assertThatThrownBy(() -> KafkaEnds.source(config, "samples"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "espalier.kafka.properties.security.protocl is no setting of Kafka's"
                                + " clients");
    }

    /** The job's own settings refuse to ask for it; the broker refuses whoever asks. */
    @Test
    void tls11() throws Exception {
        assertThatThrownBy(() -> job(Map.of("ssl.enabled.protocols", "TLSv1.1")))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("is not allowed; allowed: TLSv1.2, TLSv1.3");
        String servers = secure.servers(SecureFixture.VALID);
        int port = Integer.parseInt(servers.substring(servers.lastIndexOf(':') + 1));
        try (Socket old = new Socket(InetAddress.getLoopbackAddress(), port);
                Socket current = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(TlsHello.answer(old, TlsHello.TLS_1_1))
                    .isEqualTo(TlsHello.Answer.PROTOCOL_VERSION_REFUSED);
            assertThat(TlsHello.answer(current, TlsHello.TLS_1_2))
                    .isEqualTo(TlsHello.Answer.SERVER_HELLO);
        }
    }

    @Test
    void aBrokerWithTheOldTransactionProtocol() throws Exception {
        EspalierConfig config = job(Map.of());
        try (Admin admin =
                Admin.create(
                        Map.of("bootstrap.servers", secure.kafka().broker().bootstrapServers()))) {
            transactionVersion(admin, 1, UpgradeType.SAFE_DOWNGRADE);
            assertRefusal(
                    config,
                    "transaction.version of the broker is 1, the job needs at least 2",
                    "KIP-890",
                    "kafka-features.sh upgrade --feature transaction.version=2");
            transactionVersion(admin, 2, UpgradeType.UPGRADE);
        }
        KafkaPreflight.check(config);
    }

    @Test
    void topicsThatAreMissingAllAtOnce() throws Exception {
        EspalierConfig config = job(Map.of());
        KafkaPreflight.requireTopics(config, List.of("samples"));
        assertThatThrownBy(
                        () ->
                                KafkaPreflight.requireTopics(
                                        config, List.of("absent-1", "samples", "absent-2")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("topics 'absent-1', 'absent-2' are not at 127.0.0.1:")
                .hasMessageContaining("'espalier cluster topics --config FILE'");
    }

    @Test
    void moreTasksThanPartitions() throws Exception {
        secure.kafka().createInput("three", 3);
        Map<String, String> three = Map.of("espalier.parallelism", "3");
        KafkaPreflight.check(secure.job("enough", "three", three));
        assertRefusal(
                secure.job("tooMany", "samples", three),
                "espalier.parallelism is 3, topic 'samples' has 2 partitions",
                "espalier.source.idle-timeout");
    }

    @Test
    void moreTasksThanPartitionsOfLabels() throws Exception {
        secure.kafka().createInput("labels-of-two", 2);
        secure.kafka().createInput("labels-of-one", 1);
        String labels = "espalier.kafka.topic.labels";
        KafkaPreflight.check(secure.job("labelled", "samples", Map.of(labels, "labels-of-two")));
        assertRefusal(
                secure.job("unlabelled", "samples", Map.of(labels, "labels-of-one")),
                "espalier.parallelism is 2, topic 'labels-of-one' has 1 partitions",
                "espalier.source.idle-timeout");
    }

    private static void transactionVersion(Admin admin, int level, UpgradeType type)
            throws Exception {
        admin.updateFeatures(
                        Map.of("transaction.version", new FeatureUpdate((short) level, type)),
                        new UpdateFeaturesOptions())
                .all()
                .get();
    }

    private static String stranger() throws Exception {
        return secure.certificates().strangersTrust().toString();
    }

    private static EspalierConfig job(Map<String, String> settings) throws Exception {
        Map<String, String> options = new HashMap<>();
        settings.forEach((name, value) -> options.put(SecureFixture.PROPERTIES + name, value));
        return secure.job("job" + jobs++, "samples", options);
    }

    private static void assertRefused(Map<String, String> settings, String... parts)
            throws Exception {
        assertRefusal(job(settings), parts);
    }

    private static void assertRefusal(EspalierConfig config, String... parts) {
        assertThatThrownBy(() -> KafkaPreflight.check(config))
                .isInstanceOfAny(IOException.class, ConfigException.class)
                .satisfies(
                        refusal -> {
                            String line = Objects.requireNonNull(refusal.getMessage());
                            System.out.println("KafkaRefusalITCase: " + line);
                            assertThat(line)
                                    .contains(parts)
                                    .doesNotContain("\n")
                                    .doesNotContain(SecureFixture.canaries());
                        });
    }
}
