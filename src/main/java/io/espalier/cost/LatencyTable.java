package io.espalier.cost;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

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
 */
public record LatencyTable(List<Double> attention, List<Double> ffn)
        implements CostModel, Serializable {

    /** Checks the times and copies the lists. */
    public LatencyTable {
        attention = checked("attention", attention);
        ffn = checked("ffn", ffn);
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
        return sublayer.kind() == SublayerKind.ATTENTION ? attention : ffn;
    }
}
