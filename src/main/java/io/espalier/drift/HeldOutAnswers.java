package io.espalier.drift;

/**
 * What a model said of each held-out sample, beside what the dense one said and what is right.
 *
 * @param logits [samples][C] of the model; not to be written to
 * @param dense [samples][C] of the dense model on the same samples
 * @param labels [samples], in [0, C), or -1 where it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // Results, never compared.
public record HeldOutAnswers(float[][] logits, float[][] dense, int[] labels) {

    /** Means over the samples. */
    public HeldOutQuality quality() {
        return HeldOutQuality.of(logits, dense, labels);
    }

    /** How many samples have a label. */
    public int labelled() {
        int labelled = 0;
        for (int label : labels) {
            labelled += label >= 0 ? 1 : 0;
        }
        return labelled;
    }

    /** Whether the model gives the label, for each labelled sample in order. */
    boolean[] right() {
        boolean[] right = new boolean[labelled()];
        int at = 0;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= 0) {
                right[at++] = HeldOutQuality.argMax(logits[i]) == labels[i];
            }
        }
        return right;
    }

    /** Whether the model gives the dense one's class, for each sample. */
    boolean[] agreeing() {
        boolean[] agreeing = new boolean[labels.length];
        for (int i = 0; i < labels.length; i++) {
            agreeing[i] = HeldOutQuality.argMax(logits[i]) == HeldOutQuality.argMax(dense[i]);
        }
        return agreeing;
    }
}
