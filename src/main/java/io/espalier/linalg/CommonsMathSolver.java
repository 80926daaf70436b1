package io.espalier.linalg;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;

/** Cholesky by Commons Math, for platforms without a native library; some fifty times slower. */
final class CommonsMathSolver implements PositiveDefiniteSolver {

    private final String reason;

    /** The fallback, with the reason for it. */
    CommonsMathSolver(String reason) {
        this.reason = reason;
    }

    @Override
    public void solve(double[] a, int order, double[] b, int rightSides)
            throws NotPositiveDefiniteException {
        SystemChecks.requireLengths(a, order, b, rightSides);
        if (order == 0 || rightSides == 0) {
            return;
        }
        double[][] full = new double[order][order];
        for (int i = 0; i < order; i++) {
            for (int j = i; j < order; j++) {
                full[i][j] = a[i * order + j];
                full[j][i] = full[i][j];
            }
        }
        RealMatrix right = new Array2DRowRealMatrix(order, rightSides);
        for (int i = 0; i < order; i++) {
            for (int side = 0; side < rightSides; side++) {
                right.setEntry(i, side, b[side * order + i]);
            }
        }
        try {
            // Exactly symmetric by construction; positive to the last bit, as LAPACK has it.
            RealMatrix solution =
                    new CholeskyDecomposition(new Array2DRowRealMatrix(full, false), 0, 0)
                            .getSolver()
                            .solve(right);
            for (int i = 0; i < order; i++) {
                for (int side = 0; side < rightSides; side++) {
                    b[side * order + i] = solution.getEntry(i, side);
                }
            }
        } catch (NonPositiveDefiniteMatrixException e) {
            throw new NotPositiveDefiniteException(
                    "matrix of order %s: leading minor %s is not positive"
                            .formatted(order, e.getRow() + 1));
        }
        SystemChecks.requireFinite(b, order);
    }

    @Override
    public String description() {
        return "Commons Math (" + reason + ")";
    }
}
