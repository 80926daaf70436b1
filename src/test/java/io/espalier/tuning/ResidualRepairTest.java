package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.ResidualMoments;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.testing.WeightedRidgeOracle;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The re-solve against a target of its own, against explicit least squares on the tokens. */
class ResidualRepairTest {

    /** The result is rounded to float. */
    private static final double FLOAT_ROUNDING = 1e-6;

    private static final int TOKENS = 90;
    private static final int INPUTS = 7;
    private static final int OUTPUTS = 4;

    private final PositiveDefiniteSolver solver = PositiveDefiniteSolver.best();
    private final ResidualRepair repair = new ResidualRepair(solver, 1e-2);
    private final double[][] x = rows(1, INPUTS);
    private final double[][] y = rows(2, OUTPUTS);
    private final double[] weights = new Random(3).doubles(TOKENS, 0.1, 2).toArray();
    private final Projection kept = projection();

    @Test
    void equalsWeightedLeastSquaresOnTheTokensOfBothSets() {
        RepairedProjection result = repair.repair(1, kept, moments(0, 70), moments(70, TOKENS));

        assertThat(result.outcome()).isEqualTo(RepairOutcome.RESOLVED);
        assertThat(result.ridge()).isEqualTo(1e-2);
        assertThat(result.refusals()).isEmpty();
        ProjectionMoments all = moments(0, TOKENS).inputs();
        double trace = 0;
        double[][] pull = new double[INPUTS][OUTPUTS];
        for (int i = 0; i < INPUTS; i++) {
            double mu = all.sum()[i] / all.weight();
            trace += all.gram().get(i, i) / all.weight() - mu * mu;
            for (int o = 0; o < OUTPUTS; o++) {
                pull[i][o] = kept.weight()[o * INPUTS + i];
            }
        }
        double[][] expected =
                WeightedRidgeOracle.solve(
                        x,
                        weights,
                        y,
                        IntStream.range(0, INPUTS).toArray(),
                        pull,
                        1e-2 * trace / INPUTS);
        for (int o = 0; o < OUTPUTS; o++) {
            for (int i = 0; i < INPUTS; i++) {
                assertThat((double) result.projection().weight()[o * INPUTS + i])
                        .isCloseTo(expected[i][o], within(FLOAT_ROUNDING));
            }
            assertThat((double) result.projection().bias()[o])
                    .isCloseTo(expected[INPUTS][o], within(FLOAT_ROUNDING));
        }
    }

    @Test
    void withoutResidualNothingChanges() {
        ResidualMoments some = moments(0, TOKENS);
        ResidualMoments none =
                new ResidualMoments(
                        some.inputs(), new double[OUTPUTS * INPUTS], new double[OUTPUTS]);
        Projection same = repair.repair(1, kept, none, none).projection();
        assertThat(same.weight()).containsExactly(kept.weight());
        assertThat(same.bias()).containsExactly(kept.bias());
        assertThat(repair.repair(1, kept, some, some).projection().weight())
                .isNotEqualTo(kept.weight());
    }

    @Test
    void aSolveThatHeldOutTokensContradictIsRefused() {
        ResidualMoments fit = moments(0, TOKENS);
        ResidualMoments opposite =
                new ResidualMoments(fit.inputs(), negated(fit.cross()), negated(fit.sum()));

        RepairedProjection result = repair.repair(1, kept, fit, opposite);

        assertThat(result.outcome()).isEqualTo(RepairOutcome.UNCHANGED);
        assertThat(result.projection()).isSameAs(kept);
        assertThat(result.refusals()).hasSize(11);
        assertThat(result.refusals().get(0)).startsWith("ridge 0.01: the held-out error rises by");
        assertThat(repair.repair(1, kept, fit, fit).outcome()).isEqualTo(RepairOutcome.RESOLVED);
    }

    @Test
    void climbsTheRidgesAndEndsAtTheBias() {
        PositiveDefiniteSolver failing = new FailingSolver(2);
        RepairedProjection climbed =
                new ResidualRepair(failing, 1e-2)
                        .repair(1, kept, moments(0, 70), moments(70, TOKENS));
        assertThat(climbed.refusals())
                .containsExactly("ridge 0.01: it fails", "ridge 0.1: it fails");
        assertThat(climbed.ridge()).isCloseTo(1, within(1e-12));

        RepairedProjection shifted =
                new ResidualRepair(new FailingSolver(99), 1e-2)
                        .repair(1, kept, moments(0, 70), moments(70, TOKENS));
        assertThat(shifted.outcome()).isEqualTo(RepairOutcome.BIAS_ONLY);
        assertThat(shifted.projection().weight()).containsExactly(kept.weight());
        ResidualMoments all = moments(0, TOKENS);
        assertThat((double) shifted.projection().bias()[1])
                .isCloseTo(
                        kept.bias()[1] + all.sum()[1] / all.inputs().weight(),
                        within(FLOAT_ROUNDING));
    }

