package io.espalier.tuning;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.ResidualMoments;
import io.espalier.linalg.StopReason;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.tuning.PublishedTuning.Solution;
import io.espalier.tuning.PublishedTuning.Verdict;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The systems of mask values on tokens one by one, and the verdicts on their solutions. */
class PublishedTuningTest {

    private static final int TOKENS = 40;

    /** Two routes in float64 to sums of some hundred terms of size 1. */
    private static final double ROUNDING = 1e-9;

    @Test
    void aHeadSystemIsThatOfTheTokensWithAnOffset() {
        int width = 3;
        assertSystem(
                new Sublayer("a", SublayerKind.ATTENTION, 0, 2, width, List.of(), "o"), 2, true);
    }

    @Test
    void aNeuronSystemIsThatOfTheTokens() {
        assertSystem(new Sublayer("f", SublayerKind.FFN, 0, 6, 1, List.of(), "o"), 6, false);
    }

    /** Builds the columns of the system token by token, output by output. */
    private static void assertSystem(Sublayer sublayer, int units, boolean offset) {
        int inputs = sublayer.inputWidth();
        int outputs = 4;
        Random random = new Random(1);
        float[] weight = new float[outputs * inputs];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) random.nextGaussian();
        }
        Projection kept = new Projection(inputs, outputs, weight, new float[outputs]);
        int n = units + (offset ? 1 : 0);
        double[] gram = new double[n * n];
        double[] right = new double[n];
        ProjectionMoments moments = new ProjectionMoments(inputs);
        double[] cross = new double[outputs * inputs];
        double[] sum = new double[outputs];
        for (int t = 0; t < TOKENS; t++) {
            double[] x = random.doubles(inputs, -1, 2).toArray();
            double[] target = random.doubles(outputs, -2, 2).toArray();
            moments.addSums(1, x);
            for (int i = 0; i < inputs; i++) {
                double[] row = new double[inputs];
                for (int j = 0; j < inputs; j++) {
                    row[j] = x[i] * x[j];
                }
                moments.addGramRow(i, row, i);
            }
            for (int o = 0; o < outputs; o++) {
                double[] columns = new double[n];
                double residual = target[o];
                for (int i = 0; i < inputs; i++) {
                    double part = x[i] * weight[o * inputs + i];
                    columns[i / sublayer.unitWidth()] += part;
                    residual -= part;
                }
                if (offset) {
                    columns[units] = 1;
                }
                for (int u = 0; u < n; u++) {
                    right[u] += columns[u] * target[o];
                    for (int v = 0; v < n; v++) {
                        gram[u * n + v] += columns[u] * columns[v];
                    }
                }
                sum[o] += residual;
                for (int i = 0; i < inputs; i++) {
                    cross[o * inputs + i] += residual * x[i];
                }
            }
        }

        MaskValueSystem system =
                MaskValueSystem.of(sublayer, kept, new ResidualMoments(moments, cross, sum));

        assertThat(system.order()).isEqualTo(n);
        assertThat(system.units()).isEqualTo(units);
        assertThat(system.gram()).containsExactly(gram, within(ROUNDING));
        assertThat(system.right()).containsExactly(right, within(ROUNDING));
    }

    @Test
    void valuesWithinTenAreAccepted() {
        Solution solution = PublishedTuning.solve(diagonal(1e4, 2, 9.9, -9.9));
        assertThat(solution.verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(solution.values()).containsExactly(new float[] {2, 9.9f, -9.9f}, within(1e-3f));
    }

    @Test
    void oneValueBeyondTenRejectsAll() {
        Solution solution = PublishedTuning.solve(diagonal(1e4, 2, 10.1, -9.9));
        assertThat(solution.verdict()).isEqualTo(Verdict.OUT_OF_RANGE);
        assertThat(solution.values()).hasSize(3);
    }

    @Test
    void theOffsetIsNeitherJudgedNorReturned() {
        MaskValueSystem neurons = diagonal(1e4, 2, 3, 500);
        Solution solution =
                PublishedTuning.solve(new MaskValueSystem(3, 2, neurons.gram(), neurons.right()));
        assertThat(solution.verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(solution.values()).containsExactly(new float[] {2, 3}, within(1e-3f));
        assertThat(PublishedTuning.solve(neurons).verdict()).isEqualTo(Verdict.OUT_OF_RANGE);
    }

    @Test
    void oneNeuronAloneIsNamedAsUndefined() {
        assertThat(PublishedTuning.solve(diagonal(1e4, 2)).verdict())
                .isEqualTo(Verdict.SINGLE_NEURON);
        assertThat(PublishedTuning.solve(diagonal(1e4, 2, 2)).verdict())
                .isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void numbersThatAreNotFiniteAreNamed() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e308}) {
            assertThat(PublishedTuning.solve(diagonal(1e4, 2, bad)).verdict())
                    .as("%s", bad)
                    .isEqualTo(Verdict.NOT_FINITE);
        }
    }

    @Test
    void aSystemTooIllConditionedIsNotSolved() {
        Solution solution = PublishedTuning.solve(spread(6));
        assertThat(solution.verdict()).isEqualTo(Verdict.NOT_SOLVED);
        assertThat(solution.reason()).isEqualTo(StopReason.ITERATION_LIMIT);
        assertThat(PublishedTuning.solve(spread(1)).verdict()).isEqualTo(Verdict.ACCEPTED);
    }

    /** A system of eigenvalues spread over decades, with a right side that needs all of them. */
    private static MaskValueSystem spread(int decades) {
        int n = 60;
        double[] gram = new double[n * n];
        double[] right = new double[n];
        Random random = new Random(2);
        for (int i = 0; i < n; i++) {
            gram[i * n + i] = Math.pow(10, (double) decades * i / n);
            right[i] = gram[i * n + i] + random.nextGaussian();
        }
        return new MaskValueSystem(n, n, gram, right);
    }

    /** A system whose solution is these values. */
    private static MaskValueSystem diagonal(double scale, double... values) {
        int n = values.length;
        double[] gram = new double[n * n];
        double[] right = new double[n];
        for (int i = 0; i < n; i++) {
            gram[i * n + i] = scale;
            right[i] = scale * values[i];
        }
        return new MaskValueSystem(n, n, gram, right);
    }
}
