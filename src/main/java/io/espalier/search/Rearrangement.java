package io.espalier.search;

import io.espalier.linalg.DenseProduct;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Exchanges pruned units of one sublayer for kept ones, their number fixed, so that the pruned
 * units' gradients cancel (Kwon et al., NeurIPS 2022, section 4.2).
 *
 * <pre>
 *   q(S) = | sum_{i in S} G_i |^2 + ridge * sum_{i in S} |G_i|^2      S = pruned units
 * </pre>
 *
 * with G_i the column of unit i in the gradient rows [M, U]. A sweep takes the units by ascending
 * norm; S starts as the first P; every later unit i joins S, and the member whose removal lowers q
 * most leaves (first in list order among equals, so that a tie evicts an older one). The sweep
 * repeats from its result until nothing changes. q never rises.
 *
 * <p>The Gram matrix of the columns is made once, {@code M U^2} operations and {@code 8 U^2} bytes;
 * a step is O(U) then, and any number of budgets share it. Not thread-safe.
 */
public final class Rearrangement {

    /** A ridge of 1 keeps the sum of squares in the objective; 0 over-fits few rows. */
    public static final double DEFAULT_RIDGE = 1;

    /** Sweeps after which the search ends in any case. */
    public static final int DEFAULT_SWEEPS = 10;

    private final int units;
    private final double[] rows; // [M, U]
    private final double ridge;
    private final int sweeps;
    private double @Nullable [] gram; // [U, U], made when it is first needed

    /**
     * Prepares the rearrangement of one sublayer.
     *
     * @param rows gradient rows [M][U], at least one; copied
     * @param ridge weight of the sum of squares, at least 0; 0 with one sweep is the published form
     * @param sweeps at least 1
     */
    public Rearrangement(List<float[]> rows, double ridge, int sweeps) {
        this.units = rows.get(0).length;
        this.rows = new double[rows.size() * units];
        for (int m = 0; m < rows.size(); m++) {
            for (int u = 0; u < units; u++) {
                this.rows[m * units + u] = rows.get(m)[u];
            }
        }
        this.ridge = ridge;
        this.sweeps = sweeps;
    }

    /** The objective q of a set of pruned units, in O(M P). */
    public double objective(int[] pruned) {
        double q = 0;
        for (int row = 0; row < rows.length; row += units) {
            double sum = 0;
            double squares = 0;
            for (int unit : pruned) {
                double g = rows[row + unit];
                sum += g;
                squares += g * g;
            }
            q += sum * sum + ridge * squares;
        }
        return q;
    }

    private double[] gram() {
        if (gram == null) {
            int count = rows.length / units;
            double[] columns = new double[rows.length]; // [U, M]
            for (int m = 0; m < count; m++) {
                for (int u = 0; u < units; u++) {
                    columns[u * count + m] = rows[m * units + u];
                }
            }
            gram = DenseProduct.multiply(columns, rows, units, count, units);
        }
        return gram;
    }

    /**
     * The rearranged set.
     *
     * @param pruned the units that the search prunes; stays untouched
     * @return as many units, ascending
     */
    public int[] prune(int[] pruned) {
        double[] products = gram();
        boolean[] inside = new boolean[units];
        for (int unit : pruned) {
            inside[unit] = true;
        }
        int[] order =
                IntStream.range(0, units)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> products[i * units + i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        int[] set = IntStream.of(order).filter(unit -> inside[unit]).toArray();
        boolean changed = set.length > 0 && set.length < units;
        for (int sweep = 0; sweep < sweeps && changed; sweep++) {
            changed = sweep(set, inside, order);
        }
        int[] result = set.clone();
        Arrays.sort(result);
        return result;
    }

    /** One pass over the units outside the set, in place; whether any of them stayed in. */
    private boolean sweep(int[] set, boolean[] inside, int[] order) {
        double[] alignment = new double[units]; // <s, G_j>, s the sum over the set
        for (int member : set) {
            add(alignment, member, 1);
        }
        boolean changed = false;
        for (int candidate : order) {
            if (inside[candidate]) {
                continue;
            }
            add(alignment, candidate, 1);
            int leaving = set.length; // the candidate itself, last in the list
            double best = Double.POSITIVE_INFINITY;
            for (int position = 0; position < set.length; position++) {
                double score = score(set[position], alignment);
                if (score < best) {
                    best = score;
                    leaving = position;
                }
            }
            if (score(candidate, alignment) < best) {
                leaving = set.length;
            }
            int removed = candidate;
            if (leaving < set.length) {
                removed = set[leaving];
                System.arraycopy(set, leaving + 1, set, leaving, set.length - leaving - 1);
                set[set.length - 1] = candidate;
                inside[removed] = false;
                inside[candidate] = true;
                changed = true;
            }
            add(alignment, removed, -1);
        }
        return changed;
    }

    private double score(int member, double[] alignment) {
        return (1 - ridge) * gram()[member * units + member] - 2 * alignment[member];
    }

    private void add(double[] alignment, int unit, int sign) {
        double[] products = gram();
        for (int j = 0; j < units; j++) {
            alignment[j] += sign * products[unit * units + j];
        }
    }
}
