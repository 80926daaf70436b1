package io.espalier.stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private static final String TRANSACTION_LIMIT = "transaction.max.timeout.ms";

    private KafkaPreflight() {}

    /**
     * Checks that a broker answers, that the topics are there and that it allows the transactions.
     *
     * @throws IOException naming the option, what was found, and the remedy
     */
    public static void check(EspalierConfig config) throws IOException, InterruptedException {
        String servers = config.kafka().requireBootstrapServers();
        knock(servers);
        Map<String, Object> settings =
                Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                        servers,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        5000,
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        Math.toIntExact(PATIENCE.toMillis()));
        try (Admin admin = Admin.create(settings)) {
            topics(admin, config);
            transactions(admin, config);
        } catch (TimeoutException e) {
            throw new IOException(silent(servers), e);
        } catch (ExecutionException e) {
            throw new IOException(
                    servers + ": " + Objects.requireNonNullElse(e.getCause(), e).getMessage(), e);
        }
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
        List<String> names = config.kafka().topics().all();
        for (var described : admin.describeTopics(names).topicNameValues().entrySet()) {
            String name = described.getKey();
            try {
                described.getValue().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
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
    }

    private static void transactions(Admin admin, EspalierConfig config)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
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
