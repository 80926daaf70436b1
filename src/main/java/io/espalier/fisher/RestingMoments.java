package io.espalier.fisher;

import io.espalier.linalg.PackedSymmetricMatrix;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The moments and the output metric of one sublayer as they rest and travel once their window is
 * closed: everything that an error curve and a repair are computed from.
 *
 * <p>Second moments are {@link Float24}, so {@code 3 (k(k+1)/2 + d(d+1)/2) + 8 k} bytes and a small
 * constant, with k projection inputs and d hidden. Whoever decides reads the rounded numbers, so a
 * decision can be repeated from what rests. Immutable by convention.
 *
 * @param sublayer index in model order
 * @param samples weight of the samples, N
 * @param width k
 * @param weight weight of the tokens, n
 * @param sum weighted sum of inputs, s [k]
 * @param scatter packed G - s's / n, centred so that rounding is relative to the variance
 * @param hidden d, 0 if no metric was gathered
 * @param metric packed B
 */
@SuppressWarnings("ArrayRecordComponent") // A message: written, read, never compared.
public record RestingMoments(
        int sublayer,
        double samples,
        int width,
        double weight,
        double[] sum,
        byte[] scatter,
        int hidden,
        byte[] metric) {

    /** The moments and the metric of open statistics, rounded. */
    static RestingMoments of(SublayerStatistics statistics) {
        ProjectionMoments moments = statistics.moments();
        PackedSymmetricMatrix metric = statistics.metric();
        return new RestingMoments(
                statistics.sublayer(),
                statistics.gradients().weight(),
                moments.width(),
                moments.weight(),
                moments.sum().clone(),
                Float24.pack(shifted(moments.gram(), moments.sum(), moments.weight(), -1).packed()),
                metric.order(),
                Float24.pack(metric.packed()));
    }

    /** Moments of the projection's input. */
    public ProjectionMoments moments() {
        PackedSymmetricMatrix centred = new PackedSymmetricMatrix(width, Float24.unpack(scatter));
        return new ProjectionMoments(width, weight, sum.clone(), shifted(centred, sum, weight, 1));
    }

    /** {@code G + sign s's / n}, a new matrix. */
    private static PackedSymmetricMatrix shifted(
            PackedSymmetricMatrix gram, double[] sum, double weight, int sign) {
        double[] packed = gram.packed().clone();
        double factor = weight > 0 ? sign / weight : 0;
        int at = 0;
        for (int i = 0; i < sum.length; i++) {
            for (int j = i; j < sum.length; j++) {
                packed[at++] += factor * sum[i] * sum[j];
            }
        }
        return new PackedSymmetricMatrix(sum.length, packed);
    }

    /** The output metric, mean over samples, B / N [d, d]; of order 0 if none was gathered. */
    public PackedSymmetricMatrix meanMetric() {
        PackedSymmetricMatrix mean = new PackedSymmetricMatrix(hidden, Float24.unpack(metric));
        mean.scale(samples > 0 ? 1 / samples : 0);
        return mean;
    }

    /** Writes all fields. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(sublayer);
        out.writeDouble(samples);
        out.writeInt(width);
        out.writeDouble(weight);
        Doubles.write(out, sum);
        out.write(scatter);
        out.writeInt(hidden);
        out.write(metric);
    }

    /** Reads what {@link #write} wrote. */
    public static RestingMoments read(DataInput in) throws IOException {
        int sublayer = in.readInt();
        double samples = in.readDouble();
        int width = in.readInt();
        double weight = in.readDouble();
        double[] sum = Doubles.read(in, width);
        byte[] scatter = new byte[Float24.BYTES * PackedSymmetricMatrix.packedLength(width)];
        in.readFully(scatter);
        int hidden = in.readInt();
        byte[] metric = new byte[Float24.BYTES * PackedSymmetricMatrix.packedLength(hidden)];
        in.readFully(metric);
        return new RestingMoments(sublayer, samples, width, weight, sum, scatter, hidden, metric);
    }
}
