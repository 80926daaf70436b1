package io.espalier.fisher;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The running Fisher statistics of one sublayer's mask gradients.
 *
 * <pre>
 *   n = sum_i 1      sum_i g_i      sum_i g_i o g_i      and a bounded sample of the rows g_i
 * </pre>
 *
 * over samples i, where g_i [units] is the gradient of sample i's own loss at masks of 1; the
 * second sum over n is the diagonal of the Fisher information (Kwon et al., NeurIPS 2022, eq. 8).
 * Besides, the samples' importance profiles, of two halves. Sums are doubles. Mutable, not
 * thread-safe; {@link #merge} leaves its argument untouched.
 */
public final class MaskGradients {

    private static final double GRID = 1 << 30; // Profiles are multiples of 2^-30.

    private final int units;
    private long samples;
    private double weight;
    private double squaredWeight;
    private final double[] profileWeights; // Of the even and of the odd half.
    private final double[] sum;
    private final double[] squares;
    private final double[][] profiles; // [2][units]
    private final GradientRows rows;

    /** Empty statistics of a number of units, keeping at most some rows. */
    public MaskGradients(int units, int rowCapacity) {
        this(
                units,
                0,
                new double[2],
                new double[units],
                new double[units],
                new double[2],
                new double[2][units],
                new GradientRows(rowCapacity, units));
    }

    private MaskGradients(
            int units,
            long samples,
            double[] weights,
            double[] sum,
            double[] squares,
            double[] profileWeights,
            double[][] profiles,
            GradientRows rows) {
        this.units = units;
        this.samples = samples;
        this.weight = weights[0];
        this.squaredWeight = weights[1];
        this.sum = sum;
        this.squares = squares;
        this.profileWeights = profileWeights;
        this.profiles = profiles;
        this.rows = rows;
    }

    /**
     * Adds one sample by the gradients of its losses: one, or as many as the loss kind has. Arrays
     * are kept if their row is drawn.
     */
    public void add(List<GradientRow> losses) {
        samples++;
        weight++;
        squaredWeight++;
        double total = 0;
        double[] own = new double[units];
        for (GradientRow row : losses) {
            rows.offer(row);
            for (int unit = 0; unit < units; unit++) {
                double g = row.gradient()[unit];
                sum[unit] += g;
                squares[unit] += g * g;
                own[unit] += g * g;
                total += g * g;
            }
        }
        if (total > 0) {
            int half = (int) (losses.get(0).hash() & 1);
            profileWeights[half]++;
            for (int unit = 0; unit < units; unit++) {
                profiles[half][unit] += Math.rint(own[unit] / total * GRID) / GRID;
            }
        }
    }

    /** Lets everything so far weigh less, by a factor in (0, 1]. */
    void decay(double factor) {
        weight *= factor;
        squaredWeight *= factor * factor;
        for (int unit = 0; unit < units; unit++) {
            sum[unit] *= factor;
            squares[unit] *= factor;
        }
        for (int half = 0; half < 2; half++) {
            profileWeights[half] *= factor;
            for (int unit = 0; unit < units; unit++) {
                profiles[half][unit] *= factor;
            }
        }
        rows.decay(factor);
    }

    /** Empty statistics of the same shape. */
    MaskGradients empty() {
        return new MaskGradients(units, rows.capacity());
    }

    /** Adds other statistics of the same sublayer. */
    public void merge(MaskGradients other) {
        if (other.units != units) {
            throw new IllegalArgumentException(
                    "gradients of " + other.units + " units do not fit " + units);
        }
        samples += other.samples;
        weight += other.weight;
        squaredWeight += other.squaredWeight;
        for (int unit = 0; unit < units; unit++) {
            sum[unit] += other.sum[unit];
            squares[unit] += other.squares[unit];
        }
        for (int half = 0; half < 2; half++) {
            profileWeights[half] += other.profileWeights[half];
            for (int unit = 0; unit < units; unit++) {
                profiles[half][unit] += other.profiles[half][unit];
            }
        }
        rows.merge(other.rows);
    }

    /** Samples added. */
    public long samples() {
        return samples;
    }

    /** Their weight: one each, less what was forgotten. */
    public double weight() {
        return weight;
    }

    /**
     * The effective number of samples, {@code (sum w)^2 / sum w^2} (Kish, 1965): their number as
     * long as nothing was forgotten.
     */
    public double effectiveSamples() {
        return squaredWeight > 0 ? weight * weight / squaredWeight : 0;
    }

    /**
     * The mean importance profiles [2][units] of two halves of the samples, divided by a bit of the
     * hash of a sample's id; how far they are apart is what chance alone does. Empty if a half has
     * no sample.
     *
     * <p>A sample's profile is {@code g_u^2 / sum_v g_v^2}, which sums to 1: every sample counts
     * the same, where a Fisher diagonal is carried by the few that the model is least sure of.
     * Rounded to multiples of 2^-30, so that sums of up to 2^23 samples are exact in any order.
     */
    public List<double[]> profiles() {
        if (!(profileWeights[0] > 0 && profileWeights[1] > 0)) {
            return List.of();
        }
        List<double[]> means = new ArrayList<>();
        for (int half = 0; half < 2; half++) {
            double[] mean = profiles[half].clone();
            for (int unit = 0; unit < units; unit++) {
                mean[unit] /= profileWeights[half];
            }
            means.add(mean);
        }
        return means;
    }

    /** The Fisher diagonal [units], mean of squared gradients; zeros without samples. */
    public double[] diagonal() {
        return mean(squares);
    }

    /** The mean gradient [units]; zeros without samples. */
    public double[] mean() {
        return mean(sum);
    }

    /** The sampled rows, smallest key first. */
    public GradientRows rows() {
        return rows;
    }

    private double[] mean(double[] sums) {
        double[] mean = new double[units];
        for (int unit = 0; unit < units && weight > 0; unit++) {
            mean[unit] = sums[unit] / weight;
        }
        return mean;
    }

    /** Writes units, samples, weights, all sums and the rows. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(units);
        out.writeLong(samples);
        Doubles.write(out, new double[] {weight, squaredWeight});
        Doubles.write(out, sum);
        Doubles.write(out, squares);
        Doubles.write(out, profileWeights);
        Doubles.write(out, profiles[0]);
        Doubles.write(out, profiles[1]);
        rows.write(out);
    }

    /** Reads what {@link #write} wrote. */
    public static MaskGradients read(DataInput in) throws IOException {
        int units = in.readInt();
        return new MaskGradients(
                units,
                in.readLong(),
                Doubles.read(in, 2),
                Doubles.read(in, units),
                Doubles.read(in, units),
                Doubles.read(in, 2),
                new double[][] {Doubles.read(in, units), Doubles.read(in, units)},
                GradientRows.read(in));
    }

    /**
     * Reads the form before profiles were kept: every sample has weight 1, for nothing could
     * forget, and no profile is known.
     */
    static MaskGradients readWithoutProfiles(DataInput in) throws IOException {
        int units = in.readInt();
        long samples = in.readLong();
        double weight = in.readDouble();
        return new MaskGradients(
                units,
                samples,
                new double[] {weight, weight},
                Doubles.read(in, units),
                Doubles.read(in, units),
                new double[2],
                new double[2][units],
                GradientRows.read(in));
    }
}
