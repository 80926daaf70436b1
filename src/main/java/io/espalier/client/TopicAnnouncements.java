package io.espalier.client;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import io.espalier.wire.CandidateStatus;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads the models topic: committed records only, from its beginning.
 *
 * <p>The first call reads up to where the topic ended when it began, so that a service starts with
 * the newest promotion and not with all of them in turn; if the topic no longer holds one, with
 * what {@code live.json} names. Only {@code PROMOTED} counts: candidates of shadow mode and
 * rejected ones are for people. No group is joined and no offset committed, since every replica of
 * a service needs every announcement.
 */
final class TopicAnnouncements implements Announcements {

    private static final Duration CATCHING_UP = Duration.ofSeconds(1);

    private final String topic;
    private final Supplier<Consumer<byte[], byte[]>> connect;
    private final LiveFile live;
    private final Notices notices;
    private @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * Reads nothing yet.
     *
     * @param connect makes a consumer of committed records
     * @param live of the budget that is followed
     */
    TopicAnnouncements(
            String topic,
            Supplier<Consumer<byte[], byte[]>> connect,
            LiveFile live,
            Notices notices) {
        this.topic = topic;
        this.connect = connect;
        this.live = live;
        this.notices = notices;
    }

    /**
     * Reads nothing yet.
     *
     * @param settings of the Kafka consumer; what reading correctly takes is set here
     */
    static TopicAnnouncements of(
            Map<String, Object> settings, String topic, LiveFile live, Notices notices) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new TopicAnnouncements(
                topic,
                () ->
                        new KafkaConsumer<>(
                                all, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                live,
                notices);
    }

    @Override
    public @Nullable ModelVersion next(Duration limit) throws IOException, InterruptedException {
        try {
            return consumer == null ? first() : newest(consumer, limit, null);
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw new ServingException("topic '" + topic + "': " + e.getMessage(), e);
        }
    }

    private @Nullable ModelVersion first() throws IOException {
        Consumer<byte[], byte[]> fresh = connect.get();
        try {
            ModelVersion newest = caughtUp(fresh);
            ModelVersion first = newest == null ? live.version() : newest;
            consumer = fresh;
            return first;
        } finally {
            if (consumer == null) {
                fresh.close();
            }
        }
    }

    private @Nullable ModelVersion caughtUp(Consumer<byte[], byte[]> fresh) throws IOException {
        List<TopicPartition> partitions =
                fresh.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        if (partitions.isEmpty()) {
            throw new ServingException("topic '" + topic + "' is not there");
        }
        fresh.assign(partitions);
        fresh.seekToBeginning(partitions);
        ModelVersion newest = null;
        for (Map.Entry<TopicPartition, Long> end : fresh.endOffsets(partitions).entrySet()) {
            while (fresh.position(end.getKey()) < end.getValue()) {
                newest = newest(fresh, CATCHING_UP, newest);
            }
        }
        return newest;
    }

    private @Nullable ModelVersion newest(
            Consumer<byte[], byte[]> from, Duration limit, @Nullable ModelVersion before) {
        ModelVersion newest = before;
        for (ConsumerRecord<byte[], byte[]> record : from.poll(limit)) {
            ModelVersion promoted = promoted(record);
            newest = promoted == null ? newest : promoted;
        }
        return newest;
    }

    /** What a record names live of the budget that is followed; null if nothing. */
    private @Nullable ModelVersion promoted(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            return null; // A tombstone.
        }
        try {
            PrunedModelAnnouncement said =
                    RecordCodec.PRUNED_MODEL_ANNOUNCEMENT.decodeWithoutLimits(value);
            boolean counts =
                    said.getStatus() == CandidateStatus.PROMOTED
                            && said.getModel().equals(live.model())
                            && said.getBudget().equals(live.budget());
            return counts
                    ? new ModelVersion(said.getModel(), said.getVersion(), said.getManifestDigest())
                    : null;
        } catch (WireException e) {
            notices.troubled(
                    new ServingException(
                            "topic '%s', partition %d, offset %d: %s"
                                    .formatted(
                                            topic,
                                            record.partition(),
                                            record.offset(),
                                            e.getMessage()),
                            e));
            return null;
        }
    }

    private static InterruptedException interrupted(InterruptException cause) {
        Thread.interrupted(); // Kafka sets it as well as throwing.
        InterruptedException e = new InterruptedException(cause.getMessage());
        e.initCause(cause);
        return e;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
