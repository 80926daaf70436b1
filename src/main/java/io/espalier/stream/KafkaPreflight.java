package io.espalier.stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What has to be right at the broker before a job is started, so that the operator reads one line
 * now and not a restart loop later.
 */
public final class KafkaPreflight {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CONNECT_MILLIS = 3000;
    private static final String TRANSACTION_VERSION = "transaction.version";
    private static final int MIN_TRANSACTION_VERSION = 2;
    private static final String TRANSACTION_LIMIT = "transaction.max.timeout.ms";

    private KafkaPreflight() {}

    /**
     * Checks that secrets are found, that a broker answers, that the topics are there, and that its
     * transactions are those the job relies on: their protocol and their longest timeout.
     *
     * @throws IOException naming the option, what was found, and the remedy
     */
    public static void check(EspalierConfig config) throws IOException, InterruptedException {
        ask(
                config,
                admin -> {
                    Map<String, Integer> sizes =
                            sizes(admin, config, config.kafka().topics().all());
                    tasks(sizes, config);
                    transactions(admin, config);
                    return sizes;
                });
    }

    /**
     * How many partitions a topic has; does not create it, whatever the broker allows.
     *
     * @throws IOException if no broker answers or the topic is not there, with the remedy
     */
    public static int partitions(EspalierConfig config, String topic)
            throws IOException, InterruptedException {
        Map<String, Integer> sizes = ask(config, admin -> sizes(admin, config, List.of(topic)));
        return Objects.requireNonNull(sizes.get(topic));
    }

    /** Something to find out from the broker. */
    @FunctionalInterface
    private interface Question {

        /** Asks, and says how many partitions the topics have that were asked for. */
        Map<String, Integer> put(Admin admin)
                throws IOException, InterruptedException, ExecutionException, TimeoutException;
    }

    private static Map<String, Integer> ask(EspalierConfig config, Question question)
            throws IOException, InterruptedException {
        String servers = config.kafka().requireBootstrapServers();
        KafkaClientSettings.requireResolved(config);
        knock(servers);
        Properties settings = KafkaClientSettings.of(config);
        settings.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5000);
        settings.put(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Math.toIntExact(PATIENCE.toMillis()));
        try (Admin admin = Admin.create(settings)) {
            return question.put(admin);
        } catch (TimeoutException e) {
            throw new IOException(mute(servers, config), e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            boolean late = cause instanceof org.apache.kafka.common.errors.TimeoutException;
            throw new IOException(
                    late ? mute(servers, config) : servers + ": " + causes(cause), cause);
        } catch (KafkaException e) {
            throw new IOException(servers + ": " + causes(e), e);
        }
    }

