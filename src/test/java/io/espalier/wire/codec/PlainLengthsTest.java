package io.espalier.wire.codec;

import io.espalier.wire.CandidateStatus;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Lengths are compared with the bytes that are there, without Avro's own limits. */
class PlainLengthsTest {

    private static final int HEADER = 10;

    private static byte[] announcement() {
        return RecordCodec.PRUNED_MODEL_ANNOUNCEMENT.encode(
                PrunedModelAnnouncement.newBuilder()
                        .setModel("sentiment")
                        .setVersion("macs0.50-000001")
                        .setBudget("macs=0.5")
                        .setDecisionId("sentiment/1")
                        .setLocation("sentiment/macs0.50-000001")
                        .setManifestDigest("0f".repeat(32))
                        .setBytes(Long.MAX_VALUE)
                        .setParentDigest("0f".repeat(32))
                        .setWindowEnd(Long.MIN_VALUE)
                        .setStatus(CandidateStatus.REJECTED)
                        .setStatusReason("x".repeat(300))
                        .build());
    }

    private static void require(byte[] bytes) throws WireException {
        PlainLengths.require(PrunedModelAnnouncement.getClassSchema(), bytes, HEADER);
    }

    @Test
    void aWholeRecordPassesAndIsDecodedAsEver() throws Exception {
        byte[] bytes = announcement();
        require(bytes);
        assertThat(RecordCodec.PRUNED_MODEL_ANNOUNCEMENT.decodeWithoutLimits(bytes))
                .isEqualTo(RecordCodec.PRUNED_MODEL_ANNOUNCEMENT.decode(bytes));
    }

    @Test
    void everyRecordThatIsCutIsRefused() {
        byte[] bytes = announcement();
        for (int length = HEADER; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> require(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void namesTheFieldAndBothLengths() {
        byte[] bytes = announcement();
        bytes[HEADER] = 0x7E; // 63 bytes of model id.
        byte[] cut = Arrays.copyOf(bytes, HEADER + 1 + 20);
        assertThatThrownBy(() -> require(cut))
                .hasMessage("field 'model' claims 63 bytes, 20 are left");
        bytes[HEADER] = 0x01;
        assertThatThrownBy(() -> require(bytes)).hasMessageContaining("claims -1 bytes");
    }

    @Test
    void isNotForRecordsWithOtherFields() {
        byte[] bytes = new byte[100];
        assertThatThrownBy(() -> PlainLengths.require(MaskUpdate.getClassSchema(), bytes, HEADER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MaskUpdate.");
    }
}
