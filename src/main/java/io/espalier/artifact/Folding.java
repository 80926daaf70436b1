package io.espalier.artifact;

import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;

import java.util.Arrays;

/**
 * Folds mask values into output projections: {@code (m * X) W + b = X_K (m_K W_K) + b}.
 *
 * <p>Exact but for one rounding per weight. A value goes into the unit's columns of the projection,
 * never into a producer: before a softmax or a GELU it would not commute. A value of 0 removes the
 * unit. The bias stays.
 */
public final class Folding {

    private Folding() {}

    /**
     * Folds one sublayer's mask.
     *
     * @param dense the parent's projection
     * @param maskValues one finite value for each unit
     * @throws IllegalArgumentException if sizes disagree or a value is NaN or infinite
     */
    public static SlimSublayer fold(Sublayer sublayer, Projection dense, float[] maskValues) {
        if (maskValues.length != sublayer.units() || dense.inputs() != sublayer.inputWidth()) {
            throw new IllegalArgumentException(
                    "sublayer '"
                            + sublayer.id()
                            + "': "
                            + sublayer.units()
                            + " units of width "
                            + sublayer.unitWidth()
                            + ", "
                            + maskValues.length
                            + " mask values and "
                            + dense.inputs()
                            + " inputs");
        }
        int[] kept = new int[sublayer.units()];
        int count = 0;
        for (int unit = 0; unit < kept.length; unit++) {
            if (!Float.isFinite(maskValues[unit])) {
                throw new IllegalArgumentException(
                        "sublayer '" + sublayer.id() + "': mask value " + maskValues[unit]);
            }
            if (maskValues[unit] != 0f) {
                kept[count++] = unit;
            }
        }
        int width = sublayer.unitWidth();
        int inputs = count * width;
        float[] weight = new float[dense.outputs() * inputs];
        for (int row = 0; row < dense.outputs(); row++) {
            for (int i = 0; i < inputs; i++) {
                int unit = kept[i / width];
                weight[row * inputs + i] =
                        maskValues[unit]
                                * dense.weight()[row * dense.inputs() + unit * width + i % width];
            }
        }
        return new SlimSublayer(
                sublayer,
                Arrays.copyOf(kept, count),
                new Projection(inputs, dense.outputs(), weight, dense.bias()));
    }
}
