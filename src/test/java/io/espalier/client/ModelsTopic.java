package io.espalier.client;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import io.espalier.wire.CandidateStatus;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.RecordCodec;

import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Announces versions on a topic as a job does: in transactions. */
final class ModelsTopic implements AutoCloseable {

    private final Producer<String, byte[]> producer;
    private final String topic;

    ModelsTopic(String servers, String topic) {
        this.topic = topic;
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                servers,
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                "a job"),
                        new StringSerializer(),
                        new ByteArraySerializer());
        producer.initTransactions();
    }

    /** The bytes of an announcement. */
    static byte[] announcement(ModelVersion version, String budget, CandidateStatus status) {
        return RecordCodec.PRUNED_MODEL_ANNOUNCEMENT.encode(
                PrunedModelAnnouncement.newBuilder()
                        .setModel(version.model())
                        .setVersion(version.version())
                        .setBudget(budget)
                        .setDecisionId(version.toString())
                        .setLocation(version.toString())
                        .setManifestDigest(version.manifestDigest())
                        .setBytes(1)
                        .setParentDigest("0f".repeat(32))
                        .setWindowEnd(1)
                        .setStatus(status)
                        .setStatusReason("made up")
                        .build());
    }

    private void send(byte[] value) throws InterruptedException, ExecutionException {
        String key = Store.MODEL + "/" + Store.BUDGET;
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, key, value)).get();
    }

    /** Announces a version as the live one. */
    void promote(ModelVersion version) throws InterruptedException, ExecutionException {
        announce(version, CandidateStatus.PROMOTED);
    }

    void announce(ModelVersion version, CandidateStatus status)
            throws InterruptedException, ExecutionException {
        sendCommitted(announcement(version, Store.BUDGET, status));
    }

    void sendCommitted(byte[] value) throws InterruptedException, ExecutionException {
        send(value);
        producer.commitTransaction();
    }

    /** Announces a version in a transaction that is given up. */
    void promoteInVain(ModelVersion version) throws InterruptedException, ExecutionException {
        send(announcement(version, Store.BUDGET, CandidateStatus.PROMOTED));
        producer.abortTransaction();
    }

    @Override
    public void close() {
        producer.close();
    }
}
