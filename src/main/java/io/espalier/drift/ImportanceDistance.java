package io.espalier.drift;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.List;

/**
 * How far apart the traffic of two windows is, seen by the model: the Hellinger distance of the
 * importance profiles of its sublayers.
 *
 * <pre>
 *   H^2(p, q) = 1 - sum_u sqrt(p_u q_u)        distance = sqrt(mean of H^2 over sublayers of a kind)
 * </pre>
 *
 * <p>A profile p is the mean over samples of {@code g_u^2 / sum_v g_v^2}, over the units of one
 * sublayer. Windows come as two halves each; halves are compared with halves, so that what chance
 * does to a distance between windows is what it does to the distance within one.
 */
public final class ImportanceDistance {

    private ImportanceDistance() {}

    /**
     * What the two halves of one window are apart.
     *
     * @param profiles [sublayer][half][unit]
     * @return in [0, 1]; NaN if a sublayer's profiles are not known
     */
    public static double within(
            List<Sublayer> sublayers, List<List<float[]>> profiles, SublayerKind kind) {
        Mean mean = new Mean();
        for (int s = 0; s < sublayers.size(); s++) {
            if (sublayers.get(s).kind() == kind) {
                List<float[]> halves = profiles.get(s);
                mean.add(halves.isEmpty() ? Double.NaN : squared(halves.get(0), halves.get(1)));
            }
        }
        return mean.root();
    }

    /**
     * What the halves of one window are apart from those of another.
     *
     * @param before [sublayer][half][unit]
     * @param after the same of the other window
     * @return in [0, 1]; NaN if a sublayer's profiles are not known
     */
    public static double between(
            List<Sublayer> sublayers,
            List<List<float[]>> before,
            List<List<float[]>> after,
            SublayerKind kind) {
        Mean mean = new Mean();
        for (int s = 0; s < sublayers.size(); s++) {
            if (sublayers.get(s).kind() == kind) {
                List<float[]> a = before.get(s);
                List<float[]> b = after.get(s);
                if (a.isEmpty() || b.isEmpty()) {
                    mean.add(Double.NaN);
                    continue;
                }
                for (float[] half : a) {
                    b.forEach(other -> mean.add(squared(half, other)));
                }
            }
        }
        return mean.root();
    }

    /** H^2; the arguments need not sum to 1. */
    private static double squared(float[] a, float[] b) {
        double overlap = 0;
        double sumA = 0;
        double sumB = 0;
        for (int unit = 0; unit < a.length; unit++) {
            overlap += Math.sqrt((double) a[unit] * b[unit]);
            sumA += a[unit];
            sumB += b[unit];
        }
        // Rounding may lift the overlap of equal profiles an ulp above 1; NaN stays NaN.
        return Math.max(0, 1 - overlap / Math.sqrt(sumA * sumB));
    }

    /** A running mean. */
    private static final class Mean {

        private double sum;
        private int count;

        void add(double value) {
            sum += value;
            count++;
        }

        double root() {
            return Math.sqrt(sum / count);
        }
    }
}
