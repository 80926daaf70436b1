package io.espalier.drift;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * By how much one model errs more often than another on the same samples.
 *
 * <pre>
 *   d = (b - c) / n        b: only the other is right, c: only the one is
 * </pre>
 *
 * <p>The bound is that of Agresti and Min (2005, doi:10.1002/sim.1781): half a sample is added to
 * each of the four cells, so that a few samples without a difference prove little.
 *
 * @param samples n
 * @param worse b
 * @param better c
 */
public record PairedDifference(int samples, int worse, int better) {

    private static final double ADDED = 0.5;

    /** Compares answers to the same questions. */
    static PairedDifference of(boolean[] one, boolean[] other) {
        if (one.length != other.length) {
            throw new IllegalArgumentException(one.length + " answers beside " + other.length);
        }
        int worse = 0;
        int better = 0;
        for (int i = 0; i < one.length; i++) {
            worse += other[i] && !one[i] ? 1 : 0;
            better += one[i] && !other[i] ? 1 : 0;
        }
        return new PairedDifference(one.length, worse, better);
    }

    /** The difference of the error rates, d in [-1, 1]; NaN without samples. */
    public double estimate() {
        return (double) (worse - better) / samples;
    }

    /**
     * What d is at most, at a one-sided confidence.
     *
     * @param confidence in (0.5, 1)
     */
    public double upperBound(double confidence) {
        double n = samples + 4 * ADDED;
        double difference = worse - better;
        double discordant = worse + better + 2 * ADDED;
        double deviation = Math.sqrt(discordant - difference * difference / n) / n;
        double z = new NormalDistribution(null, 0, 1).inverseCumulativeProbability(confidence);
        return difference / n + z * deviation;
    }
}
