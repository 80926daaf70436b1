package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.WeightedRidgeOracle;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The one-pass re-solve against explicit least squares, and its ladder of fallbacks. */
class ProjectionRepairTest {

    /** Two routes in float64 to numbers of size 1, one of them through a squared condition. */
    private static final double ROUNDING = 1e-9;

    /** The result is rounded to float. */
    private static final double FLOAT_ROUNDING = 1e-6;

    private static final int TOKENS = 80;
    private static final int OUTPUTS = 5;
    private static final int INPUTS = 12;

    private final PositiveDefiniteSolver solver = PositiveDefiniteSolver.best();
    private final ProjectionRepair repair = new ProjectionRepair(solver);
    private final Sublayer neurons = sublayer(SublayerKind.FFN, INPUTS, 1);
    private final Sublayer heads = sublayer(SublayerKind.ATTENTION, 4, 3);
    private final double[][] x = rows();
    private final double[] weights = new Random(3).doubles(TOKENS, 0.1, 2).toArray();
    private final Projection dense = projection();

    @Test
    void equalsWeightedLeastSquaresWithInterceptAndRidge() throws Exception {
        float[] mask = {1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1};

        assertEqualsOracle(neurons, mask, new int[] {0, 2, 3, 5, 6, 8, 9, 11});
    }

    @Test
    void aRemovedHeadTakesAllItsInputsWithIt() throws Exception {
        assertEqualsOracle(heads, new float[] {0, 1, 0, 1}, new int[] {3, 4, 5, 9, 10, 11});
    }

    @Test
    void maskValuesPlayNoPartInTheSolve() {
        float[] binary = {1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1};
        float[] scaled = {2, 0, 1, -3, 0, 1, 1, 0, 1, 1, 0, 0.5f};

        RepairedProjection one = repair.repair(neurons, moments(), dense, binary);
        RepairedProjection other = repair.repair(neurons, moments(), dense, scaled);

        assertThat(other.projection().weight()).containsExactly(one.projection().weight());
        assertThat(other.projection().bias()).containsExactly(one.projection().bias());
    }

    @Test
    void nothingRemovedIsTheDenseProjectionBitForBit() {
        RepairedProjection result = repair.repair(heads, moments(), dense, ones(4));

        assertThat(result.projection().weight()).containsExactly(dense.weight());
        assertThat(result.projection().bias()).containsExactly(dense.bias());
        assertThat(result.outcome()).isEqualTo(RepairOutcome.RESOLVED);
        assertThat(result.refusals()).isEmpty();
    }

    @Test
    void nothingKeptLeavesTheMeanOutput() {
        RepairedProjection result = repair.repair(heads, moments(), dense, new float[4]);

        assertThat(result.outcome()).isEqualTo(RepairOutcome.RESOLVED);
        assertThat(result.projection().inputs()).isZero();
        assertThat(result.projection().weight()).isEmpty();
        double[] expected = meanOutput(x, dense);
        for (int o = 0; o < OUTPUTS; o++) {
            assertThat((double) result.projection().bias()[o])
                    .isCloseTo(expected[o], within(FLOAT_ROUNDING));
        }
    }

    @Test
    void keepsTheMeanOutputOnEveryRungButTheLast() {
        float[] mask = {2, 0, 1, 1, 0, 1, 0.5f, 0, 1, 1, 0, 1};
        int[] kept = {0, 2, 3, 5, 6, 8, 9, 11};
        double[][] keptRows = columns(x, kept);
        for (int failures : new int[] {0, 2, 9}) {
            Projection repaired =
                    new ProjectionRepair(new FailingSolver(solver, failures))
                            .repair(neurons, moments(), dense, mask)
                            .projection();
            assertThat(meanOutput(keptRows, repaired))
                    .containsExactly(meanOutput(x, dense), within(FLOAT_ROUNDING));
        }
    }

    @Test
    void climbsTheRidgesAndRecordsEachRefusal() {
        RepairedProjection result =
                new ProjectionRepair(new FailingSolver(solver, 2))
                        .repair(heads, moments(), dense, new float[] {1, 0, 1, 1});

        assertThat(result.outcome()).isEqualTo(RepairOutcome.RESOLVED);
        assertThat(result.ridge()).isCloseTo(1.0, within(1e-12));
        assertThat(result.refusals())
                .containsExactly("ridge 0.01: it fails", "ridge 0.1: it fails");
    }

