package io.espalier.cost;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.util.List;

/**
 * Measured milliseconds of one sublayer, for every number of units it may keep; at one batch and
 * length, on one machine.
 *
 * <p>Entry m - 1 is the time with m units. Times need not grow with m. A sublayer without units
 * takes none.
 *
 * @param attention [H] for 1 to H heads
 * @param ffn [F] for 1 to F neurons
 * @param last the same of the last layer; null if it takes as long as the others
 */
public record LatencyTable(List<Double> attention, List<Double> ffn, @Nullable Last last)
        implements CostModel, Serializable {

    /**
     * Times of the last layer, which computes first tokens alone.
     *
     * @param layer its index
     * @param attention [H] as in the other layers
     * @param ffn [F] as in the other layers
     */
    public record Last(int layer, List<Double> attention, List<Double> ffn)
            implements Serializable {

        /** Checks the times and copies the lists. */
        public Last {
            attention = checked("attention", attention);
            ffn = checked("ffn", ffn);
        }
    }

    /** Checks the times and copies the lists. */
    public LatencyTable {
        attention = checked("attention", attention);
        ffn = checked("ffn", ffn);
    }

    /** A table in which all layers are alike. */
    public LatencyTable(List<Double> attention, List<Double> ffn) {
        this(attention, ffn, null);
    }

    private static List<Double> checked(String field, List<Double> times) {
        if (times.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + field + "' has 0 entries; it needs one for each unit");
        }
        for (int i = 0; i < times.size(); i++) {
            if (!(times.get(i) > 0) || Double.isInfinite(times.get(i))) {
                throw new IllegalArgumentException(
                        "'"
                                + field
                                + "' entry "
                                + (i + 1)
                                + " is "
                                + times.get(i)
                                + "; milliseconds are above 0");
            }
        }
        return List.copyOf(times);
    }

    /**
     * Makes sure that the table is of a model's shape.
     *
     * @throws IllegalArgumentException naming the field and both numbers if it is not
     */
    public void requireShapeOf(List<Sublayer> sublayers) {
        for (Sublayer sublayer : sublayers) {
            if (times(sublayer).size() != sublayer.units()) {
                throw new IllegalArgumentException(
                        "'"
                                + sublayer.kind().label()
                                + "' has "
                                + times(sublayer).size()
                                + " entries, sublayer '"
                                + sublayer.id()
                                + "' has "
                                + sublayer.units()
                                + " units; measure this model");
            }
        }
    }

    @Override
    public double cost(Sublayer sublayer, int keptUnits) {
        return keptUnits == 0 ? 0 : times(sublayer).get(keptUnits - 1);
    }

    private List<Double> times(Sublayer sublayer) {
        boolean heads = sublayer.kind() == SublayerKind.ATTENTION;
        if (last != null && sublayer.layer() == last.layer) {
            return heads ? last.attention : last.ffn;
        }
        return heads ? attention : ffn;
    }
}
