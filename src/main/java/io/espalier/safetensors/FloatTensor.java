package io.espalier.safetensors;

import java.util.Arrays;
import java.util.List;

/**
 * A tensor in memory. The arrays are the record's own by convention and are not to be written to.
 *
 * @param shape sizes, slowest first; empty for a scalar
 * @param values row-major, as many as the product of the shape
 */
@SuppressWarnings("ArrayRecordComponent") // Megabytes of weights; identity is never compared.
public record FloatTensor(int[] shape, float[] values) {

    /** Checks the number of values against the shape. */
    public FloatTensor {
        long needed = 1;
        for (int size : shape) {
            needed = Math.multiplyExact(needed, size);
        }
        if (needed != values.length) {
            throw new IllegalArgumentException(
                    "tensor of shape "
                            + Arrays.toString(shape)
                            + " needs "
                            + needed
                            + " values, there are "
                            + values.length);
        }
    }

    /** The shape as headers have it. */
    List<Long> longShape() {
        return Arrays.stream(shape).mapToLong(size -> size).boxed().toList();
    }
}
