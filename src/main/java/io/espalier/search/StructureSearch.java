package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.cost.CostModel;
import io.espalier.mask.Sublayer;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The structures of least predicted error within any budgets, from one set of error curves.
 *
 * <p>What a metric needs is made when it is first asked for. Not thread-safe.
 */
public final class StructureSearch {

    private final List<Sublayer> sublayers;
    private final List<ErrorCurve> curves;
    private final Function<CostMetric, CostModel> costs;
    private final Map<CostMetric, Allocation> allocations = new EnumMap<>(CostMetric.class);

    /**
     * A search.
     *
     * @param curves one for each sublayer
     * @param costs what each metric counts
     */
    public StructureSearch(
            List<Sublayer> sublayers,
            List<ErrorCurve> curves,
            Function<CostMetric, CostModel> costs) {
        this.sublayers = List.copyOf(sublayers);
        this.curves = List.copyOf(curves);
        this.costs = costs;
    }

    /** The best structure within a budget. */
    public Allocation.Result search(Budget budget) {
        return allocations
                .computeIfAbsent(
                        budget.metric(),
                        metric -> new Allocation(sublayers, curves, costs.apply(metric)))
                .allocate(budget);
    }
}
