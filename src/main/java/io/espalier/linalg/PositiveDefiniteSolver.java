package io.espalier.linalg;

/**
 * Solves
 *
 * <pre>
 *   A X = B,        A [n, n] symmetric positive definite
 * </pre>
 *
 * in double precision for several right sides at once. Implementations are stateless and may be
 * called from several threads.
 */
public interface PositiveDefiniteSolver {

    /**
     * Solves in place.
     *
     * @param a A, n x n row-major. Only entries on and above the diagonal are read; the whole array
     *     is scratch afterwards.
     * @param order n, at least 0
     * @param b the right sides, [rightSides, n] row-major, so that B is this array's transpose;
     *     overwritten by the solutions in the same layout, or by anything if the solve fails
     * @param rightSides number of right sides, at least 0
     * @throws NotPositiveDefiniteException if A is not positive definite to working precision, or
     *     the solution would hold a number that is not finite
     * @throws IllegalArgumentException if an array's length does not fit
     */
    void solve(double[] a, int order, double[] b, int rightSides)
            throws NotPositiveDefiniteException;

    /** Which library does the work and, for a fallback, why. */
    String description();

    /** LAPACK where its native library loads, else Commons Math. */
    static PositiveDefiniteSolver best() {
        return LapackSolver.unless(OpenBlas.unavailable());
    }
}
