package io.espalier.stream;

import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import io.espalier.config.EspalierConfig;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;

import java.util.ArrayList;
import java.util.List;

/** What a job has published, as a {@code read_committed} reader sees it at each call. */
public final class Published implements AutoCloseable {

    private final CommittedTopic masks;
    private final CommittedTopic models;
    private final CommittedTopic reports;
    private final CommittedTopic deadLetters;

    public Published(EspalierConfig config) {
        this(config, config.kafka().requireBootstrapServers());
    }

    /** Read at a listener other than the job's. */
    Published(EspalierConfig config, String servers) {
        EspalierConfig.Topics topics = config.kafka().topics();
        masks = new CommittedTopic(servers, topics.masks());
        models = new CommittedTopic(servers, topics.models());
        reports = new CommittedTopic(servers, topics.drift());
        deadLetters = new CommittedTopic(servers, topics.deadLetters());
    }

    public List<MaskUpdate> masks() throws WireException {
        return decode(masks, RecordCodec.MASK_UPDATE);
    }

    public List<PrunedModelAnnouncement> models() throws WireException {
        return decode(models, RecordCodec.PRUNED_MODEL_ANNOUNCEMENT);
    }

    public List<DriftReport> reports() throws WireException {
        return decode(reports, RecordCodec.DRIFT_REPORT);
    }

    /** The answers to commands, which share a topic with the reports. */
    public List<ControlAcknowledgement> acknowledgements() throws WireException {
        return decode(reports, RecordCodec.CONTROL_ACKNOWLEDGEMENT);
    }

    public List<Letter> deadLetters() {
        return deadLetters.read().stream().map(Letter::of).toList();
    }

    private static boolean isReportOrAnswer(byte[] value) {
        return RecordCodec.DRIFT_REPORT.claimedBy(value)
                || RecordCodec.CONTROL_ACKNOWLEDGEMENT.claimedBy(value);
    }

    private <T extends SpecificRecordBase> List<T> decode(
            CommittedTopic topic, RecordCodec<T> codec) throws WireException {
        List<T> decoded = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : topic.read()) {
            if (topic != reports || codec.claimedBy(record.value())) {
                decoded.add(codec.decode(record.value()));
            } else if (!isReportOrAnswer(record.value())) {
                throw new AssertionError("neither a report nor an answer: " + record);
            }
        }
        return decoded;
    }

    @Override
    public void close() {
        masks.close();
        models.close();
        reports.close();
        deadLetters.close();
    }
}
