package io.espalier.linalg;

/**
 * A symmetric matrix of order n, of which only the upper triangle is stored, row by row.
 *
 * <p>Entry (i, j) with {@code i <= j} stands at {@code i*n - i*(i-1)/2 + (j-i)}; storage is {@code
 * n*(n+1)/2} doubles. Mutable and not thread-safe: the class is an accumulator of second moments.
 */
public final class PackedSymmetricMatrix {

    private final int order;
    private final double[] packed;

    /** A zero matrix. */
    public PackedSymmetricMatrix(int order) {
        this(order, new double[packedLength(order)]);
    }

    /**
     * A matrix over a given packed array, which it takes over without copying.
     *
     * @throws IllegalArgumentException if the array's length is not n(n+1)/2
     */
    public PackedSymmetricMatrix(int order, double[] packed) {
        if (packed.length != packedLength(order)) {
            throw new IllegalArgumentException(
                    "symmetric matrix of order "
                            + order
                            + " packs into "
                            + packedLength(order)
                            + " numbers, not "
                            + packed.length);
        }
        this.order = order;
        this.packed = packed;
    }

    /** Numbers in the packed triangle of a matrix of order n. */
    public static int packedLength(int order) {
        return Math.toIntExact((long) order * (order + 1) / 2);
    }

    /** The order n. */
    public int order() {
        return order;
    }

    /** The packed upper triangle itself; writing to it changes the matrix. */
    public double[] packed() {
        return packed;
    }

    /** Index of (row, row) in the packed array; the rest of the row follows it. */
    public int rowStart(int row) {
        return Math.toIntExact((long) row * order - (long) row * (row - 1) / 2);
    }

    /** Entry (i, j); either triangle may be named. */
    public double get(int i, int j) {
        return i <= j ? packed[rowStart(i) + j - i] : packed[rowStart(j) + i - j];
    }

    /** Adds another matrix of the same order, which stays untouched. */
    public void add(PackedSymmetricMatrix other) {
        if (other.order != order) {
            throw new IllegalArgumentException(
                    "cannot add a matrix of order " + other.order + " to one of order " + order);
        }
        for (int i = 0; i < packed.length; i++) {
            packed[i] += other.packed[i];
        }
    }

    /**
     * Adds to the stored part of one row.
     *
     * @param row i
     * @param values holds what is added to entries (i, i) to (i, n-1) from an offset on; stays
     *     untouched
     */
    public void addRow(int row, double[] values, int offset) {
        int start = rowStart(row);
        for (int i = 0; i < order - row; i++) {
            packed[start + i] += values[offset + i];
        }
    }

    /** Multiplies every entry by a number. */
    public void scale(double factor) {
        for (int i = 0; i < packed.length; i++) {
            packed[i] *= factor;
        }
    }

    /** Sum of the diagonal. */
    public double trace() {
        double trace = 0;
        for (int i = 0; i < order; i++) {
            trace += packed[rowStart(i)];
        }
        return trace;
    }
}
