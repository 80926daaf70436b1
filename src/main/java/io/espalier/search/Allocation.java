package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.CostModel;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;

import java.util.Arrays;
import java.util.List;

/**
 * How many units each sublayer keeps, so that the total error is least within a budget: a
 * multiple-choice knapsack, solved by dynamic programming (Kellerer, Pferschy and Pisinger, <i>
 * Knapsack Problems</i>, 2004, section 11.5).
 *
 * <pre>
 *   E_s(b) = min over options i of s:  E_(s-1)(b - ceil(cost_i / g)) + error_i      b = 0 .. total/g
 * </pre>
 *
 * <p>g is a 32,768th of the dense total, and one table serves every budget. Rounding up adds less
 * than g for each of S sublayers, so up to S buckets beyond the budget are tried, largest first,
 * until one's true cost fits; what is then unspent goes to the units that lower the error most for
 * their cost. So no mask exceeds its budget, the error is at most the optimum for a budget of S g
 * less, and it is the optimum itself where all costs are multiples of g. Of equal errors the
 * smaller cost is taken, then the option that removes less. Sublayers may be emptied; costs may
 * differ from sublayer to sublayer, and fall where units are added.
 *
 * <p>Time is the number of all options times 32,768, space two bytes for each sublayer and bucket.
 */
public final class Allocation {

    /** Steps of the grid from 0 to the dense total. */
    private static final int GRID = 1 << 15;

    private static final double RELATIVE_ROUNDING = MaskSearch.RELATIVE_ROUNDING;

    private final List<Sublayer> sublayers;
    private final List<ErrorCurve> curves;
    private final CostModel cost;
    private final double[][] costs;
    private final double total;
    private final int grid;
    private final int[][] buckets;
    private final char[][] chosen;

    /**
     * What a budget bought.
     *
     * @param mask binary
     * @param error the predicted total error
     * @param share of the dense cost that the mask keeps, at most the budget's
     */
    public record Result(PruningMask mask, double error, double share) {}

    /**
     * Solves for all budgets at once.
     *
     * @param curves one for each sublayer
     * @throws IllegalArgumentException if a curve is of another number of units than its sublayer,
     *     a cost is negative or not finite, or all errors are 0: nothing could be told apart then
     */
    public Allocation(List<Sublayer> sublayers, List<ErrorCurve> curves, CostModel cost) {
        this(sublayers, curves, cost, GRID);
    }

    /** The same on a grid of another fineness. */
    Allocation(List<Sublayer> sublayers, List<ErrorCurve> curves, CostModel cost, int grid) {
        this.grid = grid;
        this.sublayers = List.copyOf(sublayers);
        this.curves = List.copyOf(curves);
        this.cost = cost;
        this.costs = costs();
        this.total = cost.total(sublayers);
        if (!(total > 0)) {
            throw new IllegalArgumentException(
                    "the dense total of " + sublayers.size() + " sublayers is " + total);
        }
        this.buckets =
                Arrays.stream(costs)
                        .map(row -> Arrays.stream(row).mapToInt(this::bucket).toArray())
                        .toArray(int[][]::new);
        if (this.curves.stream().allMatch(curve -> curve.errors()[curve.options() - 1] == 0)) {
            throw new IllegalArgumentException(
                    "every error is 0: nothing tells the units of the "
                            + sublayers.size()
                            + " sublayers apart");
        }
        this.chosen = solve();
    }

    private double[][] costs() {
        if (curves.size() != sublayers.size()) {
            throw new IllegalArgumentException(
                    curves.size() + " curves for " + sublayers.size() + " sublayers");
        }
        double[][] all = new double[curves.size()][];
        for (int s = 0; s < all.length; s++) {
            Sublayer sublayer = sublayers.get(s);
            ErrorCurve curve = curves.get(s);
            if (curve.order().length != sublayer.units()) {
                throw new IllegalArgumentException(
                        "curve of "
                                + curve.order().length
                                + " units for '"
                                + sublayer.id()
                                + "', which has "
                                + sublayer.units());
            }
            all[s] = new double[curve.options()];
            for (int i = 0; i < all[s].length; i++) {
                double each = cost.cost(sublayer, curve.kept(i));
                if (!(each >= 0) || Double.isInfinite(each) || (curve.kept(i) == 0 && each != 0)) {
                    throw new IllegalArgumentException(
                            "'"
                                    + sublayer.id()
                                    + "' with "
                                    + curve.kept(i)
                                    + " units costs "
                                    + each
                                    + "; costs are finite, at least 0, and 0 without units");
                }
                all[s][i] = each;
            }
        }
        return all;
    }

