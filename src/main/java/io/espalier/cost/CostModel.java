package io.espalier.cost;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;

import java.util.List;

/**
 * What a model costs, as a sum over its sublayers of what each costs with a number of units kept.
 *
 * <p>A sublayer without units costs 0, any other at least 0; which units are kept makes no
 * difference. Costs need not grow with the units: measured ones do not always.
 */
public interface CostModel {

    /**
     * The cost of a sublayer that keeps some of its units.
     *
     * @param keptUnits from 0 to the sublayer's units
     */
    double cost(Sublayer sublayer, int keptUnits);

    /** The cost of sublayers that keep all units. */
    default double total(List<Sublayer> sublayers) {
        double total = 0;
        for (Sublayer sublayer : sublayers) {
            total += cost(sublayer, sublayer.units());
        }
        return total;
    }

    /** Share of the total that a mask keeps; what every budget is held against. */
    default double share(PruningMask mask) {
        double kept = 0;
        for (int i = 0; i < mask.sublayers().size(); i++) {
            kept += cost(mask.sublayers().get(i), mask.keptUnits(i).length);
        }
        return kept / total(mask.sublayers());
    }
}
