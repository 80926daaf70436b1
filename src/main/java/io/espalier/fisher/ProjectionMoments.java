package io.espalier.fisher;

import io.espalier.linalg.PackedSymmetricMatrix;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The importance-weighted first and second moments of an output projection's input.
 *
 * <pre>
 *   n = sum_t w_t      s = sum_t w_t x_t      G = sum_t w_t x_t' x_t
 * </pre>
 *
 * over valid tokens t with inputs x_t [k] and weights w_t. Sums are doubles, so they merge in any
 * order up to rounding, and exactly where the terms are dyadic rationals. Mutable and not
 * thread-safe; {@link #merge} leaves its argument untouched.
 */
public final class ProjectionMoments {

    private final int width;
    private double weight;
    private final double[] sum;
    private final PackedSymmetricMatrix gram;

    /** Empty moments of a projection with k inputs. */
    public ProjectionMoments(int width) {
        this(width, 0, new double[width], new PackedSymmetricMatrix(width));
    }

    /**
     * Moments of given sums, which are taken over without copying.
     *
     * @param sum s [k]
     * @param gram G of order k
     */
    ProjectionMoments(int width, double weight, double[] sum, PackedSymmetricMatrix gram) {
        this.width = width;
        this.weight = weight;
        this.sum = sum;
        this.gram = gram;
    }

    /** Inputs k of the projection. */
    public int width() {
        return width;
    }

    /** Sum of token weights, n. */
    public double weight() {
        return weight;
    }

    /** Weighted sum of inputs, s [k]; the array itself. */
    public double[] sum() {
        return sum;
    }

    /** Weighted uncentred second moments, G [k, k]; the matrix itself. */
    public PackedSymmetricMatrix gram() {
        return gram;
    }

    /**
     * Adds the first moments of a block of tokens; its second moments go through {@link
     * #addGramRow}.
     */
    public void addSums(double blockWeight, double[] blockSum) {
        if (blockSum.length != width) {
            throw new IllegalArgumentException(
                    "moments of width " + blockSum.length + " do not fit width " + width);
        }
        weight += blockWeight;
        for (int i = 0; i < width; i++) {
            sum[i] += blockSum[i];
        }
    }

    /**
     * Adds a row of a block's second moments.
     *
     * @param row i
     * @param values holds entries (i, i) to (i, k-1) from an offset on; stays untouched
     */
    public void addGramRow(int row, double[] values, int offset) {
        gram.addRow(row, values, offset);
    }

    /** The mean input, mu = s / n [k]. */
    public double[] mean() {
        double[] mean = sum.clone();
        for (int i = 0; i < width; i++) {
            mean[i] /= weight;
        }
        return mean;
    }

    /** The covariance of the inputs, {@code C = G / n - mu'mu} [k, k], full and row-major. */
    public double[] covariance() {
        double[] mean = mean();
        double[] full = new double[Math.multiplyExact(width, width)];
        int at = 0;
        for (int i = 0; i < width; i++) {
            for (int j = i; j < width; j++) {
                double value = gram.packed()[at++] / weight - mean[i] * mean[j];
                full[i * width + j] = value;
                full[j * width + i] = value;
            }
        }
        return full;
    }

    /** Adds other moments of the same width. */
    public void merge(ProjectionMoments other) {
        addSums(other.weight, other.sum);
        gram.add(other.gram);
    }

    /** Lets everything so far weigh less, by a factor in (0, 1]. */
    void decay(double factor) {
        weight *= factor;
        for (int i = 0; i < width; i++) {
            sum[i] *= factor;
        }
        gram.scale(factor);
    }

    /** Writes width, n, s and the packed triangle of G as big-endian doubles. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(width);
        out.writeDouble(weight);
        Doubles.write(out, sum);
        Doubles.write(out, gram.packed());
    }

    /** Reads what {@link #write} wrote. */
    public static ProjectionMoments read(DataInput in) throws IOException {
        int width = in.readInt();
        double weight = in.readDouble();
        double[] sum = Doubles.read(in, width);
        double[] packed = Doubles.read(in, PackedSymmetricMatrix.packedLength(width));
        return new ProjectionMoments(width, weight, sum, new PackedSymmetricMatrix(width, packed));
    }
}
