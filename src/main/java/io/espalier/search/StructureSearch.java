package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.CostModel;
import io.espalier.cost.Counted;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The structures of least predicted error within any budgets, from one set of error curves.
 *
 * <p>What a count needs is made when it is first asked for. Not thread-safe.
 */
public final class StructureSearch {

    private final List<Sublayer> sublayers;
    private final List<ErrorCurve> curves;
    private final Function<Counted, CostModel> costs;
    private final Map<Counted, Allocation> allocations = new HashMap<>();

    /**
     * A search.
     *
     * @param curves one for each sublayer
     * @param costs the model of what budgets count
     */
    public StructureSearch(
            List<Sublayer> sublayers, List<ErrorCurve> curves, Function<Counted, CostModel> costs) {
        this.sublayers = List.copyOf(sublayers);
        this.curves = List.copyOf(curves);
        this.costs = costs;
    }

    /**
     * Curves whose feed-forward options keep multiples of a number of neurons, for kernels that
     * work in blocks.
     *
     * @param curves one for each sublayer
     * @param multiple at least 1; 0 leaves them as they are
     */
    public static List<ErrorCurve> rounded(
            List<Sublayer> sublayers, List<ErrorCurve> curves, int multiple) {
        List<ErrorCurve> rounded = new ArrayList<>();
        for (int s = 0; s < curves.size(); s++) {
            boolean neurons = sublayers.get(s).kind() == SublayerKind.FFN;
            rounded.add(neurons && multiple > 0 ? curves.get(s).rounded(multiple) : curves.get(s));
        }
        return rounded;
    }

    /** The best structure within a budget. */
    public Allocation.Result search(Budget budget) {
        return allocations
                .computeIfAbsent(
                        budget.counted(),
                        counted -> new Allocation(sublayers, curves, costs.apply(counted)))
                .allocate(budget);
    }
}
