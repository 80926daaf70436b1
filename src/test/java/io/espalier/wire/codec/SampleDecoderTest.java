package io.espalier.wire.codec;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.DeadLetter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** What is accepted for scoring, what is refused and with which reason. */
class SampleDecoderTest {

    private static final Origin ORIGIN = new Origin("espalier.calibration", 3, 42, 1_000);
    private static final int MAX_BYTES = 4096;
    private static final RecordCodec<CalibrationSample> CODEC = RecordCodec.CALIBRATION_SAMPLE;

    private final SampleDecoder decoder =
            new SampleDecoder(new Labels(List.of("negative", "positive")), MAX_BYTES);

    @Test
    void acceptsAValidSampleAsItIs() {
        assertThat(decode(CODEC.encode(WireExamples.sample())))
                .isEqualTo(new Decoded.Accepted(WireExamples.sample()));
    }

    @Test
    void acceptsASampleWithoutPairAndLabel() {
        CalibrationSample plain = CalibrationSample.newBuilder().setId("1").setText("a").build();
        assertThat(decode(CODEC.encode(plain))).isEqualTo(new Decoded.Accepted(plain));
    }

    @Test
    void refusesATombstone() {
        DeadLetter letter = letter(decode(null));
        assertThat(letter.getStage()).isEqualTo("decode");
        assertThat(letter.getPayload().remaining()).isZero();
    }

    @Test
    void aRefusalCarriesPayloadOriginReasonAndFingerprint() {
        byte[] cut = Arrays.copyOf(CODEC.encode(WireExamples.sample()), 20);
        DeadLetter letter = letter(decode(cut));
        assertThat(DeadLetters.payload(letter)).isEqualTo(cut);
        assertThat(letter.getTopic()).isEqualTo(ORIGIN.topic());
        assertThat(letter.getPartition()).isEqualTo(ORIGIN.partition());
        assertThat(letter.getOffset()).isEqualTo(ORIGIN.offset());
        assertThat(letter.getTimestamp()).isEqualTo(ORIGIN.timestamp());
        assertThat(letter.getStage()).isEqualTo("decode");
        assertThat(letter.getErrorClass()).isEqualTo("java.io.EOFException");
        assertThat(letter.getMessage()).contains("malformed CalibrationSample of 20 bytes");
        assertThat(letter.getSchemaFingerprint()).isEqualTo(CODEC.fingerprint());
    }

    @Test
    void refusesWhatIsNoSingleObjectEncodingWithoutAFingerprint() {
        DeadLetter letter = letter(decode(new byte[] {'{', '}'}));
        assertThat(letter.getStage()).isEqualTo("decode");
        assertThat(letter.getSchemaFingerprint()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"1, true", "256, true", "0, false", "257, false"})
    void idsHave1To256Characters(int length, boolean accepted) {
        assertAccepted(sample().setId("x".repeat(length)).build(), accepted, "id of " + length);
    }

    @ParameterizedTest
    @CsvSource({"a b, true", "'a\nb', false", "'a\u0000b', false", "'a\u0085b', false"})
    void idsHaveNoControlCharacters(String id, boolean accepted) {
        assertAccepted(sample().setId(id).build(), accepted, "control character");
    }

    @ParameterizedTest
    @CsvSource({"' . ', true", "' ', false", "'', false", "'\t\n\u2003', false"})
    void textsAreNotBlank(String text, boolean accepted) {
        assertAccepted(sample().setText(text).build(), accepted, "text is blank");
    }

    @ParameterizedTest
    @CsvSource({
        "negative, true",
        "positive, true",
        "0, true",
        "1, true",
        "2, false",
        "-1, false",
        "01, false",
        "'', false",
        "Positive, false",
        "neutral, false",
        "1.0, false"
    })
    void labelsAreClassNamesOrIndices(String label, boolean accepted) {
        assertAccepted(sample().setLabel(label).build(), accepted, "2 classes");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void samplesAreAtMostOfTheConfiguredSize(int excess) {
        int overhead = CODEC.encode(sample().setText("x".repeat(4000)).build()).length - 4000;
        CalibrationSample sample =
                sample().setText("x".repeat(MAX_BYTES - overhead + excess)).build();
        assertThat(CODEC.encode(sample)).hasSize(MAX_BYTES + excess);
        assertAccepted(sample, excess == 0, "4097 bytes is larger than 4096");
    }

    @Test
    void noMessageQuotesTheInput() {
        DeadLetter letter = letter(decode(CODEC.encode(sample().setLabel("c4n4ry").build())));
        assertThat(letter.getMessage()).doesNotContain("c4n4ry");
    }

    /** Truncations, bit flips, splices and noise; most are malformed, some only look different. */
    @Test
    void neverThrowsOnTwentyThousandMutants() {
        long seed = Long.getLong("seed", 17);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good = CODEC.encode(WireExamples.sample());
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutant = mutant(good, random);
            Decoded decoded = decode(mutant);
            if (decoded instanceof Decoded.Rejected rejected) {
                refused++;
                assertThat(Arrays.equals(DeadLetters.payload(rejected.letter()), mutant)).isTrue();
            } else {
                CalibrationSample sample = ((Decoded.Accepted) decoded).sample();
                assertThat(decoder.problem(sample)).isEmpty();
            }
        }
        assertThat(refused).isBetween(10_000, 19_999);
    }

    private static byte[] mutant(byte[] good, Random random) {
        byte[] bytes = good.clone();
        switch (random.nextInt(5)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> {
                for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 2 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(16));
            case 3 -> random.nextBytes(bytes);
            default -> {
                byte[] noise = new byte[1 + random.nextInt(12)];
                random.nextBytes(noise);
                int at = 10 + random.nextInt(bytes.length - 10 - noise.length);
                System.arraycopy(noise, 0, bytes, at, noise.length);
            }
        }
        return bytes;
    }

    private void assertAccepted(CalibrationSample sample, boolean accepted, String reason) {
        Decoded decoded = decode(CODEC.encode(sample));
        if (accepted) {
            assertThat(decoded).isEqualTo(new Decoded.Accepted(sample));
        } else {
            DeadLetter letter = letter(decoded);
            assertThat(letter.getStage()).isEqualTo("validate");
            assertThat(letter.getMessage()).contains(reason);
        }
    }

    private Decoded decode(byte @Nullable [] value) {
        return decoder.decode(value, ORIGIN);
    }

    private static DeadLetter letter(Decoded decoded) {
        assertThat(decoded).isInstanceOf(Decoded.Rejected.class);
        return ((Decoded.Rejected) decoded).letter();
    }

    private static CalibrationSample.Builder sample() {
        return CalibrationSample.newBuilder().setId("s").setText("text").setLabel("positive");
    }
}
