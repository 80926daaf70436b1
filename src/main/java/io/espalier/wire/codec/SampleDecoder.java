package io.espalier.wire.codec;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.DeadLetter;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * The way from a Kafka value to a sample that is safe to score, or to a dead letter.
 *
 * <p>Never throws, whatever the bytes: what is no record is refused at stage {@code decode}, a
 * record the model cannot be asked about at stage {@code validate}. No message quotes the input.
 * Immutable and thread-safe.
 */
public final class SampleDecoder {

    /** Characters an id may have. */
    public static final int MAX_ID_LENGTH = 256;

    private final Labels labels;
    private final int maxBytes;

    /**
     * A decoder for the samples of one model.
     *
     * @param labels the model's classes
     * @param maxBytes largest encoded sample that is accepted
     */
    public SampleDecoder(Labels labels, int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("largest sample has " + maxBytes + " bytes");
        }
        this.labels = labels;
        this.maxBytes = maxBytes;
    }

    /** Decodes and validates one value; a null value is a Kafka tombstone. */
    public Decoded decode(byte @Nullable [] value, Origin origin) {
        if (value == null) {
            return rejected(
                    new byte[0], origin, Stage.DECODE, WireException.class, "the value is null");
        }
        if (value.length > maxBytes) {
            return invalid(
                    value,
                    origin,
                    "sample of " + value.length + " bytes is larger than " + maxBytes);
        }
        CalibrationSample sample;
        try {
            sample = RecordCodec.CALIBRATION_SAMPLE.decode(value);
        } catch (WireException e) {
            Class<?> error = e.getCause() == null ? e.getClass() : e.getCause().getClass();
            return rejected(value, origin, Stage.DECODE, error, String.valueOf(e.getMessage()));
        }
        Optional<String> problem = problem(sample);
        return problem.isPresent()
                ? invalid(value, origin, problem.get())
                : new Decoded.Accepted(sample);
    }

    /** Why a sample cannot be scored; empty if it can. */
    public Optional<String> problem(CalibrationSample sample) {
        String id = sample.getId();
        if (id.isEmpty() || id.length() > MAX_ID_LENGTH) {
            return Optional.of(
                    "id of " + id.length() + " characters; allowed are 1 to " + MAX_ID_LENGTH);
        }
        if (id.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("id contains a control character");
        }
        if (sample.getText().isBlank()) {
            return Optional.of("text is blank");
        }
        String label = sample.getLabel();
        if (label != null && labels.index(label).isEmpty()) {
            return Optional.of(
                    "label of "
                            + label.length()
                            + " characters is neither one of the model's "
                            + labels.names().size()
                            + " classes nor an index below that");
        }
        return Optional.empty();
    }

    private static Decoded invalid(byte[] value, Origin origin, String message) {
        return rejected(value, origin, Stage.VALIDATE, IllegalArgumentException.class, message);
    }

    private static Decoded rejected(
            byte[] value, Origin origin, Stage stage, Class<?> error, String message) {
        DeadLetter letter = DeadLetters.of(value, origin, stage, error.getName(), message);
        return new Decoded.Rejected(letter);
    }
}
