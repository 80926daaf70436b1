package io.espalier.linalg;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What every solver of symmetric positive definite systems owes its callers. */
abstract class PositiveDefiniteSolverContract {

    /** Rounding at a condition below 1e3. */
    private static final double ROUNDING = 1e-11;

    abstract PositiveDefiniteSolver solver();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 96})
    void findsKnownSolutionsOfSeveralRightSides(int order) throws Exception {
        double[] a = matrix(order, order);
        double[] x = new Random(2).doubles(3L * order, -1, 1).toArray();
        double[] b = rightSides(a, order, x, 3);

        solver().solve(a.clone(), order, b, 3);

        assertThat(b).containsExactly(x, within(ROUNDING));
    }

    @Test
    void readsNothingBelowTheDiagonal() throws Exception {
        double[] a = matrix(5, 1);
        double[] x = {1, 2, 3, 4, 5};
        double[] b = rightSides(a, 5, x, 1);
        for (int i = 0; i < 5; i++) {
            Arrays.fill(a, i * 5, i * 5 + i, Double.NaN);
        }

        solver().solve(a, 5, b, 1);

        assertThat(b).containsExactly(x, within(ROUNDING));
    }

    @Test
    void solvesABadlyScaledSystem() throws Exception {
        double[] a = {1e-12, 0, 0, 1e12};
        double[] b = {1, 1};

        solver().solve(a, 2, b, 1);

        assertThat(b).containsExactly(new double[] {1e12, 1e-12}, within(1e-3));
    }

    @Test
    void refusesAMatrixThatIsNotPositiveDefinite() {
        double[] indefinite = {1, 2, 2, 1};
        double[] singular = {0, 0, 0, 0};
        double[] definite = {1, 0.5, 0.5, 1};

        assertThatThrownBy(() -> solver().solve(indefinite, 2, new double[2], 1))
                .isInstanceOf(NotPositiveDefiniteException.class)
                .hasMessage("matrix of order 2: leading minor 2 is not positive");
        assertThatThrownBy(() -> solver().solve(singular, 2, new double[2], 1))
                .isInstanceOf(NotPositiveDefiniteException.class)
                .hasMessageContaining("minor 1");
        assertThatCode(() -> solver().solve(definite, 2, new double[2], 1))
                .doesNotThrowAnyException();
    }

    @Test
    void neverReturnsANumberThatIsNotFinite() {
        assertThatThrownBy(() -> solver().solve(new double[] {1, Double.NaN, 0, 1}, 2, ones(2), 1))
                .isInstanceOf(NotPositiveDefiniteException.class);
        assertThatThrownBy(() -> solver().solve(new double[] {Double.NaN}, 1, ones(1), 1))
                .isInstanceOf(NotPositiveDefiniteException.class);
        assertThatThrownBy(
                        () ->
                                solver().solve(
                                                new double[] {1, 0, 0, 1},
                                                2,
                                                new double[] {Double.NaN, 1},
                                                1))
                .isInstanceOf(NotPositiveDefiniteException.class);
        assertThatThrownBy(() -> solver().solve(new double[] {1e-300}, 1, new double[] {1e300}, 1))
                .isInstanceOf(NotPositiveDefiniteException.class)
                .hasMessageContaining("Infinity");
    }

    @Test
    void nothingToSolveIsSolved() {
        assertThatCode(() -> solver().solve(new double[0], 0, new double[0], 4))
                .doesNotThrowAnyException();
        assertThatCode(() -> solver().solve(new double[] {1}, 1, new double[0], 0))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesArraysThatDoNotFit() {
        assertThatThrownBy(() -> solver().solve(new double[5], 2, new double[2], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs 4 and 2 numbers, given are 5 and 2");
        assertThatThrownBy(() -> solver().solve(new double[4], 2, new double[3], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("given are 4 and 3");
    }

    @Test
    void givesSeveralThreadsTheSameBits() throws Exception {
        double[] a = matrix(60, 4);
        double[] b = new Random(5).doubles(120, -1, 1).toArray();
        double[] alone = b.clone();
        solver().solve(a.clone(), 60, alone, 2);

        assertThat(IntStream.range(0, 16).parallel().mapToObj(i -> solveCopy(a, b)).toList())
                .allSatisfy(solution -> assertThat(solution).containsExactly(alone));
    }

    private double[] solveCopy(double[] a, double[] b) {
        double[] solution = b.clone();
        try {
            solver().solve(a.clone(), 60, solution, 2);
        } catch (NotPositiveDefiniteException e) {
            throw new AssertionError(e);
        }
        return solution;
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** A Gram matrix of twice as many rows plus the identity. */
    private static double[] matrix(int order, long seed) {
        double[] rows = new Random(seed).doubles(2L * order * order, -1, 1).toArray();
        double[] a = new double[order * order];
        for (int i = 0; i < order; i++) {
            a[i * order + i] = 1;
            for (int j = 0; j < order; j++) {
                for (int t = 0; t < 2 * order; t++) {
                    a[i * order + j] += rows[t * order + i] * rows[t * order + j];
                }
            }
        }
        return a;
    }

    private static double[] rightSides(double[] a, int order, double[] x, int count) {
        double[] b = new double[count * order];
        for (int side = 0; side < count; side++) {
            for (int i = 0; i < order; i++) {
                for (int j = 0; j < order; j++) {
                    b[side * order + i] += a[i * order + j] * x[side * order + j];
                }
            }
        }
        return b;
    }
}
