package io.espalier.linalg;

import org.bytedeco.javacpp.DoublePointer;

import java.nio.DoubleBuffer;

/**
 * Structured optimal brain surgery: eliminates blocks of variables from a quadratic form, the
 * remaining ones taking over what they can.
 *
 * <pre>
 *   min over V with V_R = 0 of  tr((V - W)' A (V - W))      A [k, k] positive definite, W [k, d]
 * </pre>
 *
 * <p>With {@code P = A^-1} and V = W at the start, eliminating the rows R
 *
 * <pre>
 *   raises the minimum by  tr(V_R' (P_RR)^-1 V_R)
 *   V -= P_:R (P_RR)^-1 V_R        P -= P_:R (P_RR)^-1 P_R:
 * </pre>
 *
 * <p>so that the sum of the rises is exact for whatever has been eliminated, in any order (Hassibi
 * and Stork, 1993, eq. 5; block form as in Kwon et al., 2022b, doi:10.48550/arXiv.2203.07259). The
 * minimum never falls.
 *
 * <p>Storage: {@code 8 (k^2 + k d)} bytes of native memory, and as much on the heap while it is
 * made. {@link #eliminate} of m rows takes O(m k (k + d)) operations. Rows that are gone stay in
 * place and are not read again. Not thread-safe; needs OpenBLAS.
 */
public final class SchurElimination implements AutoCloseable {

    private final int order;
    private final int width;
    private final DoublePointer inverse; // P, upper triangle row-major
    private final DoublePointer values; // V
    private final DoubleBuffer p;
    private final DoubleBuffer v;

    /**
     * Starts with nothing eliminated.
     *
     * @param a A [k, k] row-major, of which the upper triangle is read; stays untouched
     * @param w W [k, d] row-major; stays untouched
     * @throws NotPositiveDefiniteException if A is not positive definite to working precision
     * @throws IllegalArgumentException if a length does not fit
     * @throws IllegalStateException if OpenBLAS cannot be loaded
     */
    public SchurElimination(double[] a, int order, double[] w, int width)
            throws NotPositiveDefiniteException {
        if (a.length != (long) order * order || w.length != (long) order * width) {
            throw new IllegalArgumentException(
                    "elimination of order %s and width %s given %s and %s numbers"
                            .formatted(order, width, a.length, w.length));
        }
        OpenBlas.require();
        this.order = order;
        this.width = width;
        this.inverse = new DoublePointer(a.length).put(a, 0, a.length);
        this.values = new DoublePointer(w.length).put(w, 0, w.length);
        // Row-major upper is column-major lower.
        int info = OpenBlas.invertPositiveDefinite(inverse, order);
        if (info != 0) {
            close();
            throw new NotPositiveDefiniteException(
                    "matrix of order " + order + ": leading minor " + info + " is not positive");
        }
        this.p = inverse.asBuffer();
        this.v = values.asBuffer();
    }

    /** What eliminating one remaining row alone would add, {@code |V_i|^2 / P_ii}. */
    public double rise(int row) {
        double square = 0;
        int start = row * width;
        for (int j = start; j < start + width; j++) {
            square += v.get(j) * v.get(j);
        }
        return square / p.get(row * order + row);
    }

    /**
     * What eliminating some remaining rows together would add.
     *
     * @param rows distinct
     * @throws NotPositiveDefiniteException if rounding has left their block of P without an inverse
     */
    public double rise(int[] rows) throws NotPositiveDefiniteException {
        return squares(whitened(factor(rows), valuesOf(rows), width));
    }

    /**
     * Eliminates some remaining rows.
     *
     * @param rows distinct
     * @return what the minimum rises by
     * @throws NotPositiveDefiniteException if rounding has left their block of P without an
     *     inverse; nothing is changed then
     */
    public double eliminate(int[] rows) throws NotPositiveDefiniteException {
        int m = rows.length;
        double[][] factor = factor(rows);
        double[] columns = new double[m * order]; // P_R:
        for (int r = 0; r < m; r++) {
            for (int j = 0; j < order; j++) {
                columns[r * order + j] = inverseAt(rows[r], j);
            }
        }
        double[] z = whitened(factor, columns, order); // L^-1 P_R:
        double[] u = whitened(factor, valuesOf(rows), width); // L^-1 V_R
        try (DoublePointer nativeZ = new DoublePointer(z.length).put(z, 0, z.length);
                DoublePointer nativeU = new DoublePointer(u.length).put(u, 0, u.length)) {
            OpenBlas.subtractSquare(nativeZ, m, order, inverse);
            OpenBlas.subtractProduct(nativeZ, nativeU, m, order, width, values);
        }
        return squares(u);
    }

    private double inverseAt(int i, int j) {
        return i <= j ? p.get(i * order + j) : p.get(j * order + i);
    }

    private double[] valuesOf(int[] rows) {
        double[] copy = new double[rows.length * width];
        for (int r = 0; r < rows.length; r++) {
            v.get(rows[r] * width, copy, r * width, width);
        }
        return copy;
    }

    /** Cholesky factor L of P_RR, by rows. */
    private double[][] factor(int[] rows) throws NotPositiveDefiniteException {
        double[][] l = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            l[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                double sum = inverseAt(rows[i], rows[j]);
                for (int t = 0; t < j; t++) {
                    sum -= l[i][t] * l[j][t];
                }
                if (i == j && !(sum > 0)) {
                    throw new NotPositiveDefiniteException(
                            "row " + rows[i] + " of order " + order + " has pivot " + sum);
                }
                l[i][j] = i == j ? Math.sqrt(sum) : sum / l[j][j];
            }
        }
        return l;
    }

    /** Overwrites B [m, n] by {@code L^-1 B} and returns it. */
    private static double[] whitened(double[][] l, double[] b, int n) {
        for (int i = 0; i < l.length; i++) {
            for (int t = 0; t < i; t++) {
                double factor = l[i][t];
                for (int j = 0; j < n; j++) {
                    b[i * n + j] -= factor * b[t * n + j];
                }
            }
            for (int j = 0; j < n; j++) {
                b[i * n + j] /= l[i][i];
            }
        }
        return b;
    }

    private static double squares(double[] numbers) {
        double sum = 0;
        for (double number : numbers) {
            sum += number * number;
        }
        return sum;
    }

    @Override
    public void close() {
        inverse.close();
        values.close();
    }
}
