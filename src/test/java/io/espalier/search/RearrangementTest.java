package io.espalier.search;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Rearrangement of random rows against the published sweep by plain loops, and its edges. */
class RearrangementTest {

    /** The objective is a difference of sums much larger than itself. */
    private static final double ROUNDING = 1e-12;

    private static final long SEED = Long.getLong("seed", 5);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void theObjectiveIsThatOfItsFormula() {
        Random random = new Random(SEED);
        List<float[]> rows = rows(random, 6, 9);
        int[] set = {1, 4, 8};
        for (double ridge : new double[] {0, 1, 0.25}) {
            double expected = 0;
            for (float[] row : rows) {
                double sum = (double) row[1] + row[4] + row[8];
                double squares =
                        (double) row[1] * row[1]
                                + (double) row[4] * row[4]
                                + (double) row[8] * row[8];
                expected += sum * sum + ridge * squares;
            }
            double actual = new Rearrangement(rows, ridge, 1).objective(set);
            assertThat(actual).isBetween(expected * (1 - ROUNDING), expected * (1 + ROUNDING));
        }
    }

    @Test
    void oneSweepWithoutRidgeEqualsThePublishedSweep() {
        Random random = new Random(SEED + 1);
        int swapped = 0;
        for (int i = 0; i < 300; i++) {
            int units = 2 + random.nextInt(20);
            List<float[]> rows = rows(random, 1 + random.nextInt(8), units);
            int[] start = smallest(rows, random.nextInt(units + 1));
            int[] expected = publishedSweep(rows, start);
            assertThat(new Rearrangement(rows, 0, 1).prune(start))
                    .as("instance %d", i)
                    .containsExactly(expected);
            swapped += Arrays.equals(start, expected) ? 0 : 1;
        }
        assertThat(swapped).isGreaterThan(100);
    }

    @Test
    void theObjectiveNeverRisesAndTheNumberStays() {
        Random random = new Random(SEED + 2);
        for (int i = 0; i < 500; i++) {
            int units = 2 + random.nextInt(24);
            List<float[]> rows = rows(random, 1 + random.nextInt(12), units);
            int[] start = some(random, units);
            for (double ridge : new double[] {0, Rearrangement.DEFAULT_RIDGE}) {
                Rearrangement one = new Rearrangement(rows, ridge, 1);
                Rearrangement many = new Rearrangement(rows, ridge, Rearrangement.DEFAULT_SWEEPS);
                int[] afterOne = one.prune(start);
                int[] afterMany = many.prune(start);
                double slack = ROUNDING * norm(rows);
                assertThat(one.objective(afterOne))
                        .isLessThanOrEqualTo(one.objective(start) + slack);
                assertThat(one.objective(afterMany))
                        .isLessThanOrEqualTo(one.objective(afterOne) + slack);
                assertThat(afterMany).hasSameSizeAs(start).doesNotHaveDuplicates().isSorted();
            }
        }
    }

    @Test
    void noneOrAllPrunedStaysAsItIs() {
        List<float[]> rows = rows(new Random(SEED + 3), 4, 5);
        Rearrangement rearrangement = new Rearrangement(rows, 1, 10);
        assertThat(rearrangement.prune(new int[0])).isEmpty();
        assertThat(rearrangement.prune(new int[] {0, 1, 2, 3, 4})).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void leavesItsArgumentUntouched() {
        List<float[]> rows = List.of(new float[] {1f, 1f, -1.5f, 4f});
        int[] pruned = {1, 0};
        assertThat(new Rearrangement(rows, 0, 1).prune(pruned)).containsExactly(1, 2);
        assertThat(pruned).containsExactly(1, 0);
    }

    @Test
    void aTieEvictsTheOlderMember() {
        // Unit 2 joins {0, 1}; all three are the same, so the first in the list leaves.
        List<float[]> same = List.of(new float[] {1f, 1f, 1f});
        assertThat(new Rearrangement(same, 0, 1).prune(new int[] {0, 1})).containsExactly(1, 2);
        List<float[]> twin = List.of(new float[] {1f, 1f, 1.5f});
        assertThat(new Rearrangement(twin, 0, 1).prune(new int[] {0, 1})).containsExactly(0, 1);
    }

    private static List<float[]> rows(Random random, int count, int units) {
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] row = new float[units];
            for (int unit = 0; unit < units; unit++) {
                row[unit] = (float) random.nextGaussian();
            }
            rows.add(row);
        }
        return rows;
    }

    private static double norm(List<float[]> rows) {
        double sum = 0;
        for (float[] row : rows) {
            double total = 0;
            for (float value : row) {
                total += Math.abs(value);
            }
            sum += total * total;
        }
        return sum;
    }

    private static int[] some(Random random, int units) {
        return IntStream.range(0, units).filter(unit -> random.nextInt(3) > 0).toArray();
    }

    /** Units by norm of their gradients, ascending. */
    private static int[] order(List<float[]> rows) {
        return IntStream.range(0, rows.get(0).length)
                .boxed()
                .sorted(
                        Comparator.comparingDouble(
                                unit -> distance(rows, new double[rows.size()], unit)))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int[] smallest(List<float[]> rows, int count) {
        return Arrays.stream(order(rows)).limit(count).sorted().toArray();
    }

    /** {@code |s - G_unit|^2} over the rows. */
    private static double distance(List<float[]> rows, double[] s, int unit) {
        double sum = 0;
        for (int m = 0; m < s.length; m++) {
            double difference = s[m] - rows.get(m)[unit];
            sum += difference * difference;
        }
        return sum;
    }

    /** Append each later unit, then drop the member nearest to the sum of all. */
    private static int[] publishedSweep(List<float[]> rows, int[] start) {
        List<Integer> set = new ArrayList<>();
        List<Integer> later = new ArrayList<>();
        for (int unit : order(rows)) {
            (Arrays.binarySearch(start, unit) >= 0 ? set : later).add(unit);
        }
        for (int candidate : set.isEmpty() ? List.<Integer>of() : later) {
            set.add(candidate);
            double[] s = new double[rows.size()];
            for (int m = 0; m < s.length; m++) {
                for (int unit : set) {
                    s[m] += rows.get(m)[unit];
                }
            }
            int nearest = 0;
            for (int i = 1; i < set.size(); i++) {
                if (distance(rows, s, set.get(i)) < distance(rows, s, set.get(nearest))) {
                    nearest = i;
                }
            }
            set.remove(nearest);
        }
        return set.stream().mapToInt(Integer::intValue).sorted().toArray();
    }
}
