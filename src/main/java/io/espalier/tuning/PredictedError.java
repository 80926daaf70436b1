package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.CholeskyFactor;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;

/**
 * What a pruned sublayer, with whatever projection it has, is predicted to cost on given traffic.
 *
 * <pre>
 *   D = W - P W'      delta = mu W + b - mu_S W' - b'
 *   error = tr(D' C D B) + delta B delta'
 * </pre>
 *
 * <p>P W' is the pruned projection with zero rows for the removed inputs, C the covariance of the
 * dense inputs, B the mean output metric. On the scale of the error curves, so sublayers add up.
 * O(k^2 d) time, {@code 8 (k^2 + 2 k d)} bytes.
 */
public final class PredictedError {

    private static final double JITTER = 1e-6;

    private PredictedError() {}

    /**
     * The error of one sublayer.
     *
     * @param moments of the dense projection's input on the traffic in question, k inputs
     * @param metric B / N [d, d] on it
     * @param dense the dense projection
     * @param values mask values [units]; 0 removes
     * @param pruned the projection in use over the kept inputs
     */
    public static double of(
            Sublayer sublayer,
            ProjectionMoments moments,
            PackedSymmetricMatrix metric,
            Projection dense,
            float[] values,
            Projection pruned) {
        int k = dense.inputs();
        int d = dense.outputs();
        KeptInputs inputs = KeptInputs.of(sublayer, values);
        int kept = inputs.kept().length;
        if (pruned.inputs() != kept) {
            throw new IllegalArgumentException(
                    "'%s': %s kept inputs, a projection of %s"
                            .formatted(sublayer.id(), kept, pruned.inputs()));
        }
        double[] difference = new double[k * d]; // D
        double[] shift = new double[d]; // delta
        double[] mean = moments.mean();
        for (int o = 0; o < d; o++) {
            shift[o] = (double) dense.bias()[o] - pruned.bias()[o];
            for (int i = 0; i < k; i++) {
                double value = dense.weight()[o * k + i];
                if (inputs.keeps()[i]) {
                    value -= pruned.weight()[o * kept + inputs.position()[i]];
                }
                difference[i * d + o] = value;
                shift[o] += mean[i] * value;
            }
        }
        double[] root = CholeskyFactor.ofSemidefinite(metric, JITTER);
        double[] weighted = DenseProduct.multiply(difference, root, k, d, d);
        double[] spread = DenseProduct.multiply(moments.covariance(), weighted, k, k, d);
        return product(weighted, spread) + square(DenseProduct.multiply(shift, root, 1, d, d));
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double square(double[] a) {
        return product(a, a);
    }
}
