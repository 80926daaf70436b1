package io.espalier.stream;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.publish.CommitTerms;
import io.espalier.stream.publish.GuardedKafkaSink;
import io.espalier.stream.type.RawRecord;
import io.espalier.stream.type.StreamTypes;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.DeadLetters;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * The job's Kafka source and sinks.
 *
 * <ul>
 *   <li>Sinks are exactly-once for {@code read_committed} readers; records appear when the
 *       checkpoint that holds them completes. A transaction that can no longer be committed ends
 *       the job.
 *   <li>The operator's duty: the broker allows the configured transaction timeout, it exceeds the
 *       longest checkpoint plus the longest outage, and no two jobs share a transactional id
 *       prefix.
 * </ul>
 */
final class KafkaEnds {

    private KafkaEnds() {}

    /** Raw records of a topic, from committed offsets or else the earliest. */
    @SuppressWarnings("deprecation") // The connector's own parameter type.
    static KafkaSource<RawRecord> source(EspalierConfig config, String topic) {
        return KafkaSource.<RawRecord>builder()
                .setProperties(KafkaClientSettings.of(config))
                .setBootstrapServers(config.kafka().requireBootstrapServers())
                .setGroupId(config.kafka().groupId())
                .setTopics(topic)
                .setStartingOffsets(
                        OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .setDeserializer(new RawDeserializer())
                .build();
    }

    /** Sends every stream of the pipeline to its topic. */
    static void attach(Pipeline pipeline, EspalierConfig config) {
        EspalierConfig.Topics topics = config.kafka().topics();
        String masks = topics.masks();
        send(
                pipeline.masks(),
                "masks",
                masks,
                config,
                mask ->
                        record(
                                masks,
                                key(mask.getModel(), mask.getBudget()),
                                RecordCodec.MASK_UPDATE.encode(mask)));
        String models = topics.models();
        send(
                pipeline.models(),
                "models",
                models,
                config,
                model ->
                        record(
                                models,
                                key(model.getModel(), model.getBudget()),
                                RecordCodec.PRUNED_MODEL_ANNOUNCEMENT.encode(model)));
        String drift = topics.drift();
        send(
                pipeline.reports(),
                "drift",
                drift,
                config,
                report ->
                        record(
                                drift,
                                key(report.getModel(), report.getBudget()),
                                RecordCodec.DRIFT_REPORT.encode(report)));
        send(
                pipeline.acknowledgements(),
                "acknowledgements",
                drift,
                config,
                answer ->
                        record(
                                drift,
                                answer.getModel(),
                                RecordCodec.CONTROL_ACKNOWLEDGEMENT.encode(answer)));
        String deadLetters = topics.deadLetters();
        send(
                pipeline.deadLetters(),
                "dead-letters",
                deadLetters,
                config,
                letter -> deadLetter(deadLetters, letter));
    }

    private static <T> void send(
            DataStream<T> stream,
            String name,
            String topic,
            EspalierConfig config,
            Encoder<T> encoder) {
        Properties client = KafkaClientSettings.of(config);
        client.setProperty(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                config.kafka().requireBootstrapServers());
        KafkaSink<T> sink =
                KafkaSink.<T>builder()
                        .setKafkaProducerConfig(client)
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix(
                                config.kafka().transactionalIdPrefix() + "-" + name)
                        .setProperty(
                                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                Long.toString(config.kafka().transactionTimeout().toMillis()))
                        .setRecordSerializer(encoder)
                        .build();
        CommitTerms terms =
                new CommitTerms(
                        topic,
                        config.kafka().transactionTimeout(),
                        config.kafka().acceptedLosses());
        stream.sinkTo(new GuardedKafkaSink<>(sink, terms, client))
                .name(name)
                .uid(name)
                .setParallelism(1);
    }

    /** Several models and budgets share a topic; compaction keeps the last word of each. */
    private static String key(String model, String budget) {
        return model + "/" + budget;
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
        return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value);
    }

    private static ProducerRecord<byte[], byte[]> deadLetter(String topic, DeadLetter letter) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, DeadLetters.payload(letter));
        DeadLetters.headers(letter).forEach((name, value) -> record.headers().add(name, value));
        return record;
    }

    /** From a value to the record that carries it. */
    @FunctionalInterface
    private interface Encoder<T> extends KafkaRecordSerializationSchema<T> {

        /** The record of a value. */
        ProducerRecord<byte[], byte[]> encode(T value);

        @Override
        default ProducerRecord<byte[], byte[]> serialize(
                T value, KafkaSinkContext context, @Nullable Long timestamp) {
            return encode(value);
        }
    }

    /** Keeps a record's bytes and where they were. */
    private static final class RawDeserializer
            implements KafkaRecordDeserializationSchema<RawRecord> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
            out.collect(
                    new RawRecord(
                            record.value(),
                            new Origin(
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    record.timestamp())));
        }

        @Override
        public TypeInformation<RawRecord> getProducedType() {
            return StreamTypes.RAW_RECORD;
        }
    }
}
