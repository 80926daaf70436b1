package io.espalier.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
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

    /**
     * Overwrites the lower triangle, row-major, of a symmetric positive definite matrix by its
     * Cholesky factor (dpotrf).
     *
     * @return LAPACK's info: 0 if it could be done
     */
    static int factorPositiveDefinite(double[] a, int order) {
        require();
        return openblas.LAPACKE_dpotrf(openblas.LAPACK_ROW_MAJOR, (byte) 'L', order, a, order);
    }

    /**
     * Inverts a symmetric positive definite matrix in place (dpotrf, dpotri); the lower triangle,
     * column-major, is read and written.
     *
     * @return LAPACK's info: 0 if it could be done
     */
    static int invertPositiveDefinite(DoublePointer a, int order) {
        int info = openblas.LAPACKE_dpotrf(openblas.LAPACK_COL_MAJOR, (byte) 'L', order, a, order);
        return info != 0
                ? info
                : openblas.LAPACKE_dpotri(openblas.LAPACK_COL_MAJOR, (byte) 'L', order, a, order);
    }

    /**
     * {@code C -= Z'Z} for Z [m, n] row-major; the upper triangle of C [n, n], row-major, is read
     * and written (dsyrk).
     */
    static void subtractSquare(DoublePointer z, int m, int n, DoublePointer c) {
        openblas.cblas_dsyrk(
                openblas.CblasRowMajor,
                openblas.CblasUpper,
                openblas.CblasTrans,
                n,
                m,
                -1.0,
                z,
                n,
                1.0,
                c,
                n);
    }

    /**
     * {@code C += X'X} for X [m, n] row-major; the upper triangle of C [n, n], row-major, is read
     * and written (ssyrk).
     */
    static void addSquare(FloatPointer x, int m, int n, FloatPointer c) {
        openblas.cblas_ssyrk(
                openblas.CblasRowMajor,
                openblas.CblasUpper,
                openblas.CblasTrans,
                n,
                m,
                1f,
                x,
                n,
                1f,
                c,
                n);
    }

    /** {@code C -= Z'U} for Z [m, n], U [m, d] and C [n, d], all row-major (dgemm). */
    static void subtractProduct(
            DoublePointer z, DoublePointer u, int m, int n, int d, DoublePointer c) {
        openblas.cblas_dgemm(
                openblas.CblasRowMajor,
                openblas.CblasTrans,
                openblas.CblasNoTrans,
                n,
                d,
                m,
                -1.0,
                z,
                n,
                u,
                d,
                1.0,
                c,
                d);
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
