package io.espalier.linalg;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

import java.nio.FloatBuffer;

/**
 * A sum of products x'x in single precision, of which only one triangle is computed (ssyrk): half
 * the operations of the whole square.
 *
 * <p>Meant for a few thousand rows at a time, after which {@link #drainInto} adds the sum to one in
 * double precision. Holds {@code 4 k^2} bytes of native memory; not thread-safe; needs OpenBLAS.
 */
public final class GramSum implements AutoCloseable {

    private final int order;
    private final FloatPointer sum; // upper triangle, row-major

    /**
     * A zero sum.
     *
     * @param order k
     * @throws IllegalStateException if OpenBLAS cannot be loaded
     */
    public GramSum(int order) {
        OpenBlas.require();
        this.order = order;
        this.sum = new FloatPointer((long) order * order);
        clear();
    }

    private void clear() {
        Pointer.memset(sum, 0, (long) order * order * Float.BYTES);
    }

    /**
     * Adds x'x.
     *
     * @param x (rows, k) row-major in a direct buffer of the machine's byte order; stays untouched
     * @throws IllegalArgumentException if the buffer is not direct or of another size
     */
    public void add(FloatBuffer x, int rows) {
        if (!x.isDirect() || x.remaining() != (long) rows * order) {
            throw new IllegalArgumentException(
                    "%s rows of %s numbers need a direct buffer of %s, not %s of %s"
                            .formatted(
                                    rows,
                                    order,
                                    (long) rows * order,
                                    x.isDirect() ? "one" : "another",
                                    x.remaining()));
        }
        try (FloatPointer rowsOfX = new FloatPointer(x)) {
            OpenBlas.addSquare(rowsOfX, rows, order, sum);
        }
    }

    /** Adds the sum to a matrix of the same order and starts anew. */
    public void drainInto(PackedSymmetricMatrix target) {
        if (target.order() != order) {
            throw new IllegalArgumentException(
                    "sum of order " + order + " does not fit a matrix of order " + target.order());
        }
        FloatBuffer all = sum.asBuffer();
        float[] row = new float[order];
        double[] packed = target.packed();
        int at = 0;
        for (int i = 0; i < order; i++) {
            all.get(i * order + i, row, 0, order - i);
            for (int j = 0; j < order - i; j++) {
                packed[at++] += row[j];
            }
        }
        clear();
    }

    @Override
    public void close() {
        sum.close();
    }
}
