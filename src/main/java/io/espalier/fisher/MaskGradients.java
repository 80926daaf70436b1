package io.espalier.fisher;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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
 * Sums are doubles. Mutable, not thread-safe; {@link #merge} leaves its argument untouched.
 */
public final class MaskGradients {

    private final int units;
    private long samples;
    private double weight;
    private final double[] sum;
    private final double[] squares;
    private final GradientRows rows;

    /** Empty statistics of a number of units, keeping at most some rows. */
    public MaskGradients(int units, int rowCapacity) {
        this(
                units,
                0,
                0,
                new double[units],
                new double[units],
                new GradientRows(rowCapacity, units));
    }

    private MaskGradients(
            int units,
            long samples,
            double weight,
            double[] sum,
            double[] squares,
            GradientRows rows) {
        this.units = units;
        this.samples = samples;
        this.weight = weight;
        this.sum = sum;
        this.squares = squares;
        this.rows = rows;
    }

    /**
     * Adds one sample by the gradients of its losses: one, or as many as the loss kind has. Arrays
     * are kept if their row is drawn.
     */
    public void add(List<GradientRow> losses) {
        samples++;
        weight++;
        for (GradientRow row : losses) {
            rows.offer(row);
            for (int unit = 0; unit < units; unit++) {
                double g = row.gradient()[unit];
                sum[unit] += g;
                squares[unit] += g * g;
            }
        }
    }

    /** Lets everything so far weigh less, by a factor in (0, 1]. */
    void decay(double factor) {
        weight *= factor;
        for (int unit = 0; unit < units; unit++) {
            sum[unit] *= factor;
            squares[unit] *= factor;
        }
        rows.decay(factor);
    }

    /** Adds other statistics of the same sublayer. */
    public void merge(MaskGradients other) {
        if (other.units != units) {
            throw new IllegalArgumentException(
                    "gradients of " + other.units + " units do not fit " + units);
        }
        samples += other.samples;
        weight += other.weight;
        for (int unit = 0; unit < units; unit++) {
            sum[unit] += other.sum[unit];
            squares[unit] += other.squares[unit];
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

    /** Writes units, samples, weight, both sums and the rows. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(units);
        out.writeLong(samples);
        out.writeDouble(weight);
        Doubles.write(out, sum);
        Doubles.write(out, squares);
        rows.write(out);
    }

    /** Reads what {@link #write} wrote. */
    public static MaskGradients read(DataInput in) throws IOException {
        int units = in.readInt();
        return new MaskGradients(
                units,
                in.readLong(),
                in.readDouble(),
                Doubles.read(in, units),
                Doubles.read(in, units),
                GradientRows.read(in));
    }
}