    @Test
    void fallsBackToMaskValues() {
        RepairedProjection result =
                new ProjectionRepair(new FailingSolver(solver, 9))
                        .repair(heads, moments(), dense, new float[] {1, 0, 2, 0});

        assertThat(result.outcome()).isEqualTo(RepairOutcome.MASK_VALUES);
        assertThat(result.outcome().label()).isEqualTo("mask-values");
        assertThat(result.ridge()).isEqualTo(0.01);
        assertThat(result.refusals()).hasSize(5).last().isEqualTo("ridge 100.0: it fails");
        assertThat(result.projection().inputs()).isEqualTo(6);
        float scale = result.projection().weight()[3] / dense.weight()[6];
        assertThat(scale).isNotEqualTo(1);
        assertThat(result.projection().weight()[4])
                .isCloseTo(scale * dense.weight()[7], within(1e-5f));
    }

    @Test
    void constantInputsAreRepairedByTheBiasAlone() {
        double[][] constant = new double[TOKENS][INPUTS];
        for (double[] row : constant) {
            Arrays.fill(row, 0.5);
        }

        RepairedProjection result =
                repair.repair(heads, moments(constant), dense, new float[] {1, 0, 2, 1});

        assertThat(result.outcome()).isEqualTo(RepairOutcome.BIAS_ONLY);
        assertThat(result.outcome().label()).isEqualTo("bias-only");
        assertThat(result.ridge()).isZero();
        assertThat(result.projection().weight()[0]).isEqualTo(dense.weight()[0]);
        assertThat(result.projection().weight()[3]).isEqualTo(2 * dense.weight()[6]);
        assertThat(result.refusals()).first().asString().contains("variance of input 0");
    }

    @Test
    void momentsThatAreNotFiniteLeaveTheFoldedProjection() {
        double[][] poisoned = rows();
        poisoned[3][5] = Double.NaN;

        RepairedProjection result =
                repair.repair(heads, moments(poisoned), dense, new float[] {1, 3, 0, 1});

        assertThat(result.outcome()).isEqualTo(RepairOutcome.UNCHANGED);
        assertThat(result.projection().bias()).containsExactly(dense.bias());
        assertThat(result.projection().weight()[3]).isEqualTo(3 * dense.weight()[3]);
        assertThat(result.refusals()).hasSize(11).last().isEqualTo("bias: not finite");
    }

    @Test
    void aBadMomentOfARemovedInputIsNoticedToo() {
        double[][] poisoned = rows();
        poisoned[3][5] = Double.POSITIVE_INFINITY;

        assertThat(
                        repair.repair(heads, moments(poisoned), dense, new float[] {1, 0, 1, 1})
                                .outcome())
                .isEqualTo(RepairOutcome.UNCHANGED);
    }

    @Test
    void withoutTokensTheProjectionIsOnlyFolded() {
        RepairedProjection result =
                repair.repair(
                        heads, new ProjectionMoments(INPUTS), dense, new float[] {1, 0, 1, 1});

        assertThat(result.outcome()).isEqualTo(RepairOutcome.UNCHANGED);
        assertThat(result.projection().bias()).containsExactly(dense.bias());
        assertThat(result.refusals()).containsExactly("no token was seen: their weight is 0.0");
    }

