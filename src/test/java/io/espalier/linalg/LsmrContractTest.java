package io.espalier.linalg;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;

import io.espalier.testing.DenseOperator;
import io.espalier.testing.SaundersProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** LSMR judged by the optimality residual, an oracle, and its edge exits. */
class LsmrContractTest {

    /** R17: |A| is 1 in all of these, so the bound is relative too. */
    private static final double OPTIMALITY = 1e-5;

    /** R17: agreement with QR up to a condition of 1e6. */
    private static final double AGREEMENT = 1e-8;

    /** No tolerance but machine precision. */
    private static final Lsmr.Settings TIGHT = new Lsmr.Settings(0, 0, 0, 0, 2000);

    @ParameterizedTest
    @CsvSource({
        // m, n, duplicates, power, damp, residual
        "40, 40, 1, 1, 0, 0",
        "80, 40, 1, 2, 0, 1",
        "80, 40, 1, 3, 0, 100",
        "80, 40, 4, 6, 0, 1",
        "80, 40, 1, 5, 0, 1",
        "40, 80, 1, 2, 0, 0",
        "40, 80, 4, 4, 0.1, 0",
        "80, 40, 1, 4, 0.01, 1",
        "80, 40, 1, 4, 1, 1",
        "200, 100, 1, 4, 0.001, 1",
    })
    void reachesTheOptimalityResidual(
            int m, int n, int duplicates, int power, double damp, double residual) {
        SaundersProblem problem =
                SaundersProblem.of(m, n, duplicates, power, damp, residual, 7L * power + m);

        LsmrResult result = solve(problem, damped(TIGHT, damp));

        assertThat(problem.optimalityResidual(result.x())).isLessThanOrEqualTo(OPTIMALITY);
        assertThat(result.normalResidualNorm()).isLessThanOrEqualTo(OPTIMALITY);
        assertThat(result.residualNorm())
                .isCloseTo(residualNorm(problem, result.x()), within(1e-8));
        assertThat(result.solutionNorm()).isCloseTo(norm(result.x()), within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({
        "40, 40, 1, 1, 0, 0",
        "80, 40, 1, 2, 0, 1",
        "80, 40, 4, 6, 0, 0",
        "80, 40, 1, 2, 0.5, 1",
        "80, 40, 4, 6, 0.01, 1",
    })
    void agreesWithQr(int m, int n, int duplicates, int power, double damp, double residual) {
        SaundersProblem problem =
                SaundersProblem.of(m, n, duplicates, power, damp, residual, 11L * power + m);

        LsmrResult result = solve(problem, damped(TIGHT, damp));

        assertThat(result.x()).containsExactly(qr(problem), within(AGREEMENT));
        assertThat(result.x()).containsExactly(problem.x(), within(AGREEMENT));
    }

    @Test
    void findsTheSolutionOfLeastNormAmongMany() {
        SaundersProblem wide = SaundersProblem.of(20, 50, 1, 2, 0, 0, 3);

        assertThat(solve(wide, TIGHT).x()).containsExactly(wide.x(), within(AGREEMENT));
    }

    @Test
    void bothResidualsNeverRise() {
        SaundersProblem problem = SaundersProblem.of(60, 30, 1, 2, 0.1, 1, 5);
        double rounding = 1 + 1e-12;
        LsmrResult before = solve(problem, new Lsmr.Settings(0.1, 0, 0, 0, 0));
        for (int limit = 1; limit <= 30; limit++) {
            LsmrResult after = solve(problem, new Lsmr.Settings(0.1, 0, 0, 0, limit));
            assertThat(after.residualNorm()).isLessThanOrEqualTo(before.residualNorm() * rounding);
            assertThat(after.normalResidualNorm())
                    .isLessThanOrEqualTo(before.normalResidualNorm() * rounding);
            before = after;
        }
        assertThat(before.normalResidualNorm()).isLessThan(1e-6);
    }

    @Test
    void estimatesNormAndCondition() {
        SaundersProblem problem = SaundersProblem.of(60, 30, 1, 2, 0, 1, 5);

        LsmrResult result = solve(problem, TIGHT);

        double frobenius = 0;
        for (double[] row : problem.a()) {
            for (double entry : row) {
                frobenius += entry * entry;
            }
        }
        // The iteration may pass n, and the condition estimate is a lower one: magnitudes only.
        assertThat(result.normEstimate())
                .isBetween(0.5 * Math.sqrt(frobenius), 3 * Math.sqrt(frobenius));
        assertThat(result.conditionEstimate())
                .isBetween(0.01 * problem.condition(), 3 * problem.condition());
    }

    @Test
    void stopsForEachReason() {
        SaundersProblem consistent = SaundersProblem.of(40, 20, 1, 1, 0, 0, 1);
        SaundersProblem inconsistent = SaundersProblem.of(40, 20, 1, 1, 0, 1, 1);
        double t = 1e-6;

        assertThat(solve(consistent, new Lsmr.Settings(0, t, t, 1e8, 100)).reason())
                .isEqualTo(StopReason.CONSISTENT);
        assertThat(solve(inconsistent, new Lsmr.Settings(0, t, t, 1e8, 100)).reason())
                .isEqualTo(StopReason.LEAST_SQUARES);
        assertThat(solve(inconsistent, new Lsmr.Settings(0, t, t, 2, 100)).reason())
                .isEqualTo(StopReason.ILL_CONDITIONED);
        assertThat(solve(inconsistent, new Lsmr.Settings(0, t, t, 1e8, 3)).reason())
                .isEqualTo(StopReason.ITERATION_LIMIT);
        assertThat(solve(consistent, new Lsmr.Settings(0, 0, 0, 0, 1000)).reason())
                .isEqualTo(StopReason.CONSISTENT_AT_MACHINE_PRECISION);
        assertThat(solve(inconsistent, new Lsmr.Settings(0, 0, 0, 0, 1000)).reason())
                .isEqualTo(StopReason.LEAST_SQUARES_AT_MACHINE_PRECISION);
    }

    @Test
    void theSmallestCodeWinsAmongSeveralReasons() {
        Lsmr lsmr = new Lsmr(new Lsmr.Settings(0, 1e-6, 1e-6, 1e8, 1));
        Lsmr exact = new Lsmr(TIGHT);

        assertThat(lsmr.stopReason(1e-20, 0, 1, 1e17, 1, 1)).isEqualTo(StopReason.CONSISTENT);
        assertThat(lsmr.stopReason(1, 1e-20, 1, 1e17, 1, 1)).isEqualTo(StopReason.LEAST_SQUARES);
        assertThat(lsmr.stopReason(1, 1e-1, 1, 1e17, 1, 1)).isEqualTo(StopReason.ILL_CONDITIONED);
        assertThat(lsmr.stopReason(1, 1e-1, 1, 1e7, 1, 1)).isNull();
        assertThat(exact.stopReason(1e-20, 1e-40, 1, 1e17, 1, 1))
                .isEqualTo(StopReason.CONSISTENT_AT_MACHINE_PRECISION);
        assertThat(exact.stopReason(1, 1e-20, 1, 1e17, 1, 1))
                .isEqualTo(StopReason.LEAST_SQUARES_AT_MACHINE_PRECISION);
        assertThat(exact.stopReason(1, 1e-1, 1, 1e17, 1, 1))
                .isEqualTo(StopReason.ILL_CONDITIONED_AT_MACHINE_PRECISION);
        assertThat(exact.stopReason(1, 1e-1, 1, 1e15, 1, 1)).isNull();
    }

    @Test
    void aZeroRightSideIsSolvedByZero() {
        LsmrResult result =
                new Lsmr(TIGHT).solve(new DenseOperator(new double[][] {{1, 2}}, 2), new double[1]);

        assertThat(result.reason()).isEqualTo(StopReason.ZERO_SOLVES);
        assertThat(result.x()).containsExactly(0, 0);
        assertThat(result.residualNorm()).isZero();
    }

    @Test
    void aRightSideOrthogonalToTheRangeIsSolvedByZero() {
        LsmrResult result =
                new Lsmr(TIGHT)
                        .solve(
                                new DenseOperator(new double[][] {{1, 2}, {0, 0}}, 2),
                                new double[] {0, 3});

        assertThat(result.reason()).isEqualTo(StopReason.ZERO_SOLVES);
        assertThat(result.residualNorm()).isEqualTo(3);
    }

    @Test
    void dimensionsOfNothingAndOneAreSolved() {
        LsmrResult noRows =
                new Lsmr(TIGHT).solve(new DenseOperator(new double[0][], 2), new double[0]);
        LsmrResult noColumns =
                new Lsmr(TIGHT).solve(new DenseOperator(new double[2][0], 0), new double[] {1, 1});
        LsmrResult one =
                new Lsmr(TIGHT).solve(new DenseOperator(new double[][] {{4}}, 1), new double[] {2});

        assertThat(noRows.reason()).isEqualTo(StopReason.ZERO_SOLVES);
        assertThat(noRows.x()).containsExactly(0, 0);
        assertThat(noColumns.reason()).isEqualTo(StopReason.ZERO_SOLVES);
        assertThat(noColumns.x()).isEmpty();
        assertThat(one.x()).containsExactly(0.5);
        assertThat(one.reason().code()).isEqualTo(1);
    }

    @Test
    void noIterationsLeaveZeroAndSayWhy() {
        LsmrResult result =
                solve(
                        SaundersProblem.of(4, 3, 1, 1, 0, 1, 1),
                        new Lsmr.Settings(0, 1e-6, 1e-6, 0, 0));

        assertThat(result.reason()).isEqualTo(StopReason.ITERATION_LIMIT);
        assertThat(result.iterations()).isZero();
        assertThat(result.x()).containsExactly(0, 0, 0);
    }

    @Test
    void hugeAndTinyNumbersNeitherOverflowNorVanish() {
        for (double scale : new double[] {1e-200, 1e200}) {
            LsmrResult result =
                    new Lsmr(TIGHT)
                            .solve(
                                    new DenseOperator(new double[][] {{2, 1}, {1, 3}}, 2),
                                    new double[] {3 * scale, 4 * scale});
            assertThat(result.x())
                    .containsExactly(new double[] {scale, scale}, within(1e-10 * scale));
        }
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        DenseOperator good = new DenseOperator(new double[][] {{1, 2}, {3, 4}}, 2);
        DenseOperator bad = new DenseOperator(new double[][] {{1, Double.NaN}, {3, 4}}, 2);
        Lsmr lsmr = new Lsmr(TIGHT);

        assertThatThrownBy(() -> lsmr.solve(good, new double[] {1, Double.NaN}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("right side: entry 1 of 2 is NaN");
        assertThatThrownBy(() -> lsmr.solve(good, new double[] {Double.POSITIVE_INFINITY, 0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Infinity");
        assertThatThrownBy(() -> lsmr.solve(bad, new double[] {1, 1}))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("A'u");
        assertThat(lsmr.solve(good, new double[] {1, 1}).reason().code()).isEqualTo(4);
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        DenseOperator operator = new DenseOperator(new double[][] {{1, 2}}, 2);
        Lsmr lsmr = new Lsmr(TIGHT);

        assertThatThrownBy(() -> lsmr.solve(operator, new double[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 x 2");
        assertThatThrownBy(() -> lsmr.solve(operator, new double[1], new Lsmr.Workspace(1, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 x 3");
        assertThatThrownBy(() -> new Lsmr.Settings(-1, 0, 0, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("damp -1.0");
    }

    @Test
    void argumentsStayUntouchedAndAUsedWorkspaceChangesNothing() {
        SaundersProblem problem = SaundersProblem.of(30, 20, 1, 2, 0.1, 1, 9);
        double[] b = problem.b().clone();
        DenseOperator operator = new DenseOperator(problem.a(), 20);
        Lsmr lsmr = new Lsmr(damped(TIGHT, 0.1));
        Lsmr.Workspace workspace = new Lsmr.Workspace(30, 20);
        lsmr.solve(operator, SaundersProblem.of(30, 20, 1, 1, 0, 5, 2).b(), workspace);

        lsmr.solve(operator, b, workspace);

        assertThat(b).containsExactly(problem.b());
        assertThat(workspace.x()).containsExactly(lsmr.solve(operator, b).x());
    }

    @Test
    void takesACommonsMathMatrixAndIsACommonsMathOperator() {
        SaundersProblem problem = SaundersProblem.of(30, 20, 1, 1, 0, 1, 9);
        LeastSquaresOperator view = LeastSquaresOperator.of(new Array2DRowRealMatrix(problem.a()));
        DenseOperator operator = new DenseOperator(problem.a(), 20);

        assertThat(new Lsmr(TIGHT).solve(view, problem.b()).x())
                .containsExactly(solve(problem, TIGHT).x(), within(1e-10));
        assertThat(LeastSquaresOperator.of(operator)).isSameAs(operator);
        assertThat(operator.operate(new ArrayRealVector(problem.x())).toArray())
                .containsExactly(
                        view.operate(new ArrayRealVector(problem.x())).toArray(), within(1e-12));
        assertThat(operator.operateTranspose(new ArrayRealVector(problem.b())).toArray())
                .containsExactly(
                        view.operateTranspose(new ArrayRealVector(problem.b())).toArray(),
                        within(1e-12));
        assertThatThrownBy(() -> operator.operate(new ArrayRealVector(3)))
                .hasMessageContaining("20 entries, not 3");
    }

    @Test
    void refusesAnOperatorWithoutATransposedProduct() {
        assertThatThrownBy(() -> LeastSquaresOperator.of(new OneWay()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("isTransposable() is false");
    }

    private static LsmrResult solve(SaundersProblem problem, Lsmr.Settings settings) {
        return new Lsmr(settings)
                .solve(new DenseOperator(problem.a(), problem.x().length), problem.b());
    }

    private static Lsmr.Settings damped(Lsmr.Settings settings, double damp) {
        return new Lsmr.Settings(
                damp,
                settings.atol(),
                settings.btol(),
                settings.conlim(),
                settings.maxIterations());
    }

    /** The stacked system [A; damp I] x = [b; 0] by Commons Math. */
    private static double[] qr(SaundersProblem problem) {
        int m = problem.b().length;
        int n = problem.x().length;
        double[][] stacked = Arrays.copyOf(problem.a(), m + n);
        for (int j = 0; j < n; j++) {
            stacked[m + j] = new double[n];
            stacked[m + j][j] = problem.damp();
        }
        RealVector right = new ArrayRealVector(Arrays.copyOf(problem.b(), m + n), false);
        return new QRDecomposition(new Array2DRowRealMatrix(stacked, false))
                .getSolver()
                .solve(right)
                .toArray();
    }

    private static double residualNorm(SaundersProblem problem, double[] x) {
        double[] ax = new double[problem.b().length];
        new DenseOperator(problem.a(), x.length).apply(x, ax);
        for (int i = 0; i < ax.length; i++) {
            ax[i] -= problem.b()[i];
        }
        return Math.hypot(norm(ax), problem.damp() * norm(x));
    }

    private static double norm(double[] vector) {
        return new ArrayRealVector(vector, false).getNorm();
    }

    /** An operator that knows only its forward product. */
    private static final class OneWay extends RealLinearOperator {

        @Override
        public int getRowDimension() {
            return 1;
        }

        @Override
        public int getColumnDimension() {
            return 1;
        }

        @Override
        public RealVector operate(RealVector x) {
            return x;
        }
    }
}
