package io.espalier.linalg;

import org.bytedeco.openblas.global.openblas;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * The native BLAS and LAPACK kernels, each on the calling thread.
 *
 * <p>The library is loaded at the first use and told to run on one thread: with threads of its own
 * it wins little on loaded cores and can lose a factor of ten; parallelism comes from sublayers.
 * All methods may be called from several threads at once. Arrays are copied on their way to the
 * library and back.
 */
final class OpenBlas {

    private OpenBlas() {}

    /** Why the library cannot be used; empty if it can. */
    static Optional<String> unavailable() {
        return Optional.ofNullable(Loading.FAILURE);
    }

    /**
     * Loads the library.
     *
     * @throws IllegalStateException if it cannot be loaded, with the reason and the remedy
     */
    static void require() {
        if (Loading.FAILURE != null) {
            throw new IllegalStateException(Loading.FAILURE);
        }
    }

    /** Writes {@code out = a b}, with a [m, k], b [k, n] and out [m, n] row-major (dgemm). */
    static void multiply(double[] a, double[] b, double[] out, int m, int k, int n) {
        openblas.cblas_dgemm(
                openblas.CblasRowMajor,
                openblas.CblasNoTrans,
                openblas.CblasNoTrans,
                m,
                n,
                k,
                1.0,
                a,
                k,
                b,
                n,
                0.0,
                out,
                n);
    }

    /**
     * Solves {@code A X = B} by Cholesky (dposv).
     *
     * @param a order x order; its upper triangle, row-major, is read and overwritten
     * @param b [rightSides, order] row-major, overwritten by the solutions
     * @return LAPACK's info: 0, or i if the leading minor of order i is not positive, or -i if
     *     argument i is not acceptable
     */
    static int solvePositiveDefinite(double[] a, int order, double[] b, int rightSides) {
        // Row-major upper is column-major lower, and a right side a row is one a column.
        return openblas.LAPACKE_dposv(
                openblas.LAPACK_COL_MAJOR, (byte) 'L', order, rightSides, a, order, b, order);
    }

    /** The one attempt to load the library, made when the class is first asked for. */
    private static final class Loading {

        private static final @Nullable String FAILURE = load();

        private Loading() {}

        private static @Nullable String load() {
            try {
                openblas.blas_set_num_threads(1);
                return null;
            } catch (LinkageError | RuntimeException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                return "OpenBLAS cannot be loaded ("
                        + cause
                        + "): put org.bytedeco:openblas and javacpp with the classifier of this"
                        + " platform on the class path, and let java.io.tmpdir or ~/.javacpp be"
                        + " writable";
            }
        }
    }
}
