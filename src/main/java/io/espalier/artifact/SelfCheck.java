package io.espalier.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What {@code selfcheck.json} says: made-up inputs and the logits that the judged model gave.
 *
 * <p>Whoever loads the model, in whatever runtime, can replay it before serving. The inputs are
 * drawn token ids, so that nobody's text is published.
 *
 * @param format 1
 * @param tolerance largest difference of a logit that another runtime may show
 * @param inputs sequences of different lengths, to be run as one padded batch or one by one
 * @param logits [inputs, labels]
 */
public record SelfCheck(
        int format, double tolerance, List<Input> inputs, List<List<Float>> logits) {

    /** Name of the file. */
    public static final String FILE = "selfcheck.json";

    private static final int FORMAT = 1;

    /** Rounding of another runtime's kernels, on logits of a few units. */
    private static final double TOLERANCE = 1e-4;

    private static final int[] LENGTHS = {3, 17, 32, 64, 9};
    private static final long SEED = 17;

    /** Refuses another format and copies the lists. */
    public SelfCheck {
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    "format " + format + ", this build reads format " + FORMAT);
        }
        inputs = List.copyOf(inputs);
        logits = logits.stream().map(List::copyOf).toList();
        if (inputs.isEmpty() || inputs.size() != logits.size()) {
            throw new IllegalArgumentException(
                    inputs.size() + " inputs and " + logits.size() + " rows of logits");
        }
    }

    /**
     * One sequence.
     *
     * @param ids token ids
     * @param types segment of each token
     */
    public record Input(
            @JsonProperty("input_ids") List<Integer> ids,
            @JsonProperty("token_type_ids") List<Integer> types) {

        /** Copies the lists. */
        public Input {
            ids = List.copyOf(ids);
            types = List.copyOf(types);
            if (ids.isEmpty() || ids.size() != types.size()) {
                throw new IllegalArgumentException(
                        ids.size() + " token ids and " + types.size() + " types");
            }
        }
    }

    /** The inputs for a model, the same always. */
    public static List<Input> inputs(int vocabulary, int positions, int types) {
        Random random = new Random(SEED);
        List<Input> inputs = new ArrayList<>();
        for (int length : LENGTHS) {
            List<Integer> ids = new ArrayList<>();
            List<Integer> segments = new ArrayList<>();
            int count = Math.min(length, positions);
            for (int i = 0; i < count; i++) {
                ids.add(random.nextInt(vocabulary));
                segments.add(2 * i < count ? 0 : Math.min(1, types - 1));
            }
            inputs.add(new Input(ids, segments));
        }
        return inputs;
    }

    /** The check that these logits have to be reproduced. */
    public static SelfCheck of(List<Input> inputs, float[][] logits) {
        List<List<Float>> rows = new ArrayList<>();
        for (float[] row : logits) {
            List<Float> values = new ArrayList<>();
            for (float value : row) {
                values.add(value);
            }
            rows.add(values);
        }
        return new SelfCheck(FORMAT, TOLERANCE, inputs, rows);
    }

    /**
     * The largest difference to other logits.
     *
     * @throws ArtifactException if it exceeds the tolerance or there are others than these inputs'
     */
    public double verify(String runtime, float[][] found) throws ArtifactException {
        double worst = 0;
        for (int i = 0; i < logits.size(); i++) {
            List<Float> expected = logits.get(i);
            if (found.length != logits.size() || found[i].length != expected.size()) {
                throw new ArtifactException(
                        FILE + ": " + runtime + " gives logits of another shape");
            }
            for (int c = 0; c < expected.size(); c++) {
                double difference = Math.abs((double) found[i][c] - expected.get(c));
                if (!(difference <= tolerance)) {
                    throw new ArtifactException(
                            "%s: input %d, class %d: %s gives %s, recorded is %s; at most %s apart"
                                    .formatted(
                                            FILE,
                                            i,
                                            c,
                                            runtime,
                                            found[i][c],
                                            expected.get(c),
                                            tolerance));
                }
                worst = Math.max(worst, difference);
            }
        }
        return worst;
    }

    /** The file's bytes. */
    public byte[] toJson() throws IOException {
        return Json.write(this);
    }

    /** Reads the file's bytes. */
    public static SelfCheck fromJson(byte[] json) throws ArtifactException {
        return Json.read(FILE, json, SelfCheck.class);
    }
}
