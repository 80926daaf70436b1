package io.espalier.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A few inputs with the logits that the publisher computed for them, {@code selfcheck.json}.
 *
 * @param format 1
 * @param tolerance largest difference of a logit, absolute
 * @param inputs token ids
 * @param logits [inputs][classes]
 */
@SuppressWarnings("ArrayRecordComponent") // Read, replayed, forgotten.
record SelfCheck(
        @JsonProperty(required = true) int format,
        @JsonProperty(required = true) double tolerance,
        @JsonProperty(required = true) List<Input> inputs,
        @JsonProperty(required = true) float[][] logits) {

    static final String FILE = "selfcheck.json";

    private static final double LOOSEST = 0.01;
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    /** One text in tokens. */
    @SuppressWarnings("ArrayRecordComponent") // Read, replayed, forgotten.
    record Input(
            @JsonProperty(value = "input_ids", required = true) long[] ids,
            @JsonProperty(value = "token_type_ids", required = true) long[] typeIds) {}

    /** Refuses another format, and a check that would let everything pass. */
    SelfCheck {
        inputs = List.copyOf(inputs);
        if (format != 1
                || !(tolerance > 0 && tolerance <= LOOSEST)
                || inputs.isEmpty()
                || inputs.size() != logits.length) {
            throw new IllegalArgumentException(
                    "format %d, tolerance %s, %d inputs and %d rows of logits; this build reads format"
                                    .formatted(format, tolerance, inputs.size(), logits.length)
                            + " 1 with a tolerance in (0, "
                            + LOOSEST
                            + "] and a row for each of at least one input");
        }
    }

    /** Reads the file. */
    static SelfCheck parse(byte[] json) throws IOException {
        try {
            return JSON.readValue(json, SelfCheck.class);
        } catch (JsonProcessingException e) {
            throw new ServingException(FILE + ": " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Runs every input alone and all of them side by side.
     *
     * @throws ServingException naming the first logit that differs, with both values
     */
    void replay(LoadedModel model) throws ServingException {
        List<Tokens> texts = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            Tokens text = new Tokens(inputs.get(i).ids(), inputs.get(i).typeIds());
            texts.add(text);
            compare(i, logits[i], model.logits(TokenBatch.of(List.of(text)))[0], "alone");
        }
        float[][] together = model.logits(TokenBatch.of(texts));
        for (int i = 0; i < logits.length; i++) {
            compare(i, logits[i], together[i], "in a batch of " + logits.length);
        }
    }

    private void compare(int input, float[] expected, float[] actual, String how)
            throws ServingException {
        if (expected.length != actual.length) {
            throw new ServingException(
                    "%s: input %d has %d logits, the model gives %d"
                            .formatted(FILE, input, expected.length, actual.length));
        }
        for (int c = 0; c < expected.length; c++) {
            if (!(Math.abs(expected[c] - actual[c]) <= tolerance)) {
                throw new ServingException(
                        "%s: input %d %s: logit %d is %s, recorded %s, tolerance %s"
                                .formatted(FILE, input, how, c, actual[c], expected[c], tolerance));
            }
        }
    }
}
