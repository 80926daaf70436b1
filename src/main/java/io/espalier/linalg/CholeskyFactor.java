package io.espalier.linalg;

/** Cholesky factors of symmetric matrices, {@code S = F F'} with F lower triangular. */
public final class CholeskyFactor {

    private static final double LARGEST_JITTER = 1;

    private CholeskyFactor() {}

    /**
     * The factor of a matrix that is positive semidefinite but for rounding, with so much of its
     * mean diagonal added to the diagonal as is needed: {@code jitter}, or the first of its
     * multiples by powers of ten that succeeds.
     *
     * @param matrix S of order n; stays untouched
     * @param jitter smallest share of the mean diagonal that is added, above 0
     * @return F [n, n] row-major; zeros if the trace is 0
     * @throws ArithmeticException if the matrix is far from semidefinite, or not finite
     */
    public static double[] ofSemidefinite(PackedSymmetricMatrix matrix, double jitter) {
        int n = matrix.order();
        double trace = matrix.trace();
        if (trace == 0) {
            return new double[n * n];
        }
        for (double share = jitter; share <= LARGEST_JITTER; share *= 10) {
            double[] factor = full(matrix, share * trace / n);
            if (OpenBlas.factorPositiveDefinite(factor, n) == 0) {
                clearAbove(factor, n);
                return factor;
            }
        }
        throw new ArithmeticException(
                "matrix of order " + n + " and trace " + trace + " is not positive semidefinite");
    }

    private static double[] full(PackedSymmetricMatrix matrix, double added) {
        int n = matrix.order();
        double[] full = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                full[i * n + j] = matrix.get(i, j) + (i == j ? added : 0);
            }
        }
        return full;
    }

    private static void clearAbove(double[] matrix, int n) {
        for (int i = 0; i < n; i++) {
            java.util.Arrays.fill(matrix, i * n + i + 1, (i + 1) * n, 0);
        }
    }
}