    /** Why, down to the first cause; a client's own message stops at "handshake failed". */
    private static String causes(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = t.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
        }
        return text.isEmpty() ? failure.toString() : text.toString().strip();
    }

    /** A listener that wants TLS hangs up on a client without, or waits for it. */
    private static String mute(String servers, EspalierConfig config) {
        String protocol =
                config.kafka()
                        .properties()
                        .getOrDefault(
                                AdminClientConfig.SECURITY_PROTOCOL_CONFIG,
                                AdminClientConfig.DEFAULT_SECURITY_PROTOCOL);
        return servers
                + " accepts connections but answers no client with security.protocol "
                + protocol
                + " within "
                + PATIENCE.toSeconds()
                + " s; set "
                + EspalierOptions.KAFKA_PROPERTIES.key()
                + ".security.protocol to what that listener speaks";
    }

    /**
     * Proves that one of the brokers accepts connections; tells a refused one at once, without a
     * client's retries.
     *
     * @throws IOException if none does
     */
    public static void knock(String servers) throws IOException {
        @Nullable IOException refused = null;
        for (String server : servers.split(",", -1)) {
            int colon = server.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                int port = Integer.parseInt(server.substring(colon + 1).strip());
                String host = server.substring(0, Math.max(0, colon)).strip();
                socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
                return;
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        EspalierOptions.KAFKA_BOOTSTRAP_SERVERS.key()
                                + ": '"
                                + server
                                + "' is not HOST:PORT",
                        e);
            } catch (IOException e) {
                refused = e;
            }
        }
        throw new IOException(silent(servers), refused);
    }

    private static String silent(String servers) {
        return "no Kafka broker answers at "
                + servers
                + "; start it, or correct "
                + EspalierOptions.KAFKA_BOOTSTRAP_SERVERS.key();
    }

    private static Map<String, Integer> sizes(
            Admin admin, EspalierConfig config, List<String> topics)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        for (var described : admin.describeTopics(topics).topicNameValues().entrySet()) {
            String name = described.getKey();
            try {
                int partitions =
                        described
                                .getValue()
                                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                                .partitions()
                                .size();
                sizes.put(name, partitions);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    throw new IOException(
                            "topic '"
                                    + name
                                    + "' is not at "
                                    + config.kafka().requireBootstrapServers()
                                    + "; create it, or correct its espalier.kafka.topic option",
                            e);
                }
                throw e;
            }
        }
        return sizes;
    }

    private static void tasks(Map<String, Integer> sizes, EspalierConfig config)
            throws IOException {
        EspalierConfig.Topics topics = config.kafka().topics();
        for (Map.Entry<String, Integer> topic : sizes.entrySet()) {
            String name = topic.getKey();
            if (name.equals(topics.calibration()) || name.equals(topics.labels())) {
                tasks(name, topic.getValue(), config);
            }
        }
    }

    private static void tasks(String topic, int partitions, EspalierConfig config)
            throws IOException {
        int tasks = config.parallelism();
        if (tasks > partitions && config.source().idleTimeout().isEmpty()) {
            throw new IOException(
                    EspalierOptions.PARALLELISM.key()
                            + " is "
                            + tasks
                            + ", topic '"
                            + topic
                            + "' has "
                            + partitions
                            + " partitions: a task without one would hold back the event time of"
                            + " all, and no window would end; lower the one, raise the other, or"
                            + " set "
                            + EspalierOptions.SOURCE_IDLE_TIMEOUT.key());
        }
    }

    private static void transactions(Admin admin, EspalierConfig config)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Map<String, FinalizedVersionRange> features =
                admin.describeFeatures()
                        .featureMetadata()
                        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .finalizedFeatures();
        FinalizedVersionRange version = features.get(TRANSACTION_VERSION);
        int level = version == null ? 0 : version.maxVersionLevel();
        if (level < MIN_TRANSACTION_VERSION) {
            throw new IOException(
                    TRANSACTION_VERSION
                            + " of the broker is "
                            + level
                            + ", the job needs at least "
                            + MIN_TRANSACTION_VERSION
                            + ": before it a late message of an ended transaction could enter the"
                            + " next one (KIP-890), and records would be lost or torn; raise it with"
                            + " 'kafka-features.sh upgrade --feature "
                            + TRANSACTION_VERSION
                            + "="
                            + MIN_TRANSACTION_VERSION
                            + "'");
        }
        String id =
                admin.describeCluster()
                        .controller()
                        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .idString();
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, id);
        Config settings =
                admin.describeConfigs(List.of(broker))
                        .all()
                        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .get(broker);
        if (settings == null || settings.get(TRANSACTION_LIMIT) == null) {
            return; // A broker that does not tell is asked when the first transaction opens.
        }
        long limit = Long.parseLong(settings.get(TRANSACTION_LIMIT).value());
        long asked = config.kafka().transactionTimeout().toMillis();
        if (asked > limit) {
            throw new IOException(
                    EspalierOptions.KAFKA_TRANSACTION_TIMEOUT.key()
                            + " is "
                            + asked
                            + " ms, the broker's "
                            + TRANSACTION_LIMIT
                            + " is "
                            + limit
                            + " ms; lower the one or raise the other");
        }
    }
}
