package io.espalier.linalg;

import java.util.Optional;

/**
 * Cholesky by LAPACK. For n = 3072 and 768 right sides it needs 2 x 94 MB, the arrays and their
 * copies on the library's side.
 */
final class LapackSolver implements PositiveDefiniteSolver {

    /** This solver, or the fallback if there is a reason against it. */
    static PositiveDefiniteSolver unless(Optional<String> unavailable) {
        return unavailable
                .<PositiveDefiniteSolver>map(CommonsMathSolver::new)
                .orElseGet(LapackSolver::new);
    }

    @Override
    public void solve(double[] a, int order, double[] b, int rightSides)
            throws NotPositiveDefiniteException {
        SystemChecks.requireLengths(a, order, b, rightSides);
        OpenBlas.require();
        if (order == 0 || rightSides == 0) {
            return;
        }
        int info = OpenBlas.solvePositiveDefinite(a, order, b, rightSides);
        if (info != 0) {
            String fault =
                    info > 0
                            ? "leading minor " + info + " is not positive"
                            : "it or a right side is not finite";
            throw new NotPositiveDefiniteException("matrix of order " + order + ": " + fault);
        }
        SystemChecks.requireFinite(b, order);
    }

    @Override
    public String description() {
        return "LAPACK (OpenBLAS)";
    }
}
