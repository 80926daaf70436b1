package io.espalier.wire.codec;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.CandidateStatus;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlAction;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.DriftLevel;
import io.espalier.wire.DriftOfKind;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.LabelUpdate;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PromotionTest;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.Quality;
import io.espalier.wire.SublayerMask;
import io.espalier.wire.TriggerReason;
import io.espalier.wire.UnitKind;
import io.espalier.wire.UpdateKind;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** One complete record of each type. */
public final class WireExamples {

    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private WireExamples() {}

    /** A sample with every field set. */
    public static CalibrationSample sample() {
        return CalibrationSample.newBuilder()
                .setId("review-17")
                .setText("A quiet film, and a déjà-vu \uD83C\uDF33.")
                .setTextPair("Second text")
                .setLabel("positive")
                .build();
    }

    /** A mask update with a kept and an emptied sublayer. */
    public static MaskUpdate mask() {
        return MaskUpdate.newBuilder()
                .setDecisionId("bge/macs=0.5/1")
                .setModel("bge")
                .setParentDigest(DIGEST)
                .setBudget("macs=0.5")
                .setStatus("promoted")
                .setVersion("macs0.5-000001")
                .setSequence(1)
                .setProfile("espalier")
                .setWindowStart(0)
                .setWindowEnd(3_600_000)
                .setSamples(2048)
                .setCostTarget(0.5)
                .setCostAchieved(0.4999)
                .setStatisticsDigest(DIGEST)
                .setSublayers(
                        List.of(
                                new SublayerMask(
                                        "layer.0.attention",
                                        UnitKind.HEAD,
                                        12,
                                        MaskBits.pack(12, new int[] {0, 3, 11}),
                                        "re-solved",
                                        List.of()),
                                new SublayerMask(
                                        "layer.0.ffn",
                                        UnitKind.NEURON,
                                        16,
                                        MaskBits.pack(16, new int[0]),
                                        "emptied",
                                        List.of("nothing is kept"))))
                .build();
    }

    /** An announcement with every field set. */
    public static PrunedModelAnnouncement announcement() {
        return PrunedModelAnnouncement.newBuilder()
                .setModel("bge")
                .setVersion("macs0.5-000001")
                .setBudget("macs=0.5")
                .setDecisionId("bge/macs=0.5/1")
                .setLocation("bge/macs0.5-000001")
                .setManifestDigest(DIGEST)
                .setBytes(1L << 33)
                .setParentDigest(DIGEST)
                .setWindowEnd(3_600_000)
                .setStatus(CandidateStatus.PROMOTED)
                .setStatusReason("accuracy 0.0000 below the live model's")
                .build();
    }

    /** A drift report with every field set. */
    public static DriftReport report() {
        return starved()
                .setOutcome(DriftOutcome.PROMOTED)
                .setTrigger(TriggerReason.DRIFT)
                .setLevel(DriftLevel.DRIFT)
                .setReason("drift: level drift")
                .setLiveVersion("macs0.5-000002")
                .setVersion("macs0.5-000002")
                .setHeads(new DriftOfKind(144, 80, 0.5, 0.1875, 0.0625, 0.125, 0.25, 0.99, 0.75))
                .setCostAchieved(0.4999)
                .setDense(new Quality(256L, 200L, 0.9, 0.25, 1.0, null))
                .setFirst(new Quality(256L, 200L, 0.85, 0.5, 0.875, 0.0625))
                .setLive(new Quality(256L, 200L, 0.875, 0.375, 0.9375, 0.03125))
                .setPromotion(new PromotionTest("accuracy", 200L, -0.0125, 0.015625, 0.02))
                .setUpdate(UpdateKind.RE_TUNE)
                .setPredictedError(0.25)
                .setPredictedErrorRetuned(0.265625)
                .setPredictedErrorAsItWas(0.5)
                .setPruned(new Quality(256L, 0L, null, null, 0.9375, 0.03125))
                .build();
    }

    /** A drift report of a starved window, to be completed. */
    public static DriftReport.Builder starved() {
        return DriftReport.newBuilder()
                .setModel("bge")
                .setParentDigest(DIGEST)
                .setBudget("macs=0.5")
                .setDecisionId("bge/macs=0.5/2")
                .setOutcome(DriftOutcome.STARVED)
                .setTrigger(TriggerReason.STARVED)
                .setLevel(DriftLevel.LEARNING)
                .setReason("12 samples, needs 64")
                .setControlVersion(3)
                .setEffectiveSamples(11.5)
                .setLabelledSamples(7)
                .setUnlabelledSamples(5)
                .setLateSamples(1)
                .setLoss("true-fisher")
                .setWindowStart(3_600_000)
                .setWindowEnd(7_200_000)
                .setSamples(12)
                .setHeldOutSamples(2)
                .setMeanLength(17.5)
                .setHeads(new DriftOfKind(144, 0, 0.25, null, null, null, null, null, null))
                .setNeurons(new DriftOfKind(18432, 0, 0.125, null, null, null, null, null, null))
                .setCostTarget(0.5)
                .setSublayersUnrepaired(0);
    }

    /** A dead letter without a schema. */
    public static DeadLetter deadLetter() {
        return DeadLetter.newBuilder()
                .setPayload(ByteBuffer.wrap(new byte[] {1, -1, 0}))
                .setTopic("espalier.calibration")
                .setPartition(3)
                .setOffset(1L << 40)
                .setTimestamp(1_700_000_000_000L)
                .setStage(Stage.DECODE.label())
                .setErrorClass("java.io.EOFException")
                .setMessage("3 bytes, the header has 10")
                .build();
    }

    /** A control command with every field set. */
    public static ControlCommand command() {
        return ControlCommand.newBuilder()
                .setId("c-1")
                .setModel("bge")
                .setAction(ControlAction.SET_BUDGETS)
                .setArguments(Map.of("budgets", "macs=0.5,macs=0.3"))
                .setReason("new hardware")
                .build();
    }

    /** The answer to a command. */
    public static ControlAcknowledgement acknowledgement() {
        return new ControlAcknowledgement("c-1", "bge", "SET_BUDGETS", true, "as asked", 4L);
    }

    /** A label that came late. */
    public static LabelUpdate label() {
        return new LabelUpdate("review-17", "positive");
    }
}
