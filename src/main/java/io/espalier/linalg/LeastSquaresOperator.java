package io.espalier.linalg;

import org.apache.commons.math3.linear.AbstractRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * A linear operator A [m, n], not necessarily square, given by its products with vectors.
 *
 * <p>Commons Math's operator returns a new vector from every product; this one writes into the
 * array it is given, so that an iterative solver allocates nothing. Implementations overwrite the
 * whole of the second argument, leave the first untouched and keep no reference to either.
 */
public abstract class LeastSquaresOperator extends RealLinearOperator {

    /** Writes {@code y = A x}; x has n entries and stays untouched, y has m and is overwritten. */
    public abstract void apply(double[] x, double[] y);

    /** Writes {@code x = A'y}; y has m entries and stays untouched, x has n and is overwritten. */
    public abstract void applyTranspose(double[] y, double[] x);

    /**
     * A view of a Commons Math operator or matrix; its products allocate as they always do.
     *
     * @throws IllegalArgumentException if the operator is neither a matrix nor transposable
     */
    public static LeastSquaresOperator of(RealLinearOperator operator) {
        if (operator instanceof LeastSquaresOperator ours) {
            return ours;
        }
        if (!(operator instanceof AbstractRealMatrix) && !operator.isTransposable()) {
            throw new IllegalArgumentException(
                    "operator %s x %s has no transposed product: isTransposable() is false"
                            .formatted(operator.getRowDimension(), operator.getColumnDimension()));
        }
        return new Adapter(operator);
    }

    @Override
    public boolean isTransposable() {
        return true;
    }

    @Override
    public RealVector operate(RealVector x) {
        requireLength("A x", x.getDimension(), getColumnDimension());
        double[] y = new double[getRowDimension()];
        apply(x.toArray(), y);
        return new ArrayRealVector(y, false);
    }

    @Override
    public RealVector operateTranspose(RealVector y) {
        requireLength("A'y", y.getDimension(), getRowDimension());
        double[] x = new double[getColumnDimension()];
        applyTranspose(y.toArray(), x);
        return new ArrayRealVector(x, false);
    }

    private void requireLength(String product, int actual, int expected) {
        if (actual != expected) {
            throw new IllegalArgumentException(
                    "product %s of an operator %s x %s needs a vector of %s entries, not %s"
                            .formatted(
                                    product,
                                    getRowDimension(),
                                    getColumnDimension(),
                                    expected,
                                    actual));
        }
    }

    /** The view behind {@link #of}. */
    private static final class Adapter extends LeastSquaresOperator {

        private final RealLinearOperator operator;

        Adapter(RealLinearOperator operator) {
            this.operator = operator;
        }

        @Override
        public int getRowDimension() {
            return operator.getRowDimension();
        }

        @Override
        public int getColumnDimension() {
            return operator.getColumnDimension();
        }

        @Override
        public void apply(double[] x, double[] y) {
            copy(operator.operate(new ArrayRealVector(x, false)), y);
        }

        @Override
        public void applyTranspose(double[] y, double[] x) {
            RealVector vector = new ArrayRealVector(y, false);
            // A Commons matrix multiplies from the left although it calls itself not transposable.
            copy(
                    operator instanceof RealMatrix matrix
                            ? matrix.preMultiply(vector)
                            : operator.operateTranspose(vector),
                    x);
        }

        private static void copy(RealVector from, double[] to) {
            for (int i = 0; i < to.length; i++) {
                to[i] = from.getEntry(i);
            }
        }
    }
}
