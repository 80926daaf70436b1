package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.CostModel;
import io.espalier.cost.Counted;
import io.espalier.cost.MacCost;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The mask of greatest total importance within any budget, where units count for themselves alone.
 *
 * <p>Budgets of MACs are met by the exact {@link MaskSearch}, others by an {@link Allocation} of
 * the same importance. What a count needs is made when it is first asked for. Not thread-safe.
 */
public final class DiagonalSearch {

    private final List<Sublayer> sublayers;
    private final double[][] importance;
    private final Function<Counted, CostModel> costs;
    private final Map<Counted, Function<Budget, PruningMask>> searches = new HashMap<>();

    /**
     * A search.
     *
     * @param importance [sublayer][unit], at least 0 and finite, not all 0; not copied
     * @param costs the model of what budgets count; a {@link MacCost} for MACs
     */
    public DiagonalSearch(
            List<Sublayer> sublayers, double[][] importance, Function<Counted, CostModel> costs) {
        this.sublayers = List.copyOf(sublayers);
        this.importance = importance;
        this.costs = costs;
    }

    /** A search by the Fisher diagonals of a window, one snapshot for each sublayer. */
    public static DiagonalSearch of(
            List<Sublayer> sublayers,
            List<FisherSnapshot> snapshots,
            Function<Counted, CostModel> costs) {
        double[][] importance =
                snapshots.stream()
                        .map(FisherSnapshot::diagonal)
                        .map(d -> IntStream.range(0, d.length).mapToDouble(i -> d[i]).toArray())
                        .toArray(double[][]::new);
        return new DiagonalSearch(sublayers, importance, costs);
    }

    /** The best binary mask within a budget. */
    public PruningMask search(Budget budget) {
        return searches.computeIfAbsent(budget.counted(), this::of).apply(budget);
    }

    private Function<Budget, PruningMask> of(Counted counted) {
        if (costs.apply(counted) instanceof MacCost macs) {
            return new MaskSearch(sublayers, importance, macs)::search;
        }
        List<ErrorCurve> curves = Arrays.stream(importance).map(ErrorCurve::ofImportance).toList();
        Allocation allocation = new Allocation(sublayers, curves, costs.apply(counted));
        return budget -> allocation.allocate(budget).mask();
    }
}
