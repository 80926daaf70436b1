package io.espalier.linalg;

/** The product of two dense matrices in double precision, by BLAS where it loads. */
public final class DenseProduct {

    /** Rows of b that stay in a core's cache while all rows of a pass over them. */
    private static final int BLOCK = 32;

    private DenseProduct() {}

    /**
     * {@code a b}, row-major, in a new array; both arguments stay untouched.
     *
     * @param a [m, k]
     * @param b [k, n]
     * @throws IllegalArgumentException if an array's length does not fit
     */
    public static double[] multiply(double[] a, double[] b, int m, int k, int n) {
        if (a.length != (long) m * k || b.length != (long) k * n) {
            throw new IllegalArgumentException(
                    "product of [%s, %s] and [%s, %s] given %s and %s numbers"
                            .formatted(m, k, k, n, a.length, b.length));
        }
        double[] out = new double[Math.multiplyExact(m, n)];
        if (out.length == 0 || k == 0) {
            return out;
        }
        if (OpenBlas.unavailable().isEmpty()) {
            OpenBlas.multiply(a, b, out, m, k, n);
        } else {
            multiplyInJava(a, b, out, m, k, n);
        }
        return out;
    }

    /** The fallback; adds to {@code out}. */
    static void multiplyInJava(double[] a, double[] b, double[] out, int m, int k, int n) {
        for (int start = 0; start < k; start += BLOCK) {
            int end = Math.min(k, start + BLOCK);
            for (int i = 0; i < m; i++) {
                for (int l = start; l < end; l++) {
                    double factor = a[i * k + l];
                    for (int j = 0; j < n; j++) {
                        out[i * n + j] += factor * b[l * n + j];
                    }
                }
            }
        }
    }
}
