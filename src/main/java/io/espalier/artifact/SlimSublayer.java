package io.espalier.artifact;

import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;

/**
 * What is left of one sublayer: the units it keeps and the projection that reads them.
 *
 * <p>Scales and repairs are already in the projection. With no unit kept the sublayer is its
 * projection's bias alone. The array is copied on the way in; neither it nor the projection's are
 * to be written to.
 *
 * @param sublayer the dense parent's sublayer
 * @param keptUnits ascending
 * @param projection of {@code keptUnits.length * unitWidth} inputs
 */
@SuppressWarnings("ArrayRecordComponent") // Read in loops over neurons; never compared.
public record SlimSublayer(Sublayer sublayer, int[] keptUnits, Projection projection) {

    /** Checks units and width. */
    public SlimSublayer {
        keptUnits = keptUnits.clone();
        int previous = -1;
        for (int unit : keptUnits) {
            if (unit <= previous || unit >= sublayer.units()) {
                throw new IllegalArgumentException(
                        "sublayer '"
                                + sublayer.id()
                                + "': kept unit "
                                + unit
                                + " after "
                                + previous
                                + "; needs ascending units below "
                                + sublayer.units());
            }
            previous = unit;
        }
        if (projection.inputs() != keptUnits.length * sublayer.unitWidth()) {
            throw new IllegalArgumentException(
                    "sublayer '"
                            + sublayer.id()
                            + "': "
                            + keptUnits.length
                            + " kept units of width "
                            + sublayer.unitWidth()
                            + ", the projection has "
                            + projection.inputs()
                            + " inputs");
        }
    }

    /** The columns of the dense projection, and rows of the producers, that stay. */
    int[] keptInputs() {
        int width = sublayer.unitWidth();
        int[] inputs = new int[keptUnits.length * width];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = keptUnits[i / width] * width + i % width;
        }
        return inputs;
    }
}
