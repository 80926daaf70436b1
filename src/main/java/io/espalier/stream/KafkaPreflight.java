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
import java.util.ArrayList;
import java.util.HashMap;
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

    /** What is asked of a broker. */
    @FunctionalInterface
    private interface Question {

        void ask(Admin admin)
                throws IOException, InterruptedException, ExecutionException, TimeoutException;
    }

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
                    topics(admin, config);
                    transactions(admin, config);
                });
    }

    /**
     * Checks that secrets are found, that a broker answers, and that these topics are there.
     *
     * @throws IOException naming what is missing, and the remedy
     */
    public static void requireTopics(EspalierConfig config, List<String> names)
            throws IOException, InterruptedException {
        ask(config, admin -> partitions(admin, names, config));
    }

    /**
     * How many partitions a topic has; does not create it, whatever the broker allows.
     *
     * @throws IOException if no broker answers or the topic is not there, with the remedy
     */
    public static int partitions(EspalierConfig config, String topic)
            throws IOException, InterruptedException {
        Map<String, Integer> found = new HashMap<>();
        ask(config, admin -> found.putAll(partitions(admin, List.of(topic), config)));
        return found.getOrDefault(topic, 0);
    }

    private static void ask(EspalierConfig config, Question question)
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
            question.ask(admin);
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

    private static void topics(Admin admin, EspalierConfig config)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        EspalierConfig.Topics topics = config.kafka().topics();
        Map<String, Integer> partitions = partitions(admin, topics.all(), config);
        for (String input : topics.all()) {
            if (input.equals(topics.calibration()) || input.equals(topics.labels())) {
                partitions(input, partitions.getOrDefault(input, 0), config);
            }
        }
    }

    /** How many partitions each topic has; refuses if one of them is not there. */
    private static Map<String, Integer> partitions(
            Admin admin, List<String> names, EspalierConfig config)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Map<String, Integer> partitions = new HashMap<>();
        List<String> missing = new ArrayList<>();
        var described = admin.describeTopics(names).topicNameValues();
        for (String name : names) {
            try {
                partitions.put(
                        name,
                        Objects.requireNonNull(described.get(name))
                                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                                .partitions()
                                .size());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add("'" + name + "'");
            }
        }
        if (!missing.isEmpty()) {
            boolean one = missing.size() == 1;
            throw new IOException(
                    (one ? "topic " : "topics ")
                            + String.join(", ", missing)
                            + (one ? " is not at " : " are not at ")
                            + config.kafka().requireBootstrapServers()
                            + (one ? "; create it" : "; create them")
                            + ", for development with 'espalier cluster topics"
                            + " --config FILE', or correct the espalier.kafka.topic options");
        }
        return partitions;
    }

    private static void partitions(String topic, int partitions, EspalierConfig config)
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
