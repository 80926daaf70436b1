package io.espalier.cli;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.DriftLevel;
import io.espalier.wire.DriftOfKind;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.PromotionTest;
import io.espalier.wire.Quality;
import io.espalier.wire.TriggerReason;
import io.espalier.wire.UpdateKind;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;
import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Optional;

/** Records of a drift topic, made up. */
final class Reported {

    static final String MODEL = "tiny";
    static final long WRITTEN = Instant.parse("2026-11-01T13:00:00Z").toEpochMilli();
    private static final long START = Instant.parse("2026-11-01T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private Reported() {}

    /** The report of a window, one after the other from noon on, that was not decided. */
    static DriftReport.Builder window(int number, String budget) {
        DriftOfKind none =
                DriftOfKind.newBuilder().setUnits(4).setKept(4).setFisherTrace(0.5).build();
        return DriftReport.newBuilder()
                .setModel(MODEL)
                .setParentDigest("0".repeat(64))
                .setBudget(budget)
                .setDecisionId("window-" + number)
                .setOutcome(DriftOutcome.KEPT)
                .setTrigger(TriggerReason.NO_DRIFT)
                .setLevel(DriftLevel.NORMAL)
                .setReason("no-drift: level normal")
                .setControlVersion(0)
                .setLiveVersion("macs0.50-000001")
                .setWindowStart(START + number * MINUTE)
                .setWindowEnd(START + (number + 1) * MINUTE)
                .setSamples(1600)
                .setEffectiveSamples(1600)
                .setLabelledSamples(0)
                .setUnlabelledSamples(1600)
                .setLateSamples(0)
                .setLoss("label-free")
                .setHeldOutSamples(200)
                .setMeanLength(17)
                .setHeads(none)
                .setNeurons(none)
                .setCostTarget(0.5)
                .setSublayersUnrepaired(0);
    }

    /** The same with a candidate and its test. */
    static DriftReport.Builder candidate(DriftOutcome outcome, @Nullable Double bound) {
        return window(1, "macs=0.5")
                .setOutcome(outcome)
                .setTrigger(TriggerReason.DRIFT)
                .setUpdate(UpdateKind.RE_MASK)
                .setVersion("macs0.50-000002")
                .setReason("drift: level drift; why not")
                .setDense(quality(0.91, 1))
                .setLive(quality(0.9, 0.97))
                .setPruned(quality(0.905, 0.98))
                .setPromotion(
                        PromotionTest.newBuilder()
                                .setMeasure("accuracy")
                                .setSamples(200)
                                .setDifference(bound == null ? null : -0.005)
                                .setBound(bound)
                                .setLimit(0.02)
                                .build());
    }

    static Quality quality(@Nullable Double accuracy, double agreement) {
        return Quality.newBuilder()
                .setSamples(210)
                .setLabelled(accuracy == null ? 0 : 200)
                .setAccuracy(accuracy)
                .setAgreement(agreement)
                .build();
    }

    static ControlAcknowledgement answer(String id, boolean accepted, String reason) {
        return ControlAcknowledgement.newBuilder()
                .setCommandId(id)
                .setModel(MODEL)
                .setAction("SET_BUDGETS")
                .setAccepted(accepted)
                .setReason(reason)
                .setControlVersion(3)
                .build();
    }

    /** As it would be read. */
    static DriftEntry entry(DriftReport report) throws WireException {
        return entry(RecordCodec.DRIFT_REPORT.encode(report));
    }

    /** As it would be read. */
    static DriftEntry entry(ControlAcknowledgement answer) throws WireException {
        return entry(RecordCodec.CONTROL_ACKNOWLEDGEMENT.encode(answer));
    }

    private static DriftEntry entry(byte[] value) throws WireException {
        return DriftEntry.of(record(value)).orElseThrow();
    }

    /** A record that lies at partition 0, offset 7. */
    static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] value) {
        return new ConsumerRecord<>(
                "drift",
                0,
                7,
                WRITTEN,
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[0],
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
