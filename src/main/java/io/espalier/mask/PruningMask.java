package io.espalier.mask;

import java.util.Arrays;
import java.util.List;

/**
 * One value for each unit of each sublayer of a model; 0 prunes the unit, any other value keeps and
 * scales it.
 *
 * <p>Immutable: arrays are copied on the way in and out. Sublayers stand in model order, and a
 * sublayer is addressed by its index in that order.
 */
public final class PruningMask {

    private final List<Sublayer> sublayers;
    private final float[][] values;

    private PruningMask(List<Sublayer> sublayers, float[][] values) {
        this.sublayers = sublayers;
        this.values = values;
    }

    /** The mask that keeps every unit at 1. */
    public static PruningMask dense(List<Sublayer> sublayers) {
        float[][] ones = new float[sublayers.size()][];
        for (int i = 0; i < ones.length; i++) {
            ones[i] = new float[sublayers.get(i).units()];
            Arrays.fill(ones[i], 1f);
        }
        return new PruningMask(List.copyOf(sublayers), ones);
    }

    /**
     * A mask of given values.
     *
     * @param values one row for each sublayer, one finite value for each of its units
     * @throws IllegalArgumentException if the shape is not that of the sublayers or a value is NaN
     *     or infinite
     */
    public static PruningMask of(List<Sublayer> sublayers, float[][] values) {
        if (values.length != sublayers.size()) {
            throw new IllegalArgumentException(
                    "mask has " + values.length + " rows for " + sublayers.size() + " sublayers");
        }
        float[][] copy = new float[values.length][];
        for (int i = 0; i < copy.length; i++) {
            Sublayer sublayer = sublayers.get(i);
            if (values[i].length != sublayer.units()) {
                throw new IllegalArgumentException(
                        "mask of '"
                                + sublayer.id()
                                + "' has "
                                + values[i].length
                                + " values for "
                                + sublayer.units()
                                + " units");
            }
            for (float value : values[i]) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException(
                            "mask of '" + sublayer.id() + "' has the value " + value);
                }
            }
            copy[i] = values[i].clone();
        }
        return new PruningMask(List.copyOf(sublayers), copy);
    }

    /** The masked sublayers, in model order. */
    public List<Sublayer> sublayers() {
        return sublayers;
    }

    /** A copy of one sublayer's values. */
    public float[] values(int sublayer) {
        return values[sublayer].clone();
    }

    /** Whether a unit is kept. */
    public boolean keeps(int sublayer, int unit) {
        return values[sublayer][unit] != 0f;
    }

    /** The kept units of one sublayer, ascending. */
    public int[] keptUnits(int sublayer) {
        int[] kept = new int[values[sublayer].length];
        int count = 0;
        for (int unit = 0; unit < kept.length; unit++) {
            if (keeps(sublayer, unit)) {
                kept[count++] = unit;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    /** Number of kept units over all sublayers of a kind. */
    public int countKept(SublayerKind kind) {
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            if (sublayers.get(i).kind() == kind) {
                count += keptUnits(i).length;
            }
        }
        return count;
    }

    /** Number of units, kept or not, over all sublayers of a kind. */
    public int countUnits(SublayerKind kind) {
        int count = 0;
        for (Sublayer sublayer : sublayers) {
            count += sublayer.kind() == kind ? sublayer.units() : 0;
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PruningMask mask
                && sublayers.equals(mask.sublayers)
                && Arrays.deepEquals(values, mask.values);
    }

    @Override
    public int hashCode() {
        return 31 * sublayers.hashCode() + Arrays.deepHashCode(values);
    }
}
