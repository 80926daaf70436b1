package io.espalier.linalg;

/**
 * A symmetric matrix as an operator; both products are the same, and allocate nothing.
 *
 * <p>Rows are added in order, four at a time, so that a product is the same on every machine and
 * the compiler may use vectors.
 */
public final class SymmetricOperator extends LeastSquaresOperator {

    private final double[] matrix;
    private final int order;

    /**
     * Over a matrix [n, n], row-major, both triangles filled, which it keeps without copying.
     *
     * @throws IllegalArgumentException if the array's length is not n x n
     */
    public SymmetricOperator(double[] matrix, int order) {
        if (matrix.length != (long) order * order) {
            throw new IllegalArgumentException(
                    "matrix of order " + order + " given " + matrix.length + " numbers");
        }
        this.matrix = matrix;
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
        int row = 0;
        for (; row + 3 < order; row += 4) {
            addFour(row * order, x[row], x[row + 1], x[row + 2], x[row + 3], y);
        }
        for (; row < order; row++) {
            int start = row * order;
            for (int j = 0; j < order; j++) {
                y[j] += x[row] * matrix[start + j];
            }
        }
    }

    private void addFour(int first, double a, double b, double c, double d, double[] y) {
        int second = first + order;
        int third = second + order;
        int fourth = third + order;
        for (int j = 0; j < order; j++) {
            y[j] +=
                    a * matrix[first + j]
                            + b * matrix[second + j]
                            + c * matrix[third + j]
                            + d * matrix[fourth + j];
        }
    }

    @Override
    public void applyTranspose(double[] y, double[] x) {
        apply(y, x);
    }
}
