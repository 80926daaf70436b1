package io.espalier.testing;

import io.espalier.linalg.LeastSquaresOperator;

import java.util.Arrays;

/** A least-squares operator over a plain matrix, row by row; allocates nothing. */
public final class DenseOperator extends LeastSquaresOperator {

    private final double[][] rows;
    private final int columns;

    /** Over these rows of n numbers each, which it keeps without copying. */
    public DenseOperator(double[][] rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    @Override
    public int getRowDimension() {
        return rows.length;
    }

    @Override
    public int getColumnDimension() {
        return columns;
    }

    @Override
    public void apply(double[] x, double[] y) {
        for (int i = 0; i < rows.length; i++) {
            double sum = 0;
            for (int j = 0; j < columns; j++) {
                sum += rows[i][j] * x[j];
            }
            y[i] = sum;
        }
    }

    @Override
    public void applyTranspose(double[] y, double[] x) {
        Arrays.fill(x, 0);
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns; j++) {
                x[j] += rows[i][j] * y[i];
            }
        }
    }
}
