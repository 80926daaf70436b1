package io.espalier.fisher;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Arrays of doubles to and from a stream, in blocks: statistics are megabytes, one call each. */
final class Doubles {

    private static final int BLOCK = 1024;

    private Doubles() {}

    /** Writes the numbers big-endian, without a length. */
    static void write(DataOutput out, double[] values) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BLOCK * Double.BYTES);
        for (int start = 0; start < values.length; start += BLOCK) {
            int count = Math.min(BLOCK, values.length - start);
            buffer.clear();
            buffer.asDoubleBuffer().put(values, start, count);
            out.write(buffer.array(), 0, count * Double.BYTES);
        }
    }

    /** Reads a known number of doubles. */
    static double[] read(DataInput in, int length) throws IOException {
        double[] values = new double[length];
        ByteBuffer buffer = ByteBuffer.allocate(BLOCK * Double.BYTES);
        for (int start = 0; start < length; start += BLOCK) {
            int count = Math.min(BLOCK, length - start);
            in.readFully(buffer.array(), 0, count * Double.BYTES);
            buffer.clear();
            buffer.asDoubleBuffer().get(values, start, count);
        }
        return values;
    }
}
