package io.espalier.safetensors;

import java.util.List;

/**
 * What a file's header says of one tensor, after the checks.
 *
 * @param name unique within the file
 * @param dtype type of the elements
 * @param shape sizes, slowest first; empty for a scalar
 * @param begin offset of the first byte, from the start of the data
 * @param end offset behind the last byte
 */
public record TensorInfo(String name, DType dtype, List<Long> shape, long begin, long end) {

    /** Copies the shape. */
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Number of elements, the product of the shape. */
    public long elements() {
        return (end - begin) / dtype.bytes();
    }
}
