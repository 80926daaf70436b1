package io.espalier.cli;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import io.espalier.demo.EmbeddedBroker;
import io.espalier.wire.codec.DeadLetters;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.Stage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Dead letters of a range go back to the calibration topic, byte for byte, all or none. */
class DeadLettersReplayITCase {

    private static final long EVENT_TIME = 1_750_000_000_000L;
    private static final long WRITTEN = 1_760_000_000_000L;
    private static final int LETTERS = 30;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Stage[] STAGES = {Stage.DECODE, Stage.VALIDATE, Stage.LATE};

    @TempDir static Path directory;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** A job's configuration with topics of its own, holding letters and one foreign record. */
    private static Path job(String name) throws Exception {
        broker.createTopics(List.of(name + ".in", name + ".dead"), 1);
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (int i = 0; i < LETTERS; i++) {
                Origin origin = new Origin(name + ".in", 0, i, EVENT_TIME + i);
                var letter =
                        DeadLetters.of(
                                payload(i), origin, STAGES[i % 3], "java.lang.Exception", "bad");
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(
                                name + ".dead", 0, WRITTEN + i, null, DeadLetters.payload(letter));
                DeadLetters.headers(letter).forEach((key, v) -> record.headers().add(key, v));
                producer.send(record).get();
            }
            producer.send(
                            new ProducerRecord<>(
                                    name + ".dead", 0, WRITTEN + LETTERS, null, payload(99)))
                    .get();
        }
        return Files.writeString(
                directory.resolve(name + ".yaml"),
                """
                espalier.model.directory: /models/bert
                espalier.publish.root: /models/pruned
                espalier.kafka.bootstrap-servers: %s
                espalier.kafka.group-id: %s
                espalier.kafka.transactional-id-prefix: %s
                espalier.kafka.topic.calibration: %s.in
                espalier.kafka.topic.dead-letters: %s.dead
                """
                        .formatted(broker.bootstrapServers(), name, name, name, name));
    }

    private static byte[] payload(int number) {
        return ("payload-" + number).getBytes(StandardCharsets.UTF_8);
    }

    private static TinyTask.Run replay(Path config, Object... more) {
        List<Object> all = new ArrayList<>(List.of("dead-letters", "replay", "--config", config));
        all.addAll(List.of(more));
        return TinyTask.run(new DeadLettersCommand(), all.toArray());
    }

    /** Commit markers are written after the commit has returned: waits for so many records. */
    private static List<ConsumerRecord<byte[], byte[]>> sent(String job, int expected) {
        Map<String, Object> settings =
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed");
        TopicPartition partition = new TopicPartition(job + ".in", 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (records.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            consumer.poll(Duration.ofMillis(300)).forEach(records::add); // One too many?
        }
        return records;
    }

    @Test
    void usesTheJobsSettingsOfKafkasClients() throws Exception {
        Path config = job("settings");
        String name = "espalier.kafka.properties.security.protoco";
        TinyTask.Run misspelt = replay(config, "--set", name + "=SSL");
        assertThat(misspelt.code()).isNotZero();
        assertThat(misspelt.err()).contains(name + " is no setting of Kafka's clients");
        TinyTask.Run right = replay(config, "--set", name + "l=PLAINTEXT");
        assertThat(right.err()).isEmpty();
        assertThat(right.code()).isZero();
    }

    @Test
    void sendsAllAsTheyWere() throws Exception {
        TinyTask.Run run = replay(job("all"));
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("all.dead: 31 dead letters in the range, 30 chosen")
                .contains("{decode=10, late=10, validate=10}")
                .contains("sent to all.in in one transaction")
                .contains("1 records without the headers of a dead letter were left out");
        List<ConsumerRecord<byte[], byte[]>> sent = sent("all", LETTERS);
        assertThat(sent).hasSize(LETTERS);
        for (int i = 0; i < LETTERS; i++) {
            assertThat(sent.get(i).value()).isEqualTo(payload(i));
            assertThat(sent.get(i).timestamp()).isEqualTo(EVENT_TIME + i);
            assertThat(sent.get(i).headers().lastHeader("espalier.replayed.from").value())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("all.dead-0@" + i);
        }
        System.out.printf("DeadLettersReplayITCase: %s", run.out());
    }

    @Test
    void aDryRunSendsNothing() throws Exception {
        TinyTask.Run run = replay(job("dry"), "--dry-run", "--stage", "late,decode");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("20 chosen {decode=10, late=10}")
                .contains("would be sent to dry.in; nothing was");
        assertThat(sent("dry", 0)).isEmpty();
    }

    @Test
    void choosesByOffsetStageAndTime() throws Exception {
        Path config = job("some");
        assertThat(replay(config, "--from", 10, "--to", 16, "--stage", "late").out())
                .contains("6 dead letters in the range, 2 chosen {late=2}");
        assertThat(sent("some", 2))
                .extracting(ConsumerRecord::value)
                .containsExactly(payload(11), payload(14));
        String from = Instant.ofEpochMilli(WRITTEN + 28).toString();
        assertThat(replay(config, "--from", from, "--dry-run").out())
                .contains("3 dead letters in the range, 2 chosen");
        assertThat(replay(config, "--to", from, "--dry-run").out())
                .contains("28 dead letters in the range, 28 chosen");
        assertThat(replay(config, "--from", 1000, "--dry-run").out()).contains("0 dead letters");
    }

    @Test
    void givesThePresentTimeToThoseThatWereLate() throws Exception {
        long before = System.currentTimeMillis();
        assertThat(replay(job("now"), "--stage", "late", "--event-time", "now").code()).isZero();
        assertThat(sent("now", 10)).hasSize(10).allMatch(record -> record.timestamp() >= before);
    }

    @Test
    void refusesWhatMakesNoSense() throws Exception {
        Path config = job("bad");
        assertThat(replay(config, "--stage", "nowhere"))
                .matches(run -> run.code() == 1)
                .matches(run -> run.err().contains("[decode, validate, late, score, native]"));
        assertThat(replay(config, "--from", "yesterday"))
                .matches(run -> run.code() == 2)
                .matches(run -> run.err().contains("neither an offset nor a time"));
        assertThat(replay(config, "--dry-run", "--set", "espalier.kafka.topic.dead-letters=absent"))
                .matches(run -> run.code() == 1)
                .matches(run -> run.err().contains("topic 'absent' is not at "))
                .matches(run -> run.err().contains("'espalier cluster topics --config FILE'"));
        assertThat(replay(config, "--set", "espalier.kafka.bootstrap-servers=127.0.0.1:1").err())
                .contains("no Kafka broker answers at 127.0.0.1:1");
        assertThat(sent("bad", 0)).isEmpty();
    }
}
