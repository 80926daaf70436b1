package io.espalier.model;

import io.espalier.fisher.LossKind;
import io.espalier.fisher.SampleHash;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of the samples' losses with respect to their logits, [C] each, from which the way
 * back through the model starts.
 *
 * <p>With logits a and p = softmax(a), held constant:
 *
 * <pre>
 *   supervised       p - e_y                          regression (C = 1): 2 (a - y)
 *   sampled Fisher   p - e_y, y drawn from p          regression: 1
 *   true Fisher      r_1 ... r_(C-1), with sum_m r_m' r_m = diag p - p'p; regression: 1
 * </pre>
 *
 * <p>The r_m are the columns of the LDL' factor of that matrix: with q_0 = 1 and q_j = 1 - p_1 -
 * ... - p_j, r_j is {@code sqrt(p_j q_j / q_(j-1)) (e_j - sum_(i>j) (p_i / q_j) e_i)}. For two
 * classes that is {@code sqrt(p_1 p_2) (e_1 - e_2)}.
 */
final class LossGradients {

    private LossGradients() {}

    /**
     * The gradients, loss by loss.
     *
     * @param logits [B][C]
     * @param seed of the drawn classes
     * @return one entry for each loss a sample has, each [B][C]
     * @throws IllegalArgumentException if the loss needs a label that a sample does not have
     */
    static List<float[][]> of(
            LossKind kind, float[][] logits, List<ScorableSample> samples, long seed) {
        int classes = logits[0].length;
        int losses = kind == LossKind.TRUE_FISHER ? Math.max(1, classes - 1) : 1;
        List<float[][]> gradients = new ArrayList<>();
        for (int m = 0; m < losses; m++) {
            float[][] rows = new float[logits.length][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = gradient(kind, m, logits[i], samples.get(i), seed);
            }
            gradients.add(rows);
        }
        return gradients;
    }

    private static float[] gradient(
            LossKind kind, int m, float[] logits, ScorableSample sample, long seed) {
        if (logits.length == 1) {
            return new float[] {
                kind == LossKind.SUPERVISED ? (float) (2 * (logits[0] - target(sample))) : 1f
            };
        }
        double[] p = softmax(logits);
        return switch (kind) {
            case SUPERVISED -> crossEntropy(p, label(sample, p.length));
            case SAMPLED_FISHER -> crossEntropy(p, drawn(p, sample, seed));
            case TRUE_FISHER -> factor(p, m);
        };
    }

    private static float[] crossEntropy(double[] p, int label) {
        float[] gradient = new float[p.length];
        for (int c = 0; c < p.length; c++) {
            gradient[c] = (float) (c == label ? p[c] - 1 : p[c]);
        }
        return gradient;
    }

    private static int drawn(double[] p, ScorableSample sample, long seed) {
        double left = SampleHash.uniform(sample.id(), seed ^ 0x5bd1e995L);
        int drawn = 0;
        while (drawn < p.length - 1 && left >= p[drawn]) {
            left -= p[drawn++];
        }
        return drawn;
    }

    private static float[] factor(double[] p, int j) {
        double after = 0; // q_j, summed from the small end so that it does not cancel
        for (int i = p.length - 1; i > j; i--) {
            after += p[i];
        }
        float[] gradient = new float[p.length];
        if (after > 0) {
            double scale = Math.sqrt(p[j] * after / (p[j] + after));
            gradient[j] = (float) scale;
            for (int i = j + 1; i < p.length; i++) {
                gradient[i] = (float) (-scale * p[i] / after);
            }
        }
        return gradient;
    }

    private static double[] softmax(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double[] p = new double[logits.length];
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(logits[c] - max);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
        return p;
    }

    private static int label(ScorableSample sample, int classes) {
        int label = sample.label();
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException(
                    "sample '"
                            + sample.id()
                            + "' has label "
                            + label
                            + "; the model has "
                            + classes
                            + " classes and the supervised loss needs one");
        }
        return label;
    }

    private static double target(ScorableSample sample) {
        if (Double.isNaN(sample.target())) {
            throw new IllegalArgumentException(
                    "sample '" + sample.id() + "' has no value; the supervised loss needs one");
        }
        return sample.target();
    }
}
