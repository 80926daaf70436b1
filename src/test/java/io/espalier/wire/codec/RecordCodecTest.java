package io.espalier.wire.codec;

import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.specific.SpecificRecordBase;

import io.espalier.wire.CalibrationSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Single-object encoding of every record, and what it refuses. */
class RecordCodecTest {

    private static final RecordCodec<CalibrationSample> SAMPLES = RecordCodec.CALIBRATION_SAMPLE;

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of(SAMPLES, WireExamples.sample()),
                Arguments.of(
                        SAMPLES,
                        CalibrationSample.newBuilder(WireExamples.sample())
                                .setTextPair(null)
                                .setLabel(null)
                                .build()),
                Arguments.of(RecordCodec.MASK_UPDATE, WireExamples.mask()),
                Arguments.of(RecordCodec.PRUNED_MODEL_ANNOUNCEMENT, WireExamples.announcement()),
                Arguments.of(RecordCodec.DRIFT_REPORT, WireExamples.report()),
                Arguments.of(RecordCodec.DRIFT_REPORT, WireExamples.starved().build()),
                Arguments.of(RecordCodec.DEAD_LETTER, WireExamples.deadLetter()),
                Arguments.of(RecordCodec.CONTROL_COMMAND, WireExamples.command()));
    }

    @ParameterizedTest
    @MethodSource("records")
    <T extends SpecificRecordBase> void decodesWhatItEncoded(RecordCodec<T> codec, T value)
            throws IOException {
        assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource("records")
    <T extends SpecificRecordBase> void isReadableByAvrosOwnMessageDecoder(
            RecordCodec<T> codec, T value) throws IOException {
        BinaryMessageDecoder<T> avro =
                new BinaryMessageDecoder<>(value.getSpecificData(), value.getSchema());
        assertThat(avro.decode(codec.encode(value))).isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource("records")
    <T extends SpecificRecordBase> void refusesEveryTruncationAndAnyTrailingByte(
            RecordCodec<T> codec, T value) {
        byte[] bytes = codec.encode(value);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(WireException.class)
                    .as("first %d of %d bytes", length, bytes.length)
                    .isThrownBy(() -> codec.decode(cut));
        }
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> codec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .withMessageContaining("ends before");
    }

    /** The bytes are those that the Python of {@code docs/operations.md} prints. */
    @Test
    void readsASampleThatFastavroWrote() throws IOException {
        String printed =
                "c301c63c3b94b5d6d975107765622d34373131267768657265206973206d792070617263656c3f0002"
                        + "107175657374696f6e";
        assertThat(SAMPLES.decode(HexFormat.of().parseHex(printed)))
                .isEqualTo(
                        CalibrationSample.newBuilder()
                                .setId("web-4711")
                                .setText("where is my parcel?")
                                .setLabel("question")
                                .build());
    }

    @Test
    void refusesAnotherMarkerAndAnotherSchema() throws IOException {
        byte[] good = SAMPLES.encode(WireExamples.sample());
        assertThat(SAMPLES.decode(good)).isEqualTo(WireExamples.sample());

        byte[] marker = good.clone();
        marker[1] = 2;
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> SAMPLES.decode(marker))
                .withMessageContaining("10-byte header");
        byte[] fingerprint = good.clone();
        fingerprint[9] ^= 1;
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> SAMPLES.decode(fingerprint))
                .withMessageContaining(RecordCodec.claimedFingerprint(fingerprint))
                .withMessageContaining(SAMPLES.fingerprint());
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(
                        () -> SAMPLES.decode(RecordCodec.MASK_UPDATE.encode(WireExamples.mask())));
    }

    @Test
    void refusesMalformedUtf8ThatAvroWouldReplace() throws IOException {
        byte[] bytes = SAMPLES.encode(WireExamples.sample());
        int first = 11; // The id's first character, after the header and the id's length.
        assertThat(bytes[first]).isEqualTo((byte) 'r');
        bytes[first] = 'R';
        assertThat(SAMPLES.decode(bytes).getId()).isEqualTo("Review-17");
        bytes[first] = (byte) 0xFF;
        assertThat(CalibrationSample.getDecoder().decode(bytes).getId()).startsWith("\uFFFD");
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> SAMPLES.decode(bytes));
    }

    @Test
    void refusesALengthBeyondTheLimitBeforeItAllocates() throws IOException {
        CalibrationSample longest =
                CalibrationSample.newBuilder(WireExamples.sample())
                        .setText("x".repeat(64 << 10))
                        .build();
        assertThat(SAMPLES.decode(SAMPLES.encode(longest))).isEqualTo(longest);

        CalibrationSample tooLong =
                CalibrationSample.newBuilder(longest).setText(longest.getText() + "x").build();
        byte[] bytes = SAMPLES.encode(tooLong);
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> SAMPLES.decode(bytes))
                .withMessageContaining("String length 65537 exceeds");
    }
}
