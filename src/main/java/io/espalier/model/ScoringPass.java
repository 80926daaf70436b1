package io.espalier.model;

import ai.djl.ndarray.NDArray;
import io.espalier.model.SampleScorer.Unscorable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The results of one scored batch, valid while its native scope is open.
 *
 * <p>Shape letters: B samples, T padded tokens, U units, k projection inputs, d hidden.
 */
final class ScoringPass {

    /** The part of a token's weight that does not depend on its importance. */
    private static final float FLOOR = 0.1f;

    private final List<ScorableSample> batch;
    private final float[] losses;
    private final float[][][] gradients; // [sublayer][B][U]
    private final ScoringHook hook;
    private final NDArray valid;

    private ScoringPass(
            List<ScorableSample> batch,
            float[] losses,
            float[][][] gradients,
            ScoringHook hook,
            NDArray valid) {
        this.batch = batch;
        this.losses = losses;
        this.gradients = gradients;
        this.hook = hook;
        this.valid = valid;
    }

    /** Copies losses and gradients out of native memory. */
    static ScoringPass of(
            List<ScorableSample> batch, NDArray losses, ScoringHook hook, NDArray valid) {
        float[][][] gradients = new float[hook.size()][][];
        for (int s = 0; s < gradients.length; s++) {
            try (NDArray gradient = hook.maskGradient(s)) {
                float[] flat = gradient.toFloatArray();
                int units = flat.length / batch.size();
                gradients[s] = new float[batch.size()][];
                for (int i = 0; i < batch.size(); i++) {
                    gradients[s][i] = Arrays.copyOfRange(flat, i * units, (i + 1) * units);
                }
            }
        }
        return new ScoringPass(batch, losses.toFloatArray(), gradients, hook, valid);
    }

    /** Samples whose loss or gradient is NaN or infinite. */
    List<Unscorable> notFinite() {
        List<Unscorable> bad = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (!Float.isFinite(losses[i])) {
                bad.add(new Unscorable(batch.get(i), "loss is " + losses[i]));
                continue;
            }
            for (int s = 0; s < gradients.length; s++) {
                if (!allFinite(gradients[s][i])) {
                    bad.add(
                            new Unscorable(
                                    batch.get(i),
                                    "mask gradient of sublayer " + s + " is not finite"));
                    break;
                }
            }
        }
        return bad;
    }

    private static boolean allFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Each sample's mask gradient [B][U]. */
    float[][] gradients(int sublayer) {
        return gradients[sublayer];
    }

    /** The projection's input at every token, (B T, k). */
    NDArray inputs(int sublayer) {
        NDArray x = hook.input(sublayer);
        return x.reshape(x.getShape().get(0) * x.getShape().get(1), -1);
    }

    /** The weight of every token, (B T, 1); 0 for padding. */
    NDArray tokenWeights(int sublayer) {
        NDArray norms = hook.residualGradient(sublayer).square().sum(new int[] {2}); // (B, T)
        NDArray tokens = valid.sum(new int[] {1}, true); // (B, 1)
        // Gradients of padding are exactly zero; the tiny constant guards an all-zero sample.
        NDArray mean = norms.sum(new int[] {1}, true).div(tokens).add(Float.MIN_NORMAL);
        return norms.div(mean).mul(1 - FLOOR).add(FLOOR).mul(valid).reshape(-1, 1);
    }
}
