package io.espalier.linalg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A block of second moments in single precision on its way into a double-precision sum.
 *
 * <pre>
 *   C += X'X        or        C += X' diag(w) X,        X [n, k]
 * </pre>
 *
 * Single precision has twice the speed and is enough for some thousands of rows; then {@link
 * #drainTo} adds the block to the running sum and empties it. Only the upper triangle is computed,
 * at half the cost of the product.
 *
 * <p>Holds 4k&sup2; bytes outside the heap (k = 1536: 9.4 MB, k = 3072: 38 MB) and, for rows that
 * come from the heap or with weights, a staging area of 4nk bytes that grows to the largest block
 * seen. Both count as direct memory and go with the object. One block serves any number of sums of
 * its width, one after the other. Not thread-safe; two blocks may work in two threads at once.
 */
public final class GramBlock {

    private final int width;
    private final FloatBuffer triangle;
    private final float[] row;
    private FloatBuffer staging = direct(0);
    private long pending;

    /**
     * An empty block for rows of k numbers.
     *
     * @throws IllegalStateException if the native library cannot be loaded
     */
    public GramBlock(int width) {
        OpenBlas.require();
        this.width = width;
        this.triangle = direct(Math.multiplyExact(width, width));
        this.row = new float[width];
    }

    /** Numbers in a row, k. */
    public int width() {
        return width;
    }

    /** Rows accumulated since the last {@link #drainTo}. */
    public long pending() {
        return pending;
    }

    /**
     * Adds n rows.
     *
     * @param rows [n, k] row-major from the buffer's position on; neither its position nor its
     *     content changes. A direct buffer of native byte order is read in place.
     */
    public void accumulate(FloatBuffer rows, int count) {
        requireLength(rows.remaining(), count);
        FloatBuffer source = rows;
        if (!rows.isDirect() || rows.order() != ByteOrder.nativeOrder()) {
            source = staging(count);
            source.put(rows.slice().limit(count * width)).flip();
        }
        addGram(source, count);
    }

    /** Adds n rows [n, k], row-major, which stay untouched. */
    public void accumulate(float[] rows, int count) {
        requireLength(rows.length, count);
        addGram(staging(count).put(rows, 0, count * width).flip(), count);
    }

    /**
     * Adds n weighted rows; a row of weight 0, such as padding, costs nothing.
     *
     * @param rows [n, k] row-major, untouched
     * @param weights one for each row, at least 0
     */
    public void accumulate(float[] rows, float[] weights, int count) {
        requireLength(rows.length, count);
        FloatBuffer target = staging(count);
        int used = 0;
        for (int t = 0; t < count; t++) {
            if (weights[t] == 0f) {
                continue;
            }
            if (!(weights[t] > 0f)) {
                throw new IllegalArgumentException("weight of row " + t + " is " + weights[t]);
            }
            float root = (float) Math.sqrt(weights[t]);
            for (int i = 0; i < width; i++) {
                row[i] = root * rows[t * width + i];
            }
            target.put(row);
            used++;
        }
        addGram(target.flip(), used);
    }

    /** Adds the block to a sum of the same order, and empties it. */
    public void drainTo(PackedSymmetricMatrix sum) {
        if (sum.order() != width) {
            throw new IllegalArgumentException(
                    "block of width " + width + " does not fit a matrix of order " + sum.order());
        }
        double[] packed = sum.packed();
        float[] zeros = new float[width];
        for (int i = 0; i < width; i++) {
            int start = sum.rowStart(i);
            int length = width - i;
            triangle.get(i * width + i, row, 0, length);
            triangle.put(i * width + i, zeros, 0, length);
            for (int j = 0; j < length; j++) {
                packed[start + j] += row[j];
            }
        }
        pending = 0;
    }

    private void addGram(FloatBuffer rows, int count) {
        if (count > 0 && width > 0) {
            OpenBlas.addGram(rows, count, width, triangle);
            pending += count;
        }
    }

    private FloatBuffer staging(int count) {
        int length = Math.multiplyExact(count, width);
        if (staging.capacity() < length) {
            staging = direct(length);
        }
        return staging.clear();
    }

    private void requireLength(int length, int count) {
        if (length < (long) count * width) {
            throw new IllegalArgumentException(
                    "%s rows of %s numbers need %s, given are %s"
                            .formatted(count, width, (long) count * width, length));
        }
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(length, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
