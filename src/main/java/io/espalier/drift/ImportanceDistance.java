package io.espalier.drift;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.List;

/**
 * How far apart the traffic of two windows is, seen by the model: the Hellinger distance of the
 * importance of its units.
 *
 * <pre>
 *   H(p, q) = sqrt(1 - sum_u sqrt(p_u q_u)),   p_u = diagonal_u / sum_v diagonal_v
 * </pre>
 *
 * over the units u of one kind in all layers. The square root keeps the few samples that the model
 * is unsure of, which carry most of a Fisher diagonal, from deciding the distance alone.
 */
public final class ImportanceDistance {

    private ImportanceDistance() {}

    /**
     * The distance of two diagonals.
     *
     * @param before [sublayer][unit], mean squared gradients of the one window
     * @param after the same of the other
     * @return in [0, 1], 0 for equal shares; NaN if either is all zero
     */
    public static double hellinger(
            List<Sublayer> sublayers,
            List<float[]> before,
            List<float[]> after,
            SublayerKind kind) {
        double overlap = 0;
        double sumBefore = 0;
        double sumAfter = 0;
        for (int s = 0; s < sublayers.size(); s++) {
            if (sublayers.get(s).kind() != kind) {
                continue;
            }
            float[] a = before.get(s);
            float[] b = after.get(s);
            for (int unit = 0; unit < a.length; unit++) {
                overlap += Math.sqrt((double) a[unit] * b[unit]);
                sumBefore += a[unit];
                sumAfter += b[unit];
            }
        }
        // Rounding may lift the overlap of equal shares an ulp above 1; NaN stays NaN.
        return Math.sqrt(Math.max(0, 1 - overlap / Math.sqrt(sumBefore * sumAfter)));
    }
}