    @Test
    void argumentsStayUntouched() {
        ProjectionMoments moments = moments();
        double[] gram = moments.gram().packed().clone();
        double[] sum = moments.sum().clone();
        Projection copy = projection();

        repair.repair(heads, moments, dense, new float[] {1, 0, 1, 1});

        assertThat(moments.gram().packed()).containsExactly(gram);
        assertThat(moments.sum()).containsExactly(sum);
        assertThat(dense.weight()).containsExactly(copy.weight());
        assertThat(dense.bias()).containsExactly(copy.bias());
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> repair.repair(heads, moments(), dense, ones(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 4 units and 12 inputs; given are 3 mask values");
        assertThatThrownBy(() -> repair.repair(heads, new ProjectionMoments(11), dense, ones(4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("moments of width 11");
        assertThatThrownBy(
                        () ->
                                repair.repair(
                                        heads, moments(), dense, new float[] {1, Float.NaN, 0, 0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not finite");
        assertThatThrownBy(() -> new ProjectionRepair(solver, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ridge 0.0 is not in (0, 100.0]");
    }

    private void assertEqualsOracle(Sublayer sublayer, float[] mask, int[] kept) throws Exception {
        ProjectionMoments moments = moments();
        double n = moments.weight();
        double[] mu = Arrays.stream(moments.sum()).map(s -> s / n).toArray();
        double trace = 0;
        double[][] pull = new double[kept.length][OUTPUTS];
        for (int s = 0; s < kept.length; s++) {
            int i = kept[s];
            trace += moments.gram().get(i, i) / n - mu[i] * mu[i];
            for (int o = 0; o < OUTPUTS; o++) {
                pull[s][o] = dense.weight()[o * INPUTS + i];
            }
        }
        double[][] y = new double[TOKENS][];
        for (int t = 0; t < TOKENS; t++) {
            y[t] = output(x[t], dense);
        }
        double[][] expected =
                WeightedRidgeOracle.solve(x, weights, y, kept, pull, 1e-2 * trace / kept.length);

        double[] change = repair.change(1e-2, moments, mu, dense, KeptInputs.of(sublayer, mask));
        RepairedProjection result = repair.repair(sublayer, moments, dense, mask);

        assertThat(result.outcome()).isEqualTo(RepairOutcome.RESOLVED);
        assertThat(result.ridge()).isEqualTo(1e-2);
        assertThat(result.refusals()).isEmpty();
        for (int o = 0; o < OUTPUTS; o++) {
            for (int s = 0; s < kept.length; s++) {
                int place = o * kept.length + s;
                assertThat(pull[s][o] + change[place]).isCloseTo(expected[s][o], within(ROUNDING));
                assertThat((double) result.projection().weight()[place])
                        .isCloseTo(expected[s][o], within(FLOAT_ROUNDING));
            }
            assertThat((double) result.projection().bias()[o])
                    .isCloseTo(expected[kept.length][o], within(FLOAT_ROUNDING));
        }
    }

    private ProjectionMoments moments() {
        return moments(x);
    }

    private ProjectionMoments moments(double[][] rows) {
        ProjectionMoments moments = new ProjectionMoments(INPUTS);
        for (int t = 0; t < TOKENS; t++) {
            double[] sum = new double[INPUTS];
            for (int i = 0; i < INPUTS; i++) {
                sum[i] = weights[t] * rows[t][i];
                double[] gramRow = new double[INPUTS];
                for (int j = i; j < INPUTS; j++) {
                    gramRow[j] = weights[t] * rows[t][i] * rows[t][j];
                }
                moments.addGramRow(i, gramRow, i);
            }
            moments.addSums(weights[t], sum);
        }
        return moments;
    }

    /** Correlated inputs with means away from zero, as after GELU. */
    private static double[][] rows() {
        Random random = new Random(1);
        double[][] rows = new double[TOKENS][INPUTS];
        for (double[] row : rows) {
            double shared = random.nextGaussian();
            for (int i = 0; i < INPUTS; i++) {
                row[i] = 0.1 * i + shared * Math.sin(i) + random.nextGaussian();
            }
        }
        return rows;
    }

    private static Projection projection() {
        Random random = new Random(2);
        float[] weight = new float[OUTPUTS * INPUTS];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) random.nextGaussian();
        }
        return new Projection(INPUTS, OUTPUTS, weight, new float[] {1, 2, 3, 4, 5});
    }

    private double[] meanOutput(double[][] rows, Projection projection) {
        double[] mean = new double[OUTPUTS];
        double total = Arrays.stream(weights).sum();
        for (int t = 0; t < TOKENS; t++) {
            double[] output = output(rows[t], projection);
            for (int o = 0; o < OUTPUTS; o++) {
                mean[o] += weights[t] / total * output[o];
            }
        }
        return mean;
    }

    private static double[] output(double[] row, Projection projection) {
        double[] output = new double[OUTPUTS];
        for (int o = 0; o < OUTPUTS; o++) {
            output[o] = projection.bias()[o];
            for (int i = 0; i < row.length; i++) {
                output[o] += row[i] * projection.weight()[o * row.length + i];
            }
        }
        return output;
    }

    private static double[][] columns(double[][] rows, int[] columns) {
        return Arrays.stream(rows)
                .map(row -> Arrays.stream(columns).mapToDouble(i -> row[i]).toArray())
                .toArray(double[][]::new);
    }

    private static float[] ones(int length) {
        float[] ones = new float[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static Sublayer sublayer(SublayerKind kind, int units, int unitWidth) {
        return new Sublayer("layer.0", kind, 0, units, unitWidth, List.of(), "layer.0.output");
    }

    /** A solver that refuses its first calls. */
    private static final class FailingSolver implements PositiveDefiniteSolver {

        private final PositiveDefiniteSolver solver;
        private int failures;

        FailingSolver(PositiveDefiniteSolver solver, int failures) {
            this.solver = solver;
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
