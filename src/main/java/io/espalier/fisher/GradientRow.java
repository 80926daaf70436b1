package io.espalier.fisher;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * One sample's gradient with respect to a sublayer's masks, with its place in a sample of rows.
 *
 * @param hash seeded hash of the sample's id
 * @param key rank in the draw, smaller first: {@code -ln u} with u the hash as a number in (0, 1)
 * @param gradient [units]; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // Ordered by compareTo, which looks into the array.
public record GradientRow(long hash, double key, float[] gradient)
        implements Comparable<GradientRow> {

    /** A row of full weight. */
    public GradientRow(long hash, float[] gradient) {
        this(hash, key(hash), gradient);
    }

    private static double key(long hash) {
        return -StrictMath.log(((hash >>> 11) + 0.5) * 0x1.0p-53);
    }

    /**
     * The row at a weight less than it had: its key grows, so that it is drawn as an item of that
     * weight (Efraimidis and Spirakis, 2006, doi:10.1016/j.ipl.2005.11.003).
     */
    GradientRow weighted(double factor) {
        return new GradientRow(hash, key / factor, gradient);
    }

    /** By key; rows of equal key by hash, then by their values. */
    @Override
    public int compareTo(GradientRow other) {
        int byKey = Double.compare(key, other.key);
        if (byKey != 0) {
            return byKey;
        }
        int byHash = Long.compareUnsigned(hash, other.hash);
        return byHash != 0 ? byHash : Arrays.compare(gradient, other.gradient);
    }

    /** Writes hash, key and gradient. */
    void write(DataOutput out) throws IOException {
        out.writeLong(hash);
        out.writeDouble(key);
        Floats.write(out, gradient);
    }

    /** Reads what {@link #write} wrote. */
    static GradientRow read(DataInput in, int units) throws IOException {
        return new GradientRow(in.readLong(), in.readDouble(), Floats.read(in, units));
    }
}
