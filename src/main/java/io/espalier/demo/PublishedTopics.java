package io.espalier.demo;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import io.espalier.config.EspalierConfig;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.RecordCodec;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads what a job publishes as its users do: committed records only, from the beginning. */
final class PublishedTopics implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(300);

    private final EspalierConfig.Topics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<DriftReport> reports = new ArrayList<>();
    private final List<MaskUpdate> masks = new ArrayList<>();
    private final List<PrunedModelAnnouncement> models = new ArrayList<>();

    /** Looks whether it is worth waiting on. */
    interface Alive {
        void require() throws IOException;
    }

    /** A reader of topics of one partition each. */
    PublishedTopics(String bootstrapServers, EspalierConfig.Topics topics) {
        this.topics = topics;
        this.consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                List.of(
                        new TopicPartition(topics.drift(), 0),
                        new TopicPartition(topics.masks(), 0),
                        new TopicPartition(topics.models(), 0));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Reads until there is a number of reports, and as many masks and models as were published.
     *
     * @throws IOException what {@code alive} throws, or if a record cannot be decoded
     */
    Published await(int expected, Consumer<DriftReport> eachReport, Alive alive)
            throws IOException {
        while (!complete(expected)) {
            alive.require();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record, eachReport);
            }
        }
        return new Published(reports, masks, models);
    }

    private boolean complete(int expected) {
        long published = reports.stream().filter(report -> report.getVersion() != null).count();
        return reports.size() >= expected
                && masks.size() >= published
                && models.size() >= published;
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Consumer<DriftReport> eachReport)
            throws IOException {
        if (record.topic().equals(topics.drift())) {
            if (!RecordCodec.DRIFT_REPORT.claimedBy(record.value())) {
                return; // An answer to a command.
            }
            DriftReport report = RecordCodec.DRIFT_REPORT.decode(record.value());
            reports.add(report);
            eachReport.accept(report);
        } else if (record.topic().equals(topics.masks())) {
            masks.add(RecordCodec.MASK_UPDATE.decode(record.value()));
        } else {
            models.add(RecordCodec.PRUNED_MODEL_ANNOUNCEMENT.decode(record.value()));
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