    /** The scales satisfy the normal equations of the centred tokens, made one by one. */
    @Test
    void unitsAreScaledWhereTheFullSolveFails() {
        RepairedProjection result =
                new ResidualRepair(new FailingSolver(5), 1e-2)
                        .repair(1, kept, moments(0, TOKENS), emptyMoments());

        assertThat(result.outcome()).isEqualTo(RepairOutcome.MASK_VALUES);
        assertThat(result.refusals()).hasSize(5).last().isEqualTo("ridge 100.0: it fails");
        double[] delta = new double[INPUTS];
        for (int i = 0; i < INPUTS; i++) {
            delta[i] = (double) result.projection().weight()[i] / kept.weight()[i] - 1;
            double other = (double) result.projection().weight()[INPUTS + i];
            assertThat(other / kept.weight()[INPUTS + i] - 1).isCloseTo(delta[i], within(1e-5));
        }
        double n = Arrays.stream(weights).sum();
        double[] mu = mean(x, n);
        double[] target = mean(y, n);
        for (int u = 0; u < INPUTS; u++) {
            double gradient = 0;
            double square = 0;
            for (int t = 0; t < TOKENS; t++) {
                for (int o = 0; o < OUTPUTS; o++) {
                    double error = y[t][o] - target[o];
                    for (int v = 0; v < INPUTS; v++) {
                        float w = kept.weight()[o * INPUTS + v];
                        error -= (1 + delta[v]) * (x[t][v] - mu[v]) * w;
                    }
                    double own = (x[t][u] - mu[u]) * kept.weight()[o * INPUTS + u];
                    gradient += weights[t] / n * own * error;
                    square += weights[t] / n * own * own;
                }
            }
            assertThat(gradient).isCloseTo(1e-2 * square * delta[u], within(1e-5));
        }
    }

    private static ResidualMoments emptyMoments() {
        return new ResidualMoments(
                new ProjectionMoments(INPUTS), new double[OUTPUTS * INPUTS], new double[OUTPUTS]);
    }

    private double[] mean(double[][] rows, double n) {
        double[] mean = new double[rows[0].length];
        for (int t = 0; t < rows.length; t++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += weights[t] / n * rows[t][i];
            }
        }
        return mean;
    }

    @Test
    void momentsThatAreNotFiniteLeaveTheProjection() {
        ResidualMoments bad = moments(0, TOKENS);
        bad.sum()[2] = Double.NaN;
        RepairedProjection result = repair.repair(1, kept, bad, bad);
        assertThat(result.outcome()).isEqualTo(RepairOutcome.UNCHANGED);
        assertThat(result.refusals()).hasSize(11);
    }

    @Test
    void nothingKeptLeavesTheMeanOfTheTarget() {
        Projection none = new Projection(0, 2, new float[0], new float[] {1, 2});
        ProjectionMoments tokens = new ProjectionMoments(0);
        tokens.addSums(4, new double[0]);
        ResidualMoments moments = new ResidualMoments(tokens, new double[0], new double[] {2, -4});
        RepairedProjection result = repair.repair(1, none, moments, moments);
        assertThat(result.outcome()).isEqualTo(RepairOutcome.RESOLVED);
        assertThat(result.projection().bias()).containsExactly(1.5f, 1f);
    }

    @Test
    void refusesARidgeOutOfRange() {
        assertThatThrownBy(() -> new ResidualRepair(solver, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ridge 0.0 is not in (0, 100.0]");
    }

    private static double[] negated(double[] values) {
        return Arrays.stream(values).map(v -> -v).toArray();
    }

    /** Moments of some tokens, with the residual of the kept projection. */
    private ResidualMoments moments(int from, int to) {
        ProjectionMoments inputs = new ProjectionMoments(INPUTS);
        double[] cross = new double[OUTPUTS * INPUTS];
        double[] sum = new double[OUTPUTS];
        for (int t = from; t < to; t++) {
            double w = weights[t];
            double[] row = x[t];
            inputs.addSums(w, Arrays.stream(row).map(v -> w * v).toArray());
            for (int i = 0; i < INPUTS; i++) {
                double xi = row[i];
                inputs.addGramRow(i, Arrays.stream(row).map(v -> w * xi * v).toArray(), i);
            }
            for (int o = 0; o < OUTPUTS; o++) {
                double e = y[t][o] - kept.bias()[o];
                for (int i = 0; i < INPUTS; i++) {
                    e -= row[i] * kept.weight()[o * INPUTS + i];
                }
                sum[o] += w * e;
                for (int i = 0; i < INPUTS; i++) {
                    cross[o * INPUTS + i] += w * e * row[i];
                }
            }
        }
        return new ResidualMoments(inputs, cross, sum);
    }

    /** Correlated numbers with means away from zero, the targets linear in the inputs in part. */
    private static double[][] rows(int seed, int columns) {
        Random shared = new Random(0);
        Random random = new Random(seed);
        double[][] rows = new double[TOKENS][columns];
        for (double[] row : rows) {
            double common = shared.nextGaussian();
            for (int i = 0; i < columns; i++) {
                row[i] = 0.1 * i + common * Math.cos(i) + 0.5 * random.nextGaussian();
            }
        }
        return rows;
    }

    private static Projection projection() {
        Random random = new Random(4);
        float[] weight = new float[OUTPUTS * INPUTS];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) (0.3 * random.nextGaussian());
        }
        return new Projection(INPUTS, OUTPUTS, weight, new float[] {1, 2, 3, 4});
    }

    /** A solver that refuses its first calls. */
    private final class FailingSolver implements PositiveDefiniteSolver {

        private int failures;

        FailingSolver(int failures) {
            this.failures = failures;
        }

        @Override
        public void solve(double[] a, int order, double[] b, int rightSides)
                throws NotPositiveDefiniteException {
            if (failures-- > 0) {
                throw new NotPositiveDefiniteException("it fails");
            }
            solver.solve(a, order, b, rightSides);
        }

        @Override
        public String description() {
            return "failing";
        }
    }
}
