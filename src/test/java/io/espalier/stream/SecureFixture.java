package io.espalier.stream;

import io.espalier.cluster.BrokerSecurity;
import io.espalier.config.EspalierConfig;
import io.espalier.testing.Certificates;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A broker that demands TLS and a password, the certificates of both sides, and jobs that know what
 * they need, or all but one thing.
 */
final class SecureFixture implements AutoCloseable {

    /** The listener with the valid certificate. */
    static final String VALID = "VALID";

    /** The listener whose certificate has expired. */
    static final String EXPIRED = "EXPIRED";

    /** What must be found nowhere; it reaches the job in a file. */
    static final String USER_PASSWORD = "canary-of-the-user-50923";

    /** Before the name of a client's setting. */
    static final String PROPERTIES = "espalier.kafka.properties.";

    private static final String STORE_VARIABLE = "ESPALIER_TEST_STORE_PASSWORD";

    private final Path secrets;
    private final Certificates certificates;
    private final KafkaFixture kafka;

    private SecureFixture(Path secrets, Certificates certificates, KafkaFixture kafka) {
        this.secrets = secrets;
        this.certificates = certificates;
        this.kafka = kafka;
    }

    /** Makes certificates and starts the broker in an empty directory. */
    static SecureFixture start(Path directory) throws Exception {
        Path secrets = Files.createDirectory(directory.resolve("secrets"));
        Certificates certificates = Certificates.make(secrets, storePassword());
        Files.writeString(secrets.resolve("kafka.properties"), "password=" + USER_PASSWORD + "\n");
        Files.writeString(secrets.resolve("wrong.properties"), "password=wrong\n");
        BrokerSecurity security =
                new BrokerSecurity(
                        Map.of(VALID, certificates.goodKey(), EXPIRED, certificates.expiredKey()),
                        storePassword(),
                        Map.of("job", USER_PASSWORD));
        return new SecureFixture(secrets, certificates, KafkaFixture.start(directory, security));
    }

    /** What else must be found nowhere; it reaches the job in a variable that the build sets. */
    static String storePassword() {
        return Objects.requireNonNull(
                System.getenv(STORE_VARIABLE), STORE_VARIABLE + " is not set; pom.xml has it");
    }

    /** The broker without its secrets. */
    KafkaFixture kafka() {
        return kafka;
    }

    /** Keys and trust of both sides. */
    Certificates certificates() {
        return certificates;
    }

    /** Where a listener is. */
    String servers(String listener) {
        return kafka.broker().bootstrapServers(listener);
    }

    /**
     * A job that reads and writes over TLS.
     *
     * @param changes to what a client needs, and other options; an empty value takes one away
     */
    EspalierConfig job(String job, String input, Map<String, String> changes) throws Exception {
        Map<String, String> options = new HashMap<>();
        options.put("espalier.kafka.bootstrap-servers", servers(VALID));
        options.put(PROPERTIES + "security.protocol", "SASL_SSL");
        options.put(PROPERTIES + "sasl.mechanism", "SCRAM-SHA-512");
        options.put(PROPERTIES + "sasl.jaas.config", login("kafka.properties"));
        options.put(PROPERTIES + "ssl.truststore.type", "PKCS12");
        options.put(PROPERTIES + "ssl.truststore.location", certificates.trust().toString());
        options.put(PROPERTIES + "ssl.truststore.password", "${env:" + STORE_VARIABLE + "}");
        options.putAll(changes);
        options.values().removeIf(String::isEmpty);
        return kafka.job(job, input, options);
    }

    /** The line of the login module, with the password in a file of the secrets. */
    String login(String file) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"job\""
                + " password=\"${file:"
                + secrets.resolve(file)
                + ":password}\";";
    }

    /** What must be found nowhere. */
    static List<String> canaries() {
        return List.of(USER_PASSWORD, storePassword());
    }

    @Override
    public void close() {
        kafka.close();
    }
}
