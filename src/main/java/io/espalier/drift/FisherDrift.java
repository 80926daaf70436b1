package io.espalier.drift;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.List;

/** How the Fisher diagonal of the traffic has turned between two windows. */
public final class FisherDrift {

    private FisherDrift() {}

    /**
     * The cosine of two diagonals, over the units of one kind in all layers.
     *
     * @param before [sublayer][unit], mean squared gradients of the earlier window
     * @param after the same of the later one
     * @return in [0, 1], 1 for equal direction; NaN if either is all zero
     */
    public static double cosine(
            List<Sublayer> sublayers,
            List<float[]> before,
            List<float[]> after,
            SublayerKind kind) {
        double product = 0;
        double squaresBefore = 0;
        double squaresAfter = 0;
        for (int s = 0; s < sublayers.size(); s++) {
            if (sublayers.get(s).kind() != kind) {
                continue;
            }
            float[] a = before.get(s);
            float[] b = after.get(s);
            for (int unit = 0; unit < a.length; unit++) {
                product += (double) a[unit] * b[unit];
                squaresBefore += (double) a[unit] * a[unit];
                squaresAfter += (double) b[unit] * b[unit];
            }
        }
        // Rounding may lift the quotient of parallel vectors an ulp above 1; NaN stays NaN.
        return Math.min(1, product / Math.sqrt(squaresBefore * squaresAfter));
    }

    /**
     * The trace of a diagonal, over the units of one kind in all layers.
     *
     * @param diagonals [sublayer][unit], mean squared gradients
     */
    public static double trace(
            List<Sublayer> sublayers, List<float[]> diagonals, SublayerKind kind) {
        double sum = 0;
        for (int s = 0; s < sublayers.size(); s++) {
            if (sublayers.get(s).kind() == kind) {
                for (float value : diagonals.get(s)) {
                    sum += value;
                }
            }
        }
        return sum;
    }
}
