package io.espalier.safetensors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A tensor to be written, whose bytes are fetched only when their turn comes.
 *
 * @param dtype type of the elements
 * @param shape sizes, slowest first
 * @param payload gives the elements, little-endian and row-major
 */
public record TensorContent(DType dtype, List<Long> shape, Payload payload) {

    private static final int CHUNK = 1 << 14;

    /** Copies the shape. */
    public TensorContent {
        shape = List.copyOf(shape);
    }

    /** The bytes of a tensor, as many as its shape and type need. */
    public interface Payload {

        /** Writes all of them; may be called more than once. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Size of the payload, by type and shape. */
    public long bytes() {
        long bytes = dtype.bytes();
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        return bytes;
    }

    /** A tensor in memory as F32. */
    public static TensorContent of(FloatTensor tensor) {
        return new TensorContent(
                DType.F32, tensor.longShape(), out -> writeFloats(tensor.values(), out));
    }

    private static void writeFloats(float[] values, OutputStream out) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += CHUNK) {
            int count = Math.min(CHUNK, values.length - from);
            chunk.asFloatBuffer().put(values, from, count);
            out.write(chunk.array(), 0, count * 4);
        }
    }
}
