package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.CostModel;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Allocations of random curves at random costs; {@code -Dseed=} replays a run. */
class AllocationPropertyTest {

    /** What comparisons with a budget may forgive; see {@link MaskSearch#RELATIVE_ROUNDING}. */
    private static final double ROUNDING = 1 + MaskSearch.RELATIVE_ROUNDING;

    private static final long SEED = Long.getLong("seed", 23);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    /**
     * A problem.
     *
     * @param curves with dyadic errors, often equal, so that sums are exact and ties are met
     * @param costs [sublayer][kept units], every sublayer's its own; of whole numbers they make a
     *     total that is the grid, so that nothing is rounded
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Problem(
            List<Sublayer> sublayers, List<ErrorCurve> curves, double[][] costs, int grid)
            implements CostModel {

        static Problem random(Random random, int layers, int units, boolean whole) {
            List<Sublayer> sublayers =
                    Encoders.of(
                            1 + random.nextInt(layers),
                            1 + random.nextInt(units),
                            1,
                            1 + random.nextInt(units));
            boolean monotone = random.nextBoolean();
            double[][] costs = new double[sublayers.size()][];
            double total = 0;
            for (int s = 0; s < costs.length; s++) {
                costs[s] = new double[sublayers.get(s).units() + 1];
                for (int kept = 1; kept < costs[s].length; kept++) {
                    costs[s][kept] = whole ? 1 + random.nextInt(9) : random.nextDouble() + 1e-3;
                }
                if (monotone) {
                    Arrays.sort(costs[s]);
                }
                total += costs[s][costs[s].length - 1];
            }
            List<ErrorCurve> curves = sublayers.stream().map(s -> curve(random, s)).toList();
            return new Problem(
                    sublayers, curves, costs, whole ? (int) total : 16 + random.nextInt(2000));
        }

        private static ErrorCurve curve(Random random, Sublayer sublayer) {
            List<Integer> order =
                    new java.util.ArrayList<>(
                            IntStream.range(0, sublayer.units()).boxed().toList());
            Collections.shuffle(order, random);
            int[] removed =
                    IntStream.rangeClosed(0, sublayer.units())
                            .filter(n -> n == 0 || n == sublayer.units() || random.nextInt(3) > 0)
                            .toArray();
            double[] errors = new double[removed.length];
            for (int i = 1; i < errors.length; i++) {
                errors[i] = errors[i - 1] + random.nextInt(6) / 8.0;
            }
            errors[errors.length - 1] += 0.125; // not all are 0
            return new ErrorCurve(
                    order.stream().mapToInt(Integer::intValue).toArray(), removed, errors);
        }

        @Override
        public double cost(Sublayer sublayer, int keptUnits) {
            return costs[sublayers.indexOf(sublayer)][keptUnits];
        }

        Allocation allocation() {
            return new Allocation(sublayers, curves, this, grid);
        }

        /** What rounding up may cost: a step of the grid for each sublayer. */
        double rounding() {
            return (double) curves.size() / grid;
        }

        /** The least error of all choices within a share; infinite for a negative one. */
        double bruteForce(double share) {
            return share < 0 ? Double.POSITIVE_INFINITY : bruteForce(0, 0, share * ROUNDING);
        }

        private double bruteForce(int s, double spent, double share) {
            if (spent / total(sublayers) > share) {
                return Double.POSITIVE_INFINITY;
            }
            if (s == curves.size()) {
                return 0;
            }
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < curves.get(s).options(); i++) {
                double rest = bruteForce(s + 1, spent + costs[s][curves.get(s).kept(i)], share);
                best = Math.min(best, curves.get(s).errors()[i] + rest);
            }
            return best;
        }

        /** The error of a mask, which must remove a prefix of every order. */
        double error(PruningMask mask) {
            double error = 0;
            for (int s = 0; s < curves.size(); s++) {
                ErrorCurve curve = curves.get(s);
                int option =
                        Arrays.binarySearch(
                                curve.removed(), curve.order().length - mask.keptUnits(s).length);
                assertThat(mask.values(s)).isEqualTo(curve.mask(option));
                error += curve.errors()[option];
            }
            return error;
        }
    }

    private static Budget share(double share) {
        return Budget.macs(Math.max(Double.MIN_NORMAL, Math.min(1, share)));
    }

    @Test
    void noMaskOfTenThousandExceedsItsBudget() {
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            Problem problem = Problem.random(random, 3, 7, random.nextInt(4) == 0);
            Budget budget = share(random.nextDouble());
            Allocation.Result found = problem.allocation().allocate(budget);
            assertThat(problem.share(found.mask()))
                    .as("instance %d, %s", i, budget)
                    .isEqualTo(found.share())
                    .isLessThanOrEqualTo(budget.share() * ROUNDING);
            assertThat(found.error()).isEqualTo(problem.error(found.mask()));
        }
    }

    @Test
    void theErrorIsTheOptimumButForTheGridsRounding() {
        Random random = new Random(SEED + 1);
        for (int i = 0; i < 500; i++) {
            Problem problem = Problem.random(random, 2, 4, false);
            Budget budget = share(random.nextDouble());
            double found = problem.allocation().allocate(budget).error();
            assertThat(found)
                    .as("instance %d, %s", i, budget)
                    .isLessThanOrEqualTo(problem.bruteForce(budget.share() - problem.rounding()))
                    .isGreaterThanOrEqualTo(problem.bruteForce(budget.share()));
        }
    }

    @Test
    void theErrorIsTheOptimumWhereCostsAreOnTheGrid() {
        Random random = new Random(SEED + 2);
        for (int i = 0; i < 500; i++) {
            Problem problem = Problem.random(random, 2, 4, true);
            Budget budget = share((double) random.nextInt(problem.grid() + 1) / problem.grid());
            assertThat(problem.allocation().allocate(budget).error())
                    .as("instance %d, %s", i, budget)
                    .isEqualTo(problem.bruteForce(budget.share()));
        }
    }

    @Test
    void aBudgetLargerByTheRoundingIsNeverWorse() {
        Random random = new Random(SEED + 3);
        for (int i = 0; i < 200; i++) {
            Problem problem = Problem.random(random, 3, 7, i % 2 == 0);
            Allocation allocation = problem.allocation();
            double step = i % 2 == 0 ? 1.0 / problem.grid() : problem.rounding() + 1e-9;
            double before = Double.POSITIVE_INFINITY;
            for (double share = step; share <= 1; share += step) {
                double error = allocation.allocate(share(share)).error();
                assertThat(error).as("instance %d at %s", i, share).isLessThanOrEqualTo(before);
                before = error;
            }
        }
    }

    @Test
    void budgetsDoNotTouchEachOther() {
        Random random = new Random(SEED + 4);
        for (int i = 0; i < 100; i++) {
            Problem problem = Problem.random(random, 3, 7, false);
            Allocation together = problem.allocation();
            for (int b = 0; b < 5; b++) {
                Budget budget = share(random.nextDouble());
                assertThat(together.allocate(budget))
                        .isEqualTo(problem.allocation().allocate(budget));
            }
        }
    }
}
