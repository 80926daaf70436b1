package io.espalier.fisher;

import java.util.Arrays;

/**
 * One sample's gradient with respect to a sublayer's masks.
 *
 * @param hash seeded hash of the sample's id
 * @param gradient [units]; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // Ordered by compareTo, which looks into the array.
public record GradientRow(long hash, float[] gradient) implements Comparable<GradientRow> {

    /** By hash, read as unsigned; rows of equal hash by their values. */
    @Override
    public int compareTo(GradientRow other) {
        int byHash = Long.compareUnsigned(hash, other.hash);
        return byHash != 0 ? byHash : Arrays.compare(gradient, other.gradient);
    }
}
