package io.espalier.config;

import org.apache.flink.configuration.Configuration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What may be set for Kafka's clients; each refusal has a twin that is accepted. */
class KafkaPropertiesTest {

    private static final String CANARY = "hunter2-canary";
    private static final String LOGIN =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"job\" ";

    @Test
    void settingsKeepTheirKafkaNames() {
        Map<String, String> settings =
                Map.of(
                        "security.protocol", "SASL_SSL",
                        "sasl.mechanism", "SCRAM-SHA-512",
                        "ssl.truststore.location", "/secrets/trust.p12",
                        "ssl.truststore.password", "${file:/secrets/kafka.properties:trust}",
                        "sasl.jaas.config", "${env:KAFKA_LOGIN}");
        assertThat(read(settings)).isEqualTo(settings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ssl.keystore.password | ${file:/s/k.properties:a} | hunter2-canary",
                "ssl.key.password | ${env:KEY} | ${vault:/s:a}hunter2-canary",
                "ssl.truststore.password | ${env:KEY} | ${env:KEY}hunter2-canary",
                "ssl.truststore.password | ${env:KEY} | ''",
                "ssl.keystore.key | ${file:/s/k:key} | -----BEGIN hunter2-canary",
                "sasl.oauthbearer.client.credentials.client.secret | ${env:S} | hunter2-canary",
                "sasl.oauthbearer.assertion.private.key.passphrase | ${env:S} | hunter2-canary",
            })
    void aSecretIsAReferenceOrRefused(String name, String good, String bad) {
        assertThat(read(Map.of(name, good))).containsEntry(name, good);
        assertRefused(
                name,
                bad,
                "holds a secret in clear; write ${file:/path:key} for the line key=... of a file,"
                        + " or ${env:NAME}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "password=\"${file:/s/k:p}\"; | password=\"hunter2-canary\";",
                "password=${env:P}; | password=hunter2-canary;",
                "password = '${env:P}'; | password = 'hunter2-canary';",
                "PASSWORD=\"${env:P}\"; | PASSWORD=\"hunter2-canary${env:P}\";",
                "clientSecret=\"${env:P}\"; | clientSecret=\"hunter2-canary\";",
                "keyPass=\"${env:P}\"; | keyPass=\"hunter2-canary\";",
                "tokenauth=true; | password=\"${env:P}\" password=\"hunter2-canary\";",
            })
    void aLoginLineNamesItsPasswordByReference(String good, String bad) {
        assertThat(read(Map.of("sasl.jaas.config", LOGIN + good)))
                .containsEntry("sasl.jaas.config", LOGIN + good);
        assertRefused("sasl.jaas.config", LOGIN + bad, "holds a secret in clear");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bootstrap.servers | set espalier.kafka.bootstrap-servers",
                "group.id | set espalier.kafka.group-id",
                "transactional.id | set espalier.kafka.transactional-id-prefix",
                "transaction.timeout.ms | set espalier.kafka.transaction-timeout",
                "isolation.level | read_committed",
                "enable.auto.commit | checkpoint",
                "acks | exactly-once",
                "enable.idempotence | exactly-once",
                "value.deserializer | formats",
                "key.serializer | formats",
                "config.providers | 'file' and 'env'",
                "config.providers.vault.class | 'file' and 'env'"
            })
    void whatTheJobDecidesIsRefusedWithWhereItIsDecided(String name, String where) {
        assertRefused(name, CANARY, where);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.1", "TLSv1", "SSLv3", "'TLSv1.3,TLSv1.1'", "TLS"})
    void protocolsOlderThanTls12AreRefused(String protocols) {
        String name = "ssl.enabled.protocols";
        assertThat(read(Map.of(name, "TLSv1.3,TLSv1.2"))).hasSize(1);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Map.of(name, protocols)))
                .withMessage(
                        "espalier.kafka.properties.ssl.enabled.protocols = '"
                                + protocols
                                + "' is not allowed; allowed: TLSv1.2, TLSv1.3");
    }

    @Test
    void thePrefixAloneIsRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(
                        () ->
                                EspalierConfig.from(
                                        configuration(
                                                Map.of(
                                                        "espalier.kafka.properties",
                                                        "ssl.key.password:" + CANARY))))
                .withMessage(
                        "espalier.kafka.properties is a prefix; set one key for each setting, like"
                                + " espalier.kafka.properties.security.protocol");
    }

    @Test
    void aSecretUnderAMisspeltKeyIsNotRepeated() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(
                        () ->
                                EspalierConfig.from(
                                        configuration(
                                                Map.of(
                                                        "espalier.kafka.property.ssl.key.password",
                                                        CANARY))))
                .withMessageStartingWith(
                        "espalier.kafka.property.ssl.key.password is no option; the nearest is")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain(CANARY));
    }

    @Test
    void aSecretThatIsSetTwiceIsNotRepeated(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("job.yaml");
        String key = "espalier.kafka.properties.ssl.key.password";
        Files.writeString(
                file, key + ": a\nespalier:\n  kafka.properties.ssl.key.password: " + CANARY);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigFile.load(file, Map.of()))
                .withMessage(file + ": " + key + " is set twice");
    }

    private static void assertRefused(String name, String value, String why) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Map.of(name, value)))
                .satisfies(
                        refusal ->
                                assertThat(refusal.getMessage())
                                        .startsWith("espalier.kafka.properties." + name + " ")
                                        .contains(why)
                                        .doesNotContain(CANARY, "\n"));
    }

    private static Map<String, String> read(Map<String, String> settings) {
        Configuration configuration = configuration(Map.of());
        settings.forEach(
                (name, v) -> configuration.setString("espalier.kafka.properties." + name, v));
        return EspalierConfig.from(configuration).kafka().properties();
    }

    private static Configuration configuration(Map<String, String> values) {
        Configuration configuration = new Configuration();
        configuration.setString("espalier.model.directory", "/models/bge-small");
        configuration.setString("espalier.publish.root", "/store");
        values.forEach(configuration::setString);
        return configuration;
    }
}
