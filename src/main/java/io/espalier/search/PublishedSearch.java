package io.espalier.search;

import io.espalier.cost.MacCost;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The mask search of the published implementation (Kwon et al., NeurIPS 2022), flaws included: for
 * comparison only.
 *
 * <pre>
 *   V(k) = P_H[k] + P_F[clip(floor((budget - k a) / f), 0, all)]        k = 1 .. all heads
 * </pre>
 *
 * <p>Its k starts at 1, and where k heads alone exceed the budget it keeps no neurons instead of
 * stopping. So a mask may cost more than its budget, which {@link MaskSearch} never allows. The
 * first greatest value wins; units of equal importance stand in index order, layer first.
 */
public final class PublishedSearch {

    private final List<Sublayer> sublayers;
    private final List<Unit> heads;
    private final List<Unit> neurons;
    private final MacCost cost;

    /** A unit and its importance. */
    private record Unit(int sublayer, int unit, double importance) {}

    /**
     * Sorts once.
     *
     * @param importance [sublayer][unit]
     * @throws IllegalArgumentException if all are 0, for which the implementation has no result, or
     *     one is not finite
     */
    public PublishedSearch(List<Sublayer> sublayers, double[][] importance, MacCost cost) {
        this.sublayers = List.copyOf(sublayers);
        this.heads = sorted(SublayerKind.ATTENTION, importance);
        this.neurons = sorted(SublayerKind.FFN, importance);
        this.cost = cost;
        if (sum(heads, heads.size()) + sum(neurons, neurons.size()) == 0) {
            throw new IllegalArgumentException(
                    "every importance is 0: the published search has no result then, no gradient"
                            + " reached the masks of any of the "
                            + sublayers.size()
                            + " sublayers");
        }
    }

    private List<Unit> sorted(SublayerKind kind, double[][] importance) {
        List<Unit> units = new ArrayList<>();
        for (int s = 0; s < sublayers.size(); s++) {
            for (int u = 0; sublayers.get(s).kind() == kind && u < importance[s].length; u++) {
                if (!Double.isFinite(importance[s][u])) {
                    throw new IllegalArgumentException(
                            "unit %s of '%s' has importance %s"
                                    .formatted(u, sublayers.get(s).id(), importance[s][u]));
                }
                units.add(new Unit(s, u, importance[s][u]));
            }
        }
        units.sort(Comparator.comparingDouble(Unit::importance).reversed());
        return units;
    }

    private static double sum(List<Unit> units, int count) {
        double sum = 0;
        for (Unit unit : units.subList(0, count)) {
            sum += unit.importance();
        }
        return sum;
    }

    /**
     * The binary mask found for a share of the MACs to keep; it may cost more.
     *
     * @param share in (0, 1]
     */
    public PruningMask search(double share) {
        double limit = share * cost.total(sublayers);
        double headCost = unitCost(SublayerKind.ATTENTION);
        double neuronCost = unitCost(SublayerKind.FFN);
        int bestHeads = 0;
        int bestNeurons = 0;
        double best = 0;
        double headValue = 0;
        for (int k = 1; k <= heads.size(); k++) {
            headValue += heads.get(k - 1).importance();
            double left = Math.floor((limit - k * headCost) / neuronCost);
            int n = (int) Math.max(0, Math.min(neurons.size(), left));
            double value = headValue + sum(neurons, n);
            if (value > best) {
                best = value;
                bestHeads = k;
                bestNeurons = n;
            }
        }
        return mask(bestHeads, bestNeurons);
    }

    private double unitCost(SublayerKind kind) {
        return sublayers.stream()
                .filter(sublayer -> sublayer.kind() == kind)
                .findFirst()
                .map(cost::unit)
                .orElseThrow();
    }

    private PruningMask mask(int headCount, int neuronCount) {
        float[][] values = new float[sublayers.size()][];
        for (int s = 0; s < values.length; s++) {
            values[s] = new float[sublayers.get(s).units()];
        }
        heads.subList(0, headCount).forEach(unit -> values[unit.sublayer()][unit.unit()] = 1f);
        neurons.subList(0, neuronCount).forEach(unit -> values[unit.sublayer()][unit.unit()] = 1f);
        return PruningMask.of(sublayers, values);
    }
}
