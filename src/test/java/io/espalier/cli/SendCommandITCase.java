package io.espalier.cli;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

import io.espalier.demo.EmbeddedBroker;
import io.espalier.testing.TinyBert;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Files become calibration samples on a real broker, all or, if one line is bad, none. */
class SendCommandITCase {

    private static final Instant FROM = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir static Path directory;
    private static EmbeddedBroker broker;
    private static Path model;

    @BeforeAll
    static void startBroker() throws Exception {
        model = TinyBert.write(directory.resolve("model"));
        broker = EmbeddedBroker.start(directory.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** A job's configuration with a calibration topic of two partitions of its own. */
    private static Path job(String name) throws Exception {
        broker.createTopics(List.of(name), 2);
        return Files.writeString(
                directory.resolve(name + ".yaml"),
                """
                espalier.model.directory: %s
                espalier.model.id: tiny
                espalier.window.size: 1 min
                espalier.publish.root: /models/pruned
                espalier.kafka.bootstrap-servers: %s
                espalier.kafka.topic.calibration: %s
                """
                        .formatted(model, broker.bootstrapServers(), name));
    }

    /** A topic of one partition with a setting of its own. */
    private static void createTopic(String name, String setting, String value) throws Exception {
        try (Admin admin =
                Admin.create(
                        Map.of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                broker.bootstrapServers()))) {
            NewTopic topic = new NewTopic(name, 1, (short) 1).configs(Map.of(setting, value));
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    private static Path file(String name, String content) throws Exception {
        return Files.writeString(directory.resolve(name), content);
    }

    private static TinyTask.Run send(Path config, Object... more) {
        List<Object> all = new ArrayList<>(List.of("send", "--config", config));
        all.addAll(List.of(more));
        return TinyTask.run(new SendCommand(), all.toArray());
    }

    /** Reads a partition up to its end. */
    private static List<ConsumerRecord<String, byte[]>> sent(String topic, int partition) {
        TopicPartition part = new TopicPartition(topic, partition);
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
                        new StringDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(part));
            consumer.seekToBeginning(List.of(part));
            long end = consumer.endOffsets(List.of(part)).getOrDefault(part, 0L);
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (records.size() < end && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** Id, text, label and event time after {@link #FROM} in seconds. */
    private static List<String> samples(String topic, int partition) throws WireException {
        List<String> samples = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : sent(topic, partition)) {
            CalibrationSample sample = RecordCodec.CALIBRATION_SAMPLE.decode(record.value());
            assertThat(record.key()).isEqualTo(sample.getId());
            samples.add(
                    "%s %s %s %d"
                            .formatted(
                                    sample.getId(),
                                    sample.getText(),
                                    sample.getLabel(),
                                    (record.timestamp() - FROM.toEpochMilli()) / 1000));
        }
        return samples;
    }

    @Test
    void samplesGoToThePartitionsInTurnWithMadeUpTimesAndAFlush() throws Exception {
        Path labelled = file("labelled.tsv", "label\ttext\na\tone\n\ttwo\n2\tthree\n");
        Path plain = file("unlabelled.tsv", "text\nfour\nfive\n");
        TinyTask.Run run =
                send(
                        job("turn"),
                        "--data",
                        labelled,
                        "--data",
                        plain,
                        "--from",
                        FROM,
                        "--rate",
                        "0.1",
                        "--id-prefix",
                        "p-",
                        "--flush");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("sent 5 samples (2 labelled) to the 2 partitions of turn at")
                .contains("event time 2026-11-01T12:00:00Z to 2026-11-01T12:00:40Z")
                .contains("flushed with a sample of 2026-11-01T12:01:10Z in each partition");
        assertThat(samples("turn", 0))
                .containsExactly(
                        "p-labelled.tsv-2 one a 0",
                        "p-labelled.tsv-4 three 2 20",
                        "p-unlabelled.tsv-3 five null 40",
                        "p-unlabelled.tsv-3-flush-0 five null 70");
        assertThat(samples("turn", 1))
                .containsExactly(
                        "p-labelled.tsv-3 two null 10",
                        "p-unlabelled.tsv-2 four null 30",
                        "p-unlabelled.tsv-3-flush-1 five null 70");
        System.out.printf("SendCommandITCase: %s", run.out());
    }

    @Test
    void withoutABeginningTheEventTimeIsThePresent() throws Exception {
        long before = System.currentTimeMillis();
        Path data = file("now.txt", "one\ntwo\nthree\n");
        TinyTask.Run run = send(job("now"), "--plain", "--data", data, "--rate", "20");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("is decided when every partition has a sample of");
        List<ConsumerRecord<String, byte[]>> even = sent("now", 0);
        assertThat(even).extracting(ConsumerRecord::key).containsExactly("now.txt-1", "now.txt-3");
        assertThat(even.get(0).timestamp()).isBetween(before, System.currentTimeMillis());
        assertThat(even.get(1).timestamp() - even.get(0).timestamp()).isGreaterThanOrEqualTo(99);
        assertThat(sent("now", 1)).hasSize(1);
    }

    @Test
    void aBadLineOfAnyFileIsNamedAndNothingIsSent() throws Exception {
        Path config = job("bad");
        Path good = file("good.tsv", "label\ttext\na\tone\n");
        assertRefused(
                send(config, "--data", good, "--data", file("b1.tsv", "label\ttext\na\tx\nz\ty\n")),
                "b1.tsv: line 3, column label: 'z' is no class of the model; use a, b, c or an"
                        + " index from 0 to 2");
        assertRefused(
                send(config, "--data", good, "--data", file("b2.tsv", "text\na\tb\n")),
                "b2.tsv: line 2 has 2 columns, the header has 1");
        assertRefused(
                send(
                        config,
                        "--data",
                        file("long.tsv", "text\none\n" + "x".repeat(2000) + "\n"),
                        "--set",
                        "espalier.source.max-sample-size=1 kb"),
                "long.tsv: line 3: the job would refuse it: sample of ",
                "larger than 1024");
        assertRefused(
                send(config, "--data", good, "--id-prefix", "x".repeat(250)),
                "good.tsv: line 2: the job would refuse it: id of 260 characters");
        assertRefused(send(config, "--data", good, "--data", good), "ids must be unique");
        assertRefused(
                send(config, "--data", directory.resolve("none.tsv")), "there is no such file");
        assertThat(sent("bad", 0)).isEmpty();
        assertThat(sent("bad", 1)).isEmpty();
        assertThat(send(config, "--data", good).code()).isZero();
        assertThat(sent("bad", 0)).hasSize(1);
    }

    private static void assertRefused(TinyTask.Run run, String... message) {
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aMissingTopicOrBrokerIsNamedAndNothingIsCreated() throws Exception {
        Path config = job("there");
        Path good = file("good2.tsv", "text\none\n");
        assertRefused(
                send(config, "--data", good, "--set", "espalier.kafka.topic.calibration=gone"),
                "topic 'gone' is not at " + broker.bootstrapServers() + "; create it");
        assertRefused(
                send(config, "--data", good, "--set", "espalier.kafka.topic.calibration=gone"),
                "topic 'gone' is not at");
        assertRefused(
                send(
                        config,
                        "--data",
                        good,
                        "--set",
                        "espalier.kafka.bootstrap-servers=127.0.0.1:1"),
                "no Kafka broker answers at 127.0.0.1:1");
        assertThat(send(config, "--data", good).code()).isZero();
    }

    @Test
    void wrongUsageIsRefusedBeforeAnythingIsRead() throws Exception {
        Path config = job("usage");
        assertThat(send(config, "--data", "x", "--from", FROM))
                .matches(run -> run.code() == 2)
                .matches(run -> run.err().contains("needs --rate"));
        assertThat(send(config, "--data", "x", "--rate", "0"))
                .matches(run -> run.code() == 2)
                .matches(run -> run.err().contains("--rate is 0.0; it must be above 0"));
    }

    @Test
    void aTopicThatReplacesEventTimesIsRefused() throws Exception {
        Path config = job("create");
        createTopic("append", "message.timestamp.type", "LogAppendTime");
        Path good = file("good3.tsv", "text\none\n");
        List<Object> made = List.of("--data", good, "--from", FROM, "--rate", 1);
        assertThat(send(config, made.toArray()).code()).isZero();
        List<Object> replaced = new ArrayList<>(made);
        replaced.addAll(List.of("--set", "espalier.kafka.topic.calibration=append"));
        TinyTask.Run run = send(config, replaced.toArray());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("message.timestamp.type=CreateTime");
    }

    @Test
    void anEventTimeTooFarAheadIsRefusedWithTheTopicsSetting() throws Exception {
        Path config = job("free");
        createTopic("strict", "message.timestamp.after.max.ms", "3600000");
        Path good = file("good4.tsv", "text\none\n");
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        assertThat(send(config, "--data", good, "--rate", 1, "--from", tomorrow).code()).isZero();
        TinyTask.Run run =
                send(
                        config,
                        "--data",
                        good,
                        "--rate",
                        1,
                        "--from",
                        tomorrow,
                        "--set",
                        "espalier.kafka.topic.calibration=strict");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("message.timestamp.after.max.ms of the topic");
    }
}
