package io.espalier.cli;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaClientSettings;
import io.espalier.wire.codec.WireException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;

/**
 * The committed records of a job's drift topic, from its beginning. Joins no group and commits no
 * offset, so it may be read as often as one likes, beside any other reader.
 *
 * <p>In the order of the offsets; of several partitions, in the order they were written. Not
 * thread-safe.
 */
final class DriftTopic implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(300);
    private static final Comparator<DriftEntry> WRITTEN =
            Comparator.comparingLong(DriftEntry::written)
                    .thenComparingInt(DriftEntry::partition)
                    .thenComparingLong(DriftEntry::offset);

    private final String topic;
    private final List<TopicPartition> partitions;
    private final Consumer<byte[], byte[]> consumer;

    /**
     * Stands at the beginning.
     *
     * @param partitions that the topic has
     */
    DriftTopic(EspalierConfig config, int partitions) {
        topic = config.kafka().topics().drift();
        this.partitions =
                IntStream.range(0, partitions)
                        .mapToObj(number -> new TopicPartition(topic, number))
                        .toList();
        Properties settings = KafkaClientSettings.of(config);
        settings.put(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka().requireBootstrapServers());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(this.partitions);
        consumer.seekToBeginning(this.partitions);
    }

    /** What is there now. */
    List<DriftEntry> upToNow() throws IOException {
        List<DriftEntry> entries = new ArrayList<>();
        for (Map.Entry<TopicPartition, Long> end : consumer.endOffsets(partitions).entrySet()) {
            while (consumer.position(end.getKey()) < end.getValue()) {
                entries.addAll(next());
            }
        }
        if (partitions.size() > 1) {
            entries.sort(WRITTEN);
        }
        return entries;
    }

    /** What came since, after a moment of waiting; none if nothing did. */
    List<DriftEntry> next() throws IOException {
        List<DriftEntry> entries = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            try {
                Optional<DriftEntry> entry = DriftEntry.of(record);
                entry.ifPresent(entries::add);
            } catch (WireException e) {
                throw new IOException(
                        "topic '%s', partition %d, offset %d: %s; it is of another version of"
                                        .formatted(
                                                topic,
                                                record.partition(),
                                                record.offset(),
                                                e.getMessage())
                                + " Espalier, or no job wrote it",
                        e);
            }
        }
        return entries;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
