package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.cost.MacCost;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The mask of greatest total importance within a MAC budget (Kwon et al., NeurIPS 2022, section
 * 4.1).
 *
 * <p>Heads all cost a, neurons all cost f. With the units of each class sorted by importance, a
 * best set takes a prefix of each, so with prefix sums P_H and P_F
 *
 * <pre>
 *   V(k) = P_H[k] + P_F[min(all, floor((budget - k a) / f))]      k = 0 .. floor(budget / a)
 * </pre>
 *
 * is maximised over k; the result is the exact optimum of the two-class knapsack. Ties go to the
 * lower cost, then to the smaller k, and among units to the smaller index (layer first). One sort
 * serves every budget. No mask exceeds its budget.
 */
public final class MaskSearch {

    /** Rounding allowed when a cost is compared with its budget. */
    static final double RELATIVE_ROUNDING = 1e-12;

    private final List<Sublayer> sublayers;
    private final List<Unit> heads;
    private final List<Unit> neurons;
    private final double[] headPrefix;
    private final double[] neuronPrefix;
    private final double headCost;
    private final double neuronCost;
    private final double total;

    /** A unit and its importance. */
    private record Unit(int sublayer, int unit, double importance) {}

    /**
     * Sorts once.
     *
     * @param importance [sublayer][unit], at least 0 and finite
     * @throws IllegalArgumentException if an importance is not, or all are 0: nothing could be told
     *     apart then
     */
    public MaskSearch(List<Sublayer> sublayers, double[][] importance, MacCost cost) {
        this.sublayers = List.copyOf(sublayers);
        this.heads = sorted(SublayerKind.ATTENTION, importance);
        this.neurons = sorted(SublayerKind.FFN, importance);
        this.headPrefix = prefix(heads);
        this.neuronPrefix = prefix(neurons);
        this.headCost = unitCost(SublayerKind.ATTENTION, cost);
        this.neuronCost = unitCost(SublayerKind.FFN, cost);
        this.total = cost.total(sublayers);
        if (headPrefix[heads.size()] + neuronPrefix[neurons.size()] == 0) {
            throw new IllegalArgumentException(
                    "every importance is 0: no gradient reached the masks of any of the "
                            + sublayers.size()
                            + " sublayers");
        }
    }

    private List<Unit> sorted(SublayerKind kind, double[][] importance) {
        List<Unit> units = new ArrayList<>();
        for (int s = 0; s < sublayers.size(); s++) {
            for (int u = 0; sublayers.get(s).kind() == kind && u < importance[s].length; u++) {
                if (!(importance[s][u] >= 0) || Double.isInfinite(importance[s][u])) {
                    throw new IllegalArgumentException(
                            "unit "
                                    + u
                                    + " of '"
                                    + sublayers.get(s).id()
                                    + "' has importance "
                                    + importance[s][u]);
                }
                units.add(new Unit(s, u, importance[s][u]));
            }
        }
        // The sort is stable, so equal units stay in index order.
        units.sort(Comparator.comparingDouble(Unit::importance).reversed());
        return units;
    }

    private static double[] prefix(List<Unit> units) {
        double[] prefix = new double[units.size() + 1];
        for (int i = 0; i < units.size(); i++) {
            prefix[i + 1] = prefix[i] + units.get(i).importance();
        }
        return prefix;
    }

    private double unitCost(SublayerKind kind, MacCost cost) {
        double[] costs =
                sublayers.stream()
                        .filter(sublayer -> sublayer.kind() == kind)
                        .mapToDouble(cost::unit)
                        .distinct()
                        .toArray();
        if (costs.length != 1) {
            throw new IllegalArgumentException(
                    costs.length + " different costs of " + kind.label() + " units; expected 1");
        }
        return costs[0];
    }

    /**
     * The best binary mask within a budget.
     *
     * @throws IllegalArgumentException if the budget counts something else than MACs
     */
    public PruningMask search(Budget budget) {
        if (budget.metric() != CostMetric.MACS) {
            throw new IllegalArgumentException(
                    "budget " + budget + ": this search is of macs; others are allocated");
        }
        double limit = budget.share() * total;
        int bestHeads = 0;
        int bestNeurons = 0;
        double bestValue = -1;
        double bestCost = 0;
        for (int k = 0; k <= heads.size() && fits(k, 0, limit); k++) {
            int n = neuronsWithin(k, limit);
            double value = headPrefix[k] + neuronPrefix[n];
            double cost = k * headCost + n * neuronCost;
            if (value > bestValue || (value == bestValue && cost < bestCost)) {
                bestHeads = k;
                bestNeurons = n;
                bestValue = value;
                bestCost = cost;
            }
        }
        return mask(bestHeads, bestNeurons);
    }

    private int neuronsWithin(int k, double limit) {
        double left = Math.floor((limit - k * headCost) / neuronCost);
        int n = (int) Math.max(0, Math.min(neurons.size(), left));
        // The quotient may be off by one unit in the last place; the sum is what is audited.
        if (n < neurons.size() && fits(k, n + 1, limit)) {
            n++;
        }
        while (n > 0 && !fits(k, n, limit)) {
            n--;
        }
        return n;
    }

    private boolean fits(int k, int n, double limit) {
        return k * headCost + n * neuronCost <= limit * (1 + RELATIVE_ROUNDING);
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
