package io.espalier.cli;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaClientSettings;
import io.espalier.wire.codec.DeadLetters;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A range of the dead-letter topic, on its way back to the calibration topic.
 *
 * <p>Read committed, and only up to where the topic ended when the range was resolved; a replay
 * does not chase the letters that its own samples become. Sent in one transaction: whole or not at
 * all. A second replay of the same job fences the first.
 *
 * @param config of the job, whose settings of Kafka's clients are used
 * @param from first record, null for the oldest
 * @param to first record left out, null for the present end
 * @param stages to choose, empty for all
 * @param now whether samples get the present time as event time instead of their own
 */
record DeadLetterReplay(
        EspalierConfig config,
        @Nullable TopicPosition from,
        @Nullable TopicPosition to,
        Set<String> stages,
        boolean now) {

    /** Header of a replayed sample: which dead letter it was, as topic-partition@offset. */
    static final String REPLAYED = "espalier.replayed.from";

    private static final Duration POLL = Duration.ofMillis(500);

    /**
     * What came of it.
     *
     * @param read records in the range
     * @param foreign those that are no dead letters
     * @param byStage those that were chosen
     */
    record Outcome(long read, long foreign, SortedMap<String, Long> byStage) {

        long chosen() {
            return byStage.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** A dead letter as it lies on its topic. */
    private record Letter(ConsumerRecord<byte[], byte[]> record, String stage, long timestamp) {

        static Optional<Letter> of(ConsumerRecord<byte[], byte[]> record) {
            String stage = text(record, "stage");
            String timestamp = text(record, "timestamp");
            if (stage == null || timestamp == null || !timestamp.matches("\\d{1,18}")) {
                return Optional.empty();
            }
            return Optional.of(new Letter(record, stage, Long.parseLong(timestamp)));
        }

        private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
            Header header = record.headers().lastHeader(DeadLetters.HEADER_PREFIX + name);
            return header == null || header.value() == null
                    ? null
                    : new String(header.value(), StandardCharsets.UTF_8);
        }
    }

    /** Only counts. */
    Outcome count() {
        return read(letter -> {});
    }

    /** Sends what is chosen. */
    Outcome send() {
        EspalierConfig.Kafka kafka = config.kafka();
        Properties settings = KafkaClientSettings.of(config);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.requireBootstrapServers());
        settings.put(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG, kafka.transactionalIdPrefix() + "-replay");
        settings.put(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Math.toIntExact(kafka.transactionTimeout().toMillis()));
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            try {
                Outcome outcome = read(letter -> send(producer, sample(letter)));
                producer.commitTransaction();
                return outcome;
            } catch (KafkaException e) {
                producer.abortTransaction();
                throw e;
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A send that fails makes the commit fail.
    private static void send(
            Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> sample) {
        producer.send(sample);
    }

    private ProducerRecord<byte[], byte[]> sample(Letter letter) {
        ConsumerRecord<byte[], byte[]> dead = letter.record();
        ProducerRecord<byte[], byte[]> sample =
                new ProducerRecord<>(
                        config.kafka().topics().calibration(),
                        null,
                        now ? null : letter.timestamp(),
                        null,
                        dead.value());
        String place = dead.topic() + "-" + dead.partition() + "@" + dead.offset();
        sample.headers().add(REPLAYED, place.getBytes(StandardCharsets.UTF_8));
        return sample;
    }

    private Outcome read(java.util.function.Consumer<Letter> each) {
        long read = 0;
        long foreign = 0;
        SortedMap<String, Long> byStage = new TreeMap<>();
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            for (Map.Entry<TopicPartition, Range> part : ranges(consumer).entrySet()) {
                TopicPartition partition = part.getKey();
                consumer.assign(List.of(partition));
                consumer.seek(partition, part.getValue().begin());
                while (consumer.position(partition) < part.getValue().end()) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                        if (record.offset() >= part.getValue().end()) {
                            break;
                        }
                        read++;
                        Optional<Letter> letter = Letter.of(record);
                        if (letter.isEmpty()) {
                            foreign++;
                        } else if (stages.isEmpty() || stages.contains(letter.get().stage())) {
                            each.accept(letter.get());
                            byStage.merge(letter.get().stage(), 1L, Long::sum);
                        }
                    }
                }
            }
        }
        return new Outcome(read, foreign, byStage);
    }

    /** Offsets in a partition, the end left out. */
    private record Range(long begin, long end) {}

    private Map<TopicPartition, Range> ranges(Consumer<byte[], byte[]> consumer) {
        String topic = config.kafka().topics().deadLetters();
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Range> ranges = new LinkedHashMap<>();
        for (TopicPartition partition : partitions) {
            long first = begins.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, 0L);
            long begin = from == null ? first : Math.max(first, from.in(consumer, partition, end));
            ranges.put(
                    partition,
                    new Range(begin, to == null ? end : to.in(consumer, partition, end)));
        }
        return ranges;
    }

    private Consumer<byte[], byte[]> consumer() {
        Properties settings = KafkaClientSettings.of(config);
        settings.put(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka().requireBootstrapServers());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
