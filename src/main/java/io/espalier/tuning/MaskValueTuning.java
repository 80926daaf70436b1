package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.CholeskyFactor;
import io.espalier.linalg.LeastSquaresOperator;
import io.espalier.linalg.Lsmr;
import io.espalier.linalg.LsmrResult;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;

/**
 * One scale for each kept unit, so that together they make up for the removed ones.
 *
 * <pre>
 *   M = (W W') o C, summed over the blocks of units       C = G / n - mu'mu
 *   m_K = 1 + (M_KK + rho diag M_KK)^-1 M_KR 1
 * </pre>
 *
 * <p>It is the least-squares form of Kwon et al. (NeurIPS 2022, section 4.3) over moments instead
 * of tokens. The system is scaled to a unit diagonal and solved by LSMR on its Cholesky factor L,
 * {@code min |L' x - L^-1 r|}, whose condition is the root of the system's.
 */
final class MaskValueTuning {

    /** Values beyond this are refused, as in the paper's implementation. */
    private static final double LARGEST = 10;

    private static final double TOLERANCE = 1e-10;
    private static final int ITERATIONS_PER_UNKNOWN = 5;
    private static final double JITTER = 1e-12;

    private MaskValueTuning() {}

    /**
     * The values.
     *
     * @param values mask values [units]; 0 removes
     * @param rho ridge relative to the diagonal, above 0
     * @return the kept units' values [units], 0 for the others
     * @throws NotPositiveDefiniteException if the system cannot be solved, or a value is beyond
     *     what is accepted; the message says which
     */
    static float[] solve(
            Sublayer sublayer,
            ProjectionMoments moments,
            Projection dense,
            float[] values,
            double rho)
            throws NotPositiveDefiniteException {
        int units = sublayer.units();
        double[] quadratic = quadratic(sublayer, moments, dense);
        int[] kept =
                java.util.stream.IntStream.range(0, units).filter(u -> values[u] != 0f).toArray();
        int n = kept.length;
        double[] scale = new double[n];
        for (int i = 0; i < n; i++) {
            double diagonal = (1 + rho) * quadratic[kept[i] * units + kept[i]];
            if (!(diagonal > 0 && diagonal < Double.POSITIVE_INFINITY)) {
                throw new NotPositiveDefiniteException(
                        "what unit " + kept[i] + " adds to the output varies by " + diagonal);
            }
            scale[i] = 1 / Math.sqrt(diagonal);
        }
        PackedSymmetricMatrix system = new PackedSymmetricMatrix(n);
        double[] right = new double[n];
        for (int i = 0; i < n; i++) {
            int row = system.rowStart(i) - i;
            for (int j = i; j < n; j++) {
                double entry = quadratic[kept[i] * units + kept[j]];
                system.packed()[row + j] = i == j ? 1 : entry * scale[i] * scale[j];
            }
            for (int u = 0; u < units; u++) {
                right[i] += values[u] == 0f ? quadratic[kept[i] * units + u] * scale[i] : 0;
            }
            if (!Double.isFinite(right[i])) {
                throw new NotPositiveDefiniteException(
                        "unit " + kept[i] + " has the right side " + right[i]);
            }
        }
        double[] x = lsmr(system, right);
        float[] tuned = new float[units];
        for (int i = 0; i < n; i++) {
            double value = 1 + x[i] * scale[i];
            if (!(Math.abs(value) <= LARGEST)) {
                throw new NotPositiveDefiniteException(
                        "unit "
                                + kept[i]
                                + " would get the value "
                                + value
                                + ", beyond "
                                + LARGEST);
            }
            tuned[kept[i]] = (float) value;
        }
        return tuned;
    }

    /** M [units, units], full. */
    private static double[] quadratic(
            Sublayer sublayer, ProjectionMoments moments, Projection dense) {
        int k = dense.inputs();
        double[] products = MaskValueSystem.products(dense);
        int units = sublayer.units();
        int width = sublayer.unitWidth();
        double[] quadratic = new double[units * units];
        double[] covariance = moments.covariance();
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                quadratic[i / width * units + j / width] +=
                        covariance[i * k + j] * products[i * k + j];
            }
        }
        return quadratic;
    }

    private static double[] lsmr(PackedSymmetricMatrix system, double[] right)
            throws NotPositiveDefiniteException {
        int n = right.length;
        double[] factor;
        try {
            factor = CholeskyFactor.ofSemidefinite(system, JITTER);
        } catch (ArithmeticException e) {
            throw new NotPositiveDefiniteException(String.valueOf(e.getMessage()));
        }
        double[] target = right.clone(); // L^-1 r
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                target[i] -= factor[i * n + j] * target[j];
            }
            target[i] /= factor[i * n + i];
        }
        Lsmr.Settings settings =
                new Lsmr.Settings(0, TOLERANCE, TOLERANCE, 0, ITERATIONS_PER_UNKNOWN * n);
        LsmrResult result = new Lsmr(settings).solve(new TransposedFactor(factor, n), target);
        return result.x();
    }

    /** L' as an operator. */
    private static final class TransposedFactor extends LeastSquaresOperator {

        private final double[] factor;
        private final int order;

        private TransposedFactor(double[] factor, int order) {
            this.factor = factor;
            this.order = order;
        }

        @Override
        public int getRowDimension() {
            return order;
        }

        @Override
        public int getColumnDimension() {
            return order;
        }

        @Override
        public void apply(double[] x, double[] y) {
            java.util.Arrays.fill(y, 0);
            for (int i = 0; i < order; i++) {
                for (int j = 0; j <= i; j++) {
                    y[j] += factor[i * order + j] * x[i];
                }
            }
        }

        @Override
        public void applyTranspose(double[] y, double[] x) {
            for (int i = 0; i < order; i++) {
                double sum = 0;
                for (int j = 0; j <= i; j++) {
                    sum += factor[i * order + j] * y[j];
                }
                x[i] = sum;
            }
        }
    }
}