    /** For each sublayer and bucket the best option, given that all before it are at their best. */
    private char[][] solve() {
        int last = grid + costs.length;
        char[][] best = new char[costs.length][last + 1];
        double[] error = new double[last + 1];
        double[] spent = new double[last + 1];
        for (int s = 0; s < costs.length; s++) {
            double[] nextError = new double[last + 1];
            double[] nextSpent = new double[last + 1];
            Arrays.fill(nextError, Double.POSITIVE_INFINITY);
            for (int option : distinct(s)) {
                int width = buckets[s][option];
                double added = curves.get(s).errors()[option];
                double paid = costs[s][option];
                char[] choice = best[s];
                for (int b = width; b <= last; b++) {
                    double candidate = error[b - width] + added;
                    if (candidate < nextError[b]
                            || (candidate == nextError[b]
                                    && spent[b - width] + paid < nextSpent[b])) {
                        nextError[b] = candidate;
                        nextSpent[b] = spent[b - width] + paid;
                        choice[b] = (char) option;
                    }
                }
            }
            error = nextError;
            spent = nextSpent;
        }
        return best;
    }

    /** The options of a sublayer that no other beats at the same bucket or below. */
    private int[] distinct(int s) {
        double[] errors = curves.get(s).errors();
        int[] best = new int[errors.length];
        int count = 0;
        for (int i = 0; i < errors.length; i++) {
            boolean beaten = false;
            for (int j = 0; j < count && !beaten; j++) {
                int other = best[j];
                beaten =
                        buckets[s][other] <= buckets[s][i]
                                && (errors[other] < errors[i] || costs[s][other] <= costs[s][i]);
            }
            if (!beaten) {
                best[count++] = i;
            }
        }
        return Arrays.copyOf(best, count);
    }

    /** Steps of the grid that a cost takes, rounded up; an exact multiple stays one. */
    private int bucket(double each) {
        double steps = each / total * grid;
        return (int) Math.min(2.0 * grid, Math.ceil(steps * (1 - RELATIVE_ROUNDING)));
    }

    /** The best binary mask within a share of the dense cost. */
    public Result allocate(Budget budget) {
        // What was rounded up may fit after all; the first that does has the least error.
        int bucket = (int) Math.floor(budget.share() * grid) + costs.length;
        int[] options = options(bucket);
        while (!fits(options, budget.share())) {
            options = options(--bucket);
        }
        while (refill(options, budget.share())) {}
        float[][] values = new float[options.length][];
        double error = 0;
        for (int s = 0; s < options.length; s++) {
            values[s] = curves.get(s).mask(options[s]);
            error += curves.get(s).errors()[options[s]];
        }
        PruningMask mask = PruningMask.of(sublayers, values);
        return new Result(mask, error, cost.share(mask));
    }

    private int[] options(int bucket) {
        int[] options = new int[costs.length];
        int left = bucket;
        for (int s = options.length - 1; s >= 0; s--) {
            options[s] = chosen[s][left];
            left -= buckets[s][options[s]];
        }
        return options;
    }

    /** Takes the best step that fits: units back for the most error less by cost. */
    private boolean refill(int[] options, double share) {
        int bestSublayer = -1;
        int bestOption = -1;
        double bestRate = 0;
        for (int s = 0; s < options.length; s++) {
            int now = options[s];
            double[] errors = curves.get(s).errors();
            for (int i = 0; i < now; i++) {
                double less = errors[now] - errors[i];
                double more = costs[s][i] - costs[s][now];
                double rate = more > 0 ? less / more : Double.POSITIVE_INFINITY;
                if (less > 0 && rate > bestRate && fits(options, s, i, share)) {
                    bestSublayer = s;
                    bestOption = i;
                    bestRate = rate;
                }
            }
        }
        if (bestSublayer >= 0) {
            options[bestSublayer] = bestOption;
        }
        return bestSublayer >= 0;
    }

    private boolean fits(int[] options, int sublayer, int option, double share) {
        int now = options[sublayer];
        options[sublayer] = option;
        boolean fits = fits(options, share);
        options[sublayer] = now;
        return fits;
    }

    /** The comparison of {@link CostModel#share} with the budget, in the same order of sums. */
    private boolean fits(int[] options, double share) {
        double kept = 0;
        for (int s = 0; s < options.length; s++) {
            kept += costs[s][options[s]];
        }
        return kept / total <= share * (1 + RELATIVE_ROUNDING);
    }
}
