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
 * That sum is kept of one half of the samples, too, which gives the split-half noise of the
 * diagonal. Sums are doubles. Mutable, not thread-safe; {@link #merge} leaves its argument
 * untouched.
 */
public final class MaskGradients {

    private final int units;
    private long samples;
    private double weight;
    private double squaredWeight;
    private double oddWeight;
    private final double[] sum;
    private final double[] squares;
    private final double[] oddSquares;
    private final GradientRows rows;

    /** Empty statistics of a number of units, keeping at most some rows. */
    public MaskGradients(int units, int rowCapacity) {
        this(
                units,
                0,
                new double[3],
                new double[units],
                new double[units],
                new double[units],
                new GradientRows(rowCapacity, units));
    }

    private MaskGradients(
            int units,
            long samples,
            double[] weights,
            double[] sum,
            double[] squares,
            double[] oddSquares,
            GradientRows rows) {
        this.units = units;
        this.samples = samples;
        this.weight = weights[0];
        this.squaredWeight = weights[1];
        this.oddWeight = weights[2];
        this.sum = sum;
        this.squares = squares;
        this.oddSquares = oddSquares;
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
        boolean odd = !losses.isEmpty() && (losses.get(0).hash() & 1) != 0;
        oddWeight += odd ? 1 : 0;
        for (GradientRow row : losses) {
            rows.offer(row);
            for (int unit = 0; unit < units; unit++) {
                double g = row.gradient()[unit];
                sum[unit] += g;
                squares[unit] += g * g;
                oddSquares[unit] += odd ? g * g : 0;
            }
        }
    }

    /** Lets everything so far weigh less, by a factor in (0, 1]. */
    void decay(double factor) {
        weight *= factor;
        squaredWeight *= factor * factor;
        oddWeight *= factor;
        for (int unit = 0; unit < units; unit++) {
            sum[unit] *= factor;
            squares[unit] *= factor;
            oddSquares[unit] *= factor;
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
        oddWeight += other.oddWeight;
        for (int unit = 0; unit < units; unit++) {
            sum[unit] += other.sum[unit];
            squares[unit] += other.squares[unit];
            oddSquares[unit] += other.oddSquares[unit];
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
     * The Fisher diagonals of two halves of the samples, divided by a bit of the hash of a sample's
     * id; how far they are apart is what chance alone does. Empty if a half has no sample.
     */
    public List<double[]> halves() {
        double evenWeight = weight - oddWeight;
        if (!(oddWeight > 0 && evenWeight > 0)) {
            return List.of();
        }
        double[] even = new double[units];
        double[] odd = new double[units];
        for (int unit = 0; unit < units; unit++) {
            odd[unit] = oddSquares[unit] / oddWeight;
            // The difference of sums may fall an ulp below 0.
            even[unit] = Math.max(0, squares[unit] - oddSquares[unit]) / evenWeight;
        }
        return List.of(even, odd);
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

    /** Writes units, samples, weights, sums and the rows. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(units);
        out.writeLong(samples);
        Doubles.write(out, new double[] {weight, squaredWeight, oddWeight});
        Doubles.write(out, sum);
        Doubles.write(out, squares);
        Doubles.write(out, oddSquares);
        rows.write(out);
    }

    /** Reads what {@link #write} wrote. */
    public static MaskGradients read(DataInput in) throws IOException {
        int units = in.readInt();
        return new MaskGradients(
                units,
                in.readLong(),
                Doubles.read(in, 3),
                Doubles.read(in, units),
                Doubles.read(in, units),
                Doubles.read(in, units),
                GradientRows.read(in));
    }

    /**
     * Reads the form before halves were kept: every sample has weight 1, for nothing could forget,
     * and there are no halves.
     */
    static MaskGradients readWithoutHalves(DataInput in) throws IOException {
        int units = in.readInt();
        long samples = in.readLong();
        double weight = in.readDouble();
        return new MaskGradients(
                units,
                samples,
                new double[] {weight, weight, 0},
                Doubles.read(in, units),
                Doubles.read(in, units),
                new double[units],
                GradientRows.read(in));
    }
}
