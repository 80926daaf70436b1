package io.espalier.demo;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A real broker, fed and read back. */
class EmbeddedBrokerITCase {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PARTITIONS = 2;
    private static final DriftPlan PLAN =
            new DriftPlan(3, 40, Duration.ofMinutes(1), Instant.EPOCH, 7);
    private static final WordNet WORD_NET = wordNet();

    @TempDir private static Path directory;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        broker = EmbeddedBroker.start(directory.resolve("broker"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void takesTheWholeFeedWithItsEventTimesAndOneTailSampleInEachPartition() throws Exception {
        broker.createTopics(List.of("calibration"), PARTITIONS);
        List<Long> progress = new ArrayList<>();

        new GlossFeed(broker.bootstrapServers(), "calibration", PARTITIONS, PLAN, 0)
                .run(WORD_NET, (task, done, total) -> progress.add(done));

        Map<CalibrationSample, Long> expected = new HashMap<>();
        PLAN.samples(
                        WORD_NET.part(Part.STREAM, false, PLAN.seed()),
                        WORD_NET.part(Part.STREAM, true, PLAN.seed()))
                .forEach(timed -> expected.put(timed.sample(), timed.eventTime()));
        Map<CalibrationSample, Long> fed = new HashMap<>();
        Map<Integer, String> tails = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : readAll("calibration")) {
            CalibrationSample sample = decode(record.value());
            assertThat(record.key()).isEqualTo(sample.getId());
            if (sample.getId().startsWith(GlossFeed.TAIL_ID)) {
                tails.put(record.partition(), sample.getId());
                assertThat(record.timestamp()).isGreaterThan(PLAN.end().toEpochMilli());
            } else {
                fed.put(sample, record.timestamp());
            }
        }
        assertThat(fed).isEqualTo(expected);
        assertThat(tails).isEqualTo(Map.of(0, "tail-0", 1, "tail-1"));
        assertThat(progress).last().isEqualTo(PLAN.samples());
    }

    @Test
    void anInterruptedFeedStopsBetweenSamples() throws Exception {
        broker.createTopics(List.of("interrupted"), PARTITIONS);
        GlossFeed slow =
                new GlossFeed(broker.bootstrapServers(), "interrupted", PARTITIONS, PLAN, 1);
        List<Long> progress = new ArrayList<>();

        assertThatThrownBy(
                        () ->
                                slow.run(
                                        WORD_NET,
                                        (task, done, total) -> {
                                            progress.add(done);
                                            Thread.currentThread().interrupt();
                                        }))
                .isInstanceOf(InterruptedException.class);

        assertThat(progress).containsExactly(1L);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aRefusedTopicNamesTheLog() {
        assertThatThrownBy(() -> broker.createTopics(List.of("no/such name"), 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no/such name")
                .hasMessageContaining(broker.log().toString());
    }

    @Test
    void aClosedBrokerLeavesNoProcess() throws Exception {
        EmbeddedBroker second = EmbeddedBroker.start(directory.resolve("second"));
        long pid = second.pid();
        assertThat(ProcessHandle.of(pid)).isPresent();

        second.close();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    private static CalibrationSample decode(byte[] value) throws WireException {
        return RecordCodec.CALIBRATION_SAMPLE.decode(value);
    }

    /** Reads until every partition's present end. */
    private static List<ConsumerRecord<String, byte[]>> readAll(String topic) {
        Map<String, Object> settings =
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
        try (Consumer<String, byte[]> consumer =
                new KafkaConsumer<>(
                        settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            Set<TopicPartition> partitions = new HashSet<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                partitions.add(new TopicPartition(topic, partition));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long all =
                    consumer.endOffsets(partitions, LIMIT).values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
            List<ConsumerRecord<String, byte[]>> read = new ArrayList<>();
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (read.size() < all && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(read::add);
            }
            return read;
        }
    }

    private static WordNet wordNet() {
        List<Gloss> glosses = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            glosses.add(new Gloss("n" + i, "noun.animal", "animal number " + i));
            glosses.add(new Gloss("v" + i, "verb.motion", "move in way " + i));
        }
        return new WordNet(glosses, "no licence");
    }
}
