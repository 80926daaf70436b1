package io.espalier.search;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.CholeskyFactor;
import io.espalier.linalg.DenseProduct;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;

import java.util.stream.IntStream;

/**
 * The error of any structure of a sublayer, re-solved, on the scale of its {@link CurveSearch error
 * curve}; for a prefix of the curve's order it is the curve's own error.
 *
 * <pre>
 *   error = tr(T' (A_RR - A_RS A_SS^-1 A_SR) T)      T = W_R F, B / N = F F'
 *   A = C + lambda (tr C / k) I                      R removed, S kept inputs
 * </pre>
 *
 * <p>O(k^2 d + |S|^3) time, {@code 8 (2 k^2 + 3 k d)} bytes while it runs. Stateless.
 */
public final class StructureError {

    private StructureError() {}

    /**
     * The error of one sublayer under a mask.
     *
     * @param moments of the projection's input, over at least one token
     * @param metric mean output metric B / N [d, d]
     * @param dense the dense projection
     * @param values mask values [units]; 0 removes
     * @return at least 0; infinite if the kept inputs cannot be solved for, so that whoever
     *     compares takes another structure
     */
    public static double of(
            Sublayer sublayer,
            ProjectionMoments moments,
            PackedSymmetricMatrix metric,
            Projection dense,
            float[] values) {
        int k = dense.inputs();
        int d = dense.outputs();
        int width = sublayer.unitWidth();
        int[] kept = IntStream.range(0, k).filter(i -> values[i / width] != 0f).toArray();
        int[] removed = IntStream.range(0, k).filter(i -> values[i / width] == 0f).toArray();
        double[] covariance = moments.covariance();
        double mean = 0;
        for (int i = 0; i < k; i++) {
            mean += covariance[i * k + i] / k;
        }
        if (removed.length == 0 || !(mean > 0)) {
            return 0;
        }
        for (int i = 0; i < k; i++) {
            covariance[i * k + i] += CurveSearch.DEFAULT_RIDGE * mean;
        }
        double[] weight = new double[removed.length * d]; // W_R
        for (int r = 0; r < removed.length; r++) {
            for (int o = 0; o < d; o++) {
                weight[r * d + o] = dense.weight()[o * k + removed[r]];
            }
        }
        double[] root = CholeskyFactor.ofSemidefinite(metric, CurveSearch.JITTER);
        double[] t = DenseProduct.multiply(weight, root, removed.length, d, d);
        double[] own = block(covariance, k, removed, removed);
        double alone = dot(t, DenseProduct.multiply(own, t, removed.length, removed.length, d));
        return Math.max(0, alone - takenOver(covariance, k, kept, removed, t, d));
    }

    /** {@code tr(T' A_RS A_SS^-1 A_SR T)}, what the kept inputs make up for. */
    private static double takenOver(
            double[] a, int k, int[] kept, int[] removed, double[] t, int d) {
        if (kept.length == 0) {
            return 0;
        }
        double[] transposed = new double[t.length]; // T' [d, R]
        for (int r = 0; r < removed.length; r++) {
            for (int o = 0; o < d; o++) {
                transposed[o * removed.length + r] = t[r * d + o];
            }
        }
        double[] cross = block(a, k, removed, kept);
        double[] right = // (A_SR T)' [d, S], one right side a row
                DenseProduct.multiply(transposed, cross, d, removed.length, kept.length);
        double[] solved = right.clone();
        try {
            PositiveDefiniteSolver.best().solve(block(a, k, kept, kept), kept.length, solved, d);
        } catch (NotPositiveDefiniteException e) {
            return Double.NEGATIVE_INFINITY; // The structure is not one to keep.
        }
        return dot(right, solved);
    }

    private static double[] block(double[] a, int k, int[] rows, int[] columns) {
        double[] block = new double[Math.multiplyExact(rows.length, columns.length)];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                block[i * columns.length + j] = a[rows[i] * k + columns[j]];
            }
        }
        return block;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
