package io.espalier.stream.type;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Arrays of floats with their length, big-endian. */
final class FloatArrays {

    private FloatArrays() {}

    /** Writes length and values. */
    static void write(DataOutput out, float[] values) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        buffer.asFloatBuffer().put(values);
        out.writeInt(values.length);
        out.write(buffer.array());
    }

    /** Reads what {@link #write} wrote. */
    static float[] read(DataInput in) throws IOException {
        float[] values = new float[in.readInt()];
        byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
        in.readFully(bytes);
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }

    /** Writes the number of rows and each of them. */
    static void writeRows(DataOutput out, List<float[]> rows) throws IOException {
        out.writeInt(rows.size());
        for (float[] row : rows) {
            write(out, row);
        }
    }

    /** Reads what {@link #writeRows} wrote. */
    static List<float[]> readRows(DataInput in) throws IOException {
        List<float[]> rows = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            rows.add(read(in));
        }
        return rows;
    }
}
