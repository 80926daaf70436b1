package io.espalier.stream;

import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import io.espalier.cluster.BrokerSecurity;
import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.demo.EmbeddedBroker;
import io.espalier.testing.TinyBert;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** A broker, the tiny model on disk, and the configurations of jobs that use both. */
public final class KafkaFixture implements AutoCloseable {

    /** Partitions of calibration topics. */
    public static final int PARTITIONS = 2;

    /** Id of the model in stores and records. */
    public static final String MODEL = "tiny";

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final Path directory;
    private final @Nullable EmbeddedBroker broker;
    private final String servers;
    private final Producer<byte[], byte[]> producer;

    private KafkaFixture(Path directory, @Nullable EmbeddedBroker broker, String servers) {
        this.directory = directory;
        this.broker = broker;
        this.servers = servers;
        this.producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    /** Starts a broker in an empty directory and writes the model beside it. */
    static KafkaFixture start(Path directory) throws IOException, InterruptedException {
        return start(directory, BrokerSecurity.NONE);
    }

    /** The same with a broker that also listens with TLS. */
    static KafkaFixture start(Path directory, BrokerSecurity security)
            throws IOException, InterruptedException {
        TinyBert.write(directory.resolve(MODEL));
        EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), security);
        return new KafkaFixture(directory, broker, broker.bootstrapServers());
    }

    /** Uses a broker that runs, and writes the model into a directory. */
    public static KafkaFixture of(Path directory, String bootstrapServers) throws IOException {
        TinyBert.write(directory.resolve(MODEL));
        return new KafkaFixture(directory, null, bootstrapServers);
    }

    /** The broker that was started. */
    EmbeddedBroker broker() {
        return Objects.requireNonNull(broker);
    }

    /** Takes the broker away for so long, as SIGSTOP does, and waits for nothing afterwards. */
    void takeBrokerAway(Duration outage) throws IOException, InterruptedException {
        signal("STOP");
        try {
            Thread.sleep(outage.toMillis()); // Not for a condition: its length is the fault.
        } finally {
            signal("CONT");
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        String pid = Long.toString(broker().pid());
        if (new ProcessBuilder("kill", "-" + name, pid).start().waitFor() != 0) {
            throw new IOException("kill -" + name + " " + pid + " failed");
        }
    }

    /** Whether a job's sinks have transactions that are neither committed nor aborted. */
    boolean hasOpenTransactions(EspalierConfig config) throws InterruptedException, IOException {
        try (Admin admin = admin()) {
            return admin
                    .listTransactions(
                            new ListTransactionsOptions()
                                    .filterStates(
                                            List.of(
                                                    TransactionState.ONGOING,
                                                    TransactionState.PREPARE_ABORT,
                                                    TransactionState.PREPARE_COMMIT)))
                    .all()
                    .get()
                    .stream()
                    .anyMatch(
                            each ->
                                    each.transactionalId()
                                            .startsWith(config.kafka().transactionalIdPrefix()));
        } catch (ExecutionException e) {
            throw new IOException("list transactions", e);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers));
    }

    /** Creates a topic for samples. */
    public void createInput(String topic) throws IOException, InterruptedException {
        createInput(topic, PARTITIONS);
    }

    /** Creates a topic for samples with another number of partitions. */
    public void createInput(String topic, int partitions) throws IOException, InterruptedException {
        createTopics(List.of(topic), partitions);
    }

    /**
     * The configuration of a job that shares nothing with others but the topic it reads; creates
     * its other topics, those that are not there yet.
     *
     * @param job begins the names of everything that is its own
     * @param overrides options and values
     */
    public EspalierConfig job(String job, String input, Map<String, String> overrides)
            throws IOException, InterruptedException {
        EspalierConfig config = config(job, input, overrides);
        EspalierConfig.Topics topics = config.kafka().topics();
        createTopics(
                List.of(
                        topics.control(),
                        topics.masks(),
                        topics.models(),
                        topics.drift(),
                        topics.deadLetters()),
                1);
        return config;
    }

    /** The same configuration without creating anything. */
    public EspalierConfig config(String job, String input, Map<String, String> overrides)
            throws IOException {
        Map<String, String> options = new HashMap<>();
        options.put(EspalierOptions.MODEL_DIRECTORY.key(), directory.resolve(MODEL).toString());
        options.put(EspalierOptions.MODEL_ID.key(), MODEL);
        options.put(EspalierOptions.MODEL_MAX_LENGTH.key(), "" + TinyBert.POSITIONS);
        if (!"running".equals(overrides.get(EspalierOptions.WINDOW_TYPE.key()))) {
            options.put(EspalierOptions.WINDOW_SIZE.key(), "1 s");
        }
        options.put(EspalierOptions.PUBLISH_ROOT.key(), directory.resolve(job).toString());
        options.put(EspalierOptions.PUBLISH_RETAIN_VERSIONS.key(), "0"); // Tests look at all.
        options.put(EspalierOptions.KAFKA_BOOTSTRAP_SERVERS.key(), servers);
        options.put(EspalierOptions.KAFKA_GROUP_ID.key(), job);
        options.put(EspalierOptions.KAFKA_TRANSACTIONAL_ID_PREFIX.key(), job);
        options.put(EspalierOptions.KAFKA_TOPIC_CALIBRATION.key(), input);
        options.put(EspalierOptions.KAFKA_TOPIC_CONTROL.key(), job + ".control");
        options.put(EspalierOptions.KAFKA_TOPIC_MASKS.key(), job + ".masks");
        options.put(EspalierOptions.KAFKA_TOPIC_MODELS.key(), job + ".models");
        options.put(EspalierOptions.KAFKA_TOPIC_DRIFT.key(), job + ".drift");
        options.put(EspalierOptions.KAFKA_TOPIC_DEAD_LETTERS.key(), job + ".dead");
        options.put(EspalierOptions.CHECKPOINT_INTERVAL.key(), "200 ms");
        options.put(
                EspalierOptions.CHECKPOINT_DIRECTORY.key(),
                Files.createDirectories(directory.resolve(job + "-checkpoints"))
                        .toUri()
                        .toString());
        everyWindowDecides(options);
        options.putAll(overrides);
        return EspalierConfig.from(Configuration.fromMap(options));
    }

    private void createTopics(List<String> names, int partitions)
            throws IOException, InterruptedException {
        try (Admin admin = admin()) {
            Set<String> present = admin.listTopics().names().get();
            admin.createTopics(
                            names.stream()
                                    .filter(name -> !present.contains(name))
                                    .map(name -> new NewTopic(name, partitions, (short) 1))
                                    .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("create topics " + names, e);
        }
    }

    /** Settings under which each window that has enough samples is decided and promoted. */
    private static void everyWindowDecides(Map<String, String> options) {
        options.put(EspalierOptions.TRIGGER_PERIOD.key(), "1 s");
        options.put(EspalierOptions.TRIGGER_COOL_DOWN.key(), "0");
        options.put(EspalierOptions.RETUNE_MARGIN.key(), "0");
        options.put(EspalierOptions.PROMOTION_MODE.key(), "promote");
        options.put(EspalierOptions.PROMOTION_MARGIN.key(), "1");
        options.put(EspalierOptions.PROMOTION_TOLERANCE.key(), "1");
        options.put(EspalierOptions.PROMOTION_CONFIDENCE.key(), "0.6");
        options.put(EspalierOptions.PROMOTION_MIN_SAMPLES.key(), "1");
    }

    /** Sends one value, null for a tombstone; the result says where it is. */
    public Future<RecordMetadata> send(
            String topic, int partition, long timestamp, byte @Nullable [] value) {
        return producer.send(new ProducerRecord<>(topic, partition, timestamp, null, value));
    }

    @Override
    public void close() {
        producer.close(CLOSE_LIMIT);
        if (broker != null) {
            broker.close();
        }
    }
}
