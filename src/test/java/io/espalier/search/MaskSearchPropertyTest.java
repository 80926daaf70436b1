package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.MacCost;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The search on random encoders; {@code -Dseed=} replays a run. */
class MaskSearchPropertyTest {

    /** What comparisons with a budget may forgive; see {@link MaskSearch#RELATIVE_ROUNDING}. */
    private static final double ROUNDING = 1 + 2 * MaskSearch.RELATIVE_ROUNDING;

    private static final long SEED = Long.getLong("seed", 11);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    /**
     * A search problem.
     *
     * @param sublayers one kind of head and of neuron
     * @param importance dyadic, often equal or 0, so that sums are exact and ties are met
     * @param cost of fractional or whole MACs
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Problem(List<Sublayer> sublayers, double[][] importance, MacCost cost) {

        static Problem random(Random random, int layers, int heads, int neurons) {
            List<Sublayer> sublayers =
                    Encoders.of(
                            1 + random.nextInt(layers),
                            1 + random.nextInt(heads),
                            1 + random.nextInt(8),
                            1 + random.nextInt(neurons));
            int levels = random.nextBoolean() ? 4 : 1 << 20;
            double[][] importance = new double[sublayers.size()][];
            for (int s = 0; s < importance.length; s++) {
                importance[s] = new double[sublayers.get(s).units()];
                Arrays.setAll(importance[s], unit -> random.nextInt(levels) / 1024.0);
            }
            importance[0][0] += 1; // not all are 0
            double length =
                    1 + random.nextInt(300) + (random.nextBoolean() ? random.nextDouble() : 0);
            int hidden = 1 + random.nextInt(64);
            return new Problem(sublayers, importance, MacCost.ofLength(hidden, length));
        }

        MaskSearch search() {
            return new MaskSearch(sublayers, importance, cost);
        }

        double value(PruningMask mask) {
            double value = 0;
            for (int s = 0; s < importance.length; s++) {
                for (int unit : mask.keptUnits(s)) {
                    value += importance[s][unit];
                }
            }
            return value;
        }

        /** Any share, or the very share that some of the units cost together. */
        Budget budget(Random random) {
            int heads = sublayers.get(0).units();
            int neurons = sublayers.get(1).units();
            double some =
                    random.nextInt(heads + 1) * cost.unit(sublayers.get(0))
                            + (1 + random.nextInt(neurons)) * cost.unit(sublayers.get(1));
            double share = some / cost.total(sublayers);
            return Budget.macs(
                    random.nextBoolean() && share <= 1 ? share : 1 - random.nextDouble());
        }
    }

    @Test
    void noMaskOfTenThousandExceedsItsBudget() {
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            Problem problem = Problem.random(random, 3, 6, 24);
            Budget budget = problem.budget(random);
            PruningMask mask = problem.search().search(budget);
            assertThat(problem.cost().share(mask))
                    .as("instance %d, %s", i, problem.cost())
                    .isLessThanOrEqualTo(budget.share() * ROUNDING);
        }
    }

    @Test
    void noMaskIsWorthMoreThanTheOneFound() {
        Random random = new Random(SEED + 1);
        for (int i = 0; i < 300; i++) {
            Problem problem = Problem.random(random, 2, 2, 4);
            Budget budget = problem.budget(random);
            double found = problem.value(problem.search().search(budget));
            assertThat(found).as("instance %d", i).isEqualTo(bruteForce(problem, budget));
        }
    }

    /** The largest value of all subsets of units within the budget. */
    private static double bruteForce(Problem problem, Budget budget) {
        int[] sublayer =
                java.util.stream.IntStream.range(0, problem.sublayers().size())
                        .flatMap(
                                s ->
                                        java.util.stream.IntStream.generate(() -> s)
                                                .limit(problem.sublayers().get(s).units()))
                        .toArray();
        double[] values =
                Arrays.stream(problem.importance()).flatMapToDouble(Arrays::stream).toArray();
        double limit = budget.share() * problem.cost().total(problem.sublayers());
        double best = 0;
        for (int subset = 0; subset < 1 << values.length; subset++) {
            double cost = 0;
            double value = 0;
            for (int i = 0; i < values.length; i++) {
                if ((subset >> i & 1) == 1) {
                    cost += problem.cost().unit(problem.sublayers().get(sublayer[i]));
                    value += values[i];
                }
            }
            best = cost <= limit * ROUNDING ? Math.max(best, value) : best;
        }
        return best;
    }

    @Test
    void aLargerBudgetIsNeverWorthLess() {
        Random random = new Random(SEED + 2);
        for (int i = 0; i < 200; i++) {
            Problem problem = Problem.random(random, 3, 6, 24);
            MaskSearch search = problem.search();
            double before = 0;
            for (int step = 1; step <= 40; step++) {
                double value = problem.value(search.search(Budget.macs(step / 40.0)));
                assertThat(value)
                        .as("instance %d, step %d", i, step)
                        .isGreaterThanOrEqualTo(before);
                before = value;
            }
            assertThat(before).isEqualTo(problem.value(PruningMask.dense(problem.sublayers())));
        }
    }
}
