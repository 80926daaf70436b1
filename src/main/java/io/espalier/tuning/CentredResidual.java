package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.ResidualMoments;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;

import java.util.Arrays;

/**
 * Residual moments about their means, and what can be solved from them.
 *
 * <pre>
 *   mu = s / n     C = G / n - mu'mu     e = sum / n     D = cross / n - e'mu
 * </pre>
 *
 * @param mu [k]
 * @param covariance C, [k, k], both triangles
 * @param mean e, [d]
 * @param cross D, [d, k]
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on within one solve, never compared.
record CentredResidual(double[] mu, double[] covariance, double[] mean, double[] cross) {

    static CentredResidual of(ResidualMoments moments) {
        ProjectionMoments inputs = moments.inputs();
        int k = inputs.width();
        double n = inputs.weight();
        double[] mu = inputs.mean();
        double[] mean = Arrays.stream(moments.sum()).map(sum -> sum / n).toArray();
        double[] cross = new double[moments.cross().length];
        for (int o = 0; o < mean.length; o++) {
            for (int i = 0; i < k; i++) {
                cross[o * k + i] = moments.cross()[o * k + i] / n - mean[o] * mu[i];
            }
        }
        return new CentredResidual(mu, inputs.covariance(), mean, cross);
    }

    /** {@code D (C + rho (tr C / k) I)^-1}: new weights less the old, [d, k]. */
    double[] weights(PositiveDefiniteSolver solver, double rho)
            throws NotPositiveDefiniteException {
        int k = mu.length;
        double trace = 0;
        for (int i = 0; i < k; i++) {
            trace += covariance[i * k + i];
        }
        double[] ridge = new double[k];
        Arrays.fill(ridge, rho * trace / k);
        double[] change = cross.clone();
        solve(solver, covariance.clone(), ridge, change);
        return change;
    }

    /**
     * The same where each unit's weights may only be scaled: {@code (Q + rho diag Q) delta = q}
     * with {@code Q = W W' o C} and {@code q = diag W'D'} summed over units; delta [units].
     */
    double[] values(PositiveDefiniteSolver solver, double rho, Projection kept, int unitWidth)
            throws NotPositiveDefiniteException {
        int k = mu.length;
        int units = k / unitWidth;
        double[] products = MaskValueSystem.products(kept);
        double[] form = new double[units * units];
        double[] delta = new double[units];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                form[i / unitWidth * units + j / unitWidth] +=
                        products[i * k + j] * covariance[i * k + j];
            }
            for (int o = 0; o < mean.length; o++) {
                delta[i / unitWidth] += kept.weight()[o * k + i] * cross[o * k + i];
            }
        }
        double[] ridge = new double[units];
        Arrays.setAll(ridge, u -> rho * form[u * units + u]);
        solve(solver, form, ridge, delta);
        return delta;
    }

    /** Solves with a ridge on the diagonal, scaled to a unit diagonal; both are overwritten. */
    private static void solve(
            PositiveDefiniteSolver solver, double[] matrix, double[] ridge, double[] rightSides)
            throws NotPositiveDefiniteException {
        int n = ridge.length;
        double[] scale = new double[n];
        for (int i = 0; i < n; i++) {
            matrix[i * n + i] += ridge[i];
            if (!(matrix[i * n + i] > 0 && matrix[i * n + i] < Double.POSITIVE_INFINITY)) {
                throw new NotPositiveDefiniteException(
                        "variance of kept input %s with ridge is %s"
                                .formatted(i, matrix[i * n + i]));
            }
            scale[i] = 1 / Math.sqrt(matrix[i * n + i]);
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matrix[i * n + j] *= scale[i] * scale[j];
            }
        }
        scaleColumns(rightSides, scale);
        solver.solve(matrix, n, rightSides, rightSides.length / n);
        scaleColumns(rightSides, scale);
    }

    private static void scaleColumns(double[] rows, double[] scale) {
        for (int i = 0; i < rows.length; i++) {
            rows[i] *= scale[i % scale.length];
        }
    }
}
