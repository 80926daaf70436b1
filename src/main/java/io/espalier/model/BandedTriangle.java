package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import java.util.ArrayList;
import java.util.List;

/**
 * A sum of products x'x, of which only the upper triangle is computed, band by band, and kept on
 * the device in float64.
 *
 * <p>A band is a run of rows from its own diagonal to the last column. The products are float32;
 * for an order of 384 they take 63 % of the operations of the whole square.
 */
final class BandedTriangle {

    /** Rows of a band; small enough to save work, large enough for the product to be fast. */
    private static final int BAND = 96;

    private final int order;
    private final List<NDArray> bands = new ArrayList<>(); // (rows, k - start), float64

    /** A zero sum of order k. */
    BandedTriangle(int order, NDManager manager) {
        this.order = order;
        for (int start = 0; start < order; start += BAND) {
            int rows = Math.min(BAND, order - start);
            bands.add(manager.zeros(new Shape(rows, order - start), DataType.FLOAT64));
        }
    }

    /** Takes a row of the sum from its diagonal on. */
    @FunctionalInterface
    interface Row {

        /**
         * Takes one row.
         *
         * @param row i
         * @param values holds entries (i, i) to (i, k-1) from an offset on
         */
        void take(int row, double[] values, int offset);
    }

    /**
     * The bands of x'x, which live where x does.
     *
     * @param x (n, k)
     */
    static List<NDArray> product(NDArray x) {
        NDManager manager = x.getManager();
        List<NDArray> bands = new ArrayList<>();
        try (NDManager scope = manager.newSubManager()) {
            x.attach(scope);
            int order = Math.toIntExact(x.getShape().get(1));
            for (int start = 0; start < order; start += BAND) {
                NDArray rows = x.get(":, " + start + ":" + Math.min(start + BAND, order));
                NDArray band = rows.transpose().matMul(x.get(":, " + start + ":"));
                band.attach(manager);
                bands.add(band);
            }
            x.attach(manager);
        }
        return bands;
    }

    /** Adds a product. */
    void add(List<NDArray> product) {
        for (int i = 0; i < bands.size(); i++) {
            bands.get(i).addi(product.get(i));
        }
    }

    /** Hands over all rows and starts anew. */
    void drain(Row target) {
        for (int i = 0; i < bands.size(); i++) {
            int start = i * BAND;
            int columns = order - start;
            double[] band = bands.get(i).toDoubleArray();
            for (int row = start; row < Math.min(start + BAND, order); row++) {
                target.take(row, band, (row - start) * columns + row - start);
            }
            bands.get(i).subi(bands.get(i));
        }
    }
}
