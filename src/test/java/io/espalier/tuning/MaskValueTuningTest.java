package io.espalier.tuning;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

import io.espalier.linalg.NotPositiveDefiniteException;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import io.espalier.testing.RandomMoments;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Mask values against a dense solve of sums over tokens. */
class MaskValueTuningTest {

    private static final long SEED = Long.getLong("seed", 59);

    /** LSMR on the factor and a direct solve agree to this. */
    private static final float TOLERANCE = 1e-6f;

    private static final int HIDDEN = 6;
    private static final double RIDGE = 1e-2;

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void agreesWithADirectSolveForNeuronsAndHeads() throws Exception {
        Random random = new Random(SEED);
        for (Sublayer sublayer : Encoders.of(1, 4, 3, 12)) {
            for (int round = 0; round < 10; round++) {
                RandomMoments traffic =
                        new RandomMoments(random, 150, sublayer.inputWidth(), HIDDEN);
                float[] mask = new float[sublayer.units()];
                for (int unit = 0; unit < mask.length; unit++) {
                    mask[unit] = unit == 0 || random.nextInt(3) > 0 ? 1 : 0;
                }
                float[] tuned =
                        MaskValueTuning.solve(
                                sublayer, traffic.moments(), traffic.dense, mask, RIDGE);
                assertThat(tuned)
                        .containsExactly(direct(sublayer, traffic, mask), within(TOLERANCE));
            }
        }
    }

    private static float[] direct(Sublayer sublayer, RandomMoments traffic, float[] mask) {
        int units = sublayer.units();
        RealMatrix quadratic = quadratic(sublayer, traffic);
        int[] kept = IntStream.range(0, units).filter(u -> mask[u] != 0).toArray();
        RealMatrix system = quadratic.getSubMatrix(kept, kept);
        double[] right = new double[kept.length];
        for (int i = 0; i < kept.length; i++) {
            system.multiplyEntry(i, i, 1 + RIDGE);
            for (int u = 0; u < units; u++) {
                right[i] += mask[u] == 0 ? quadratic.getEntry(kept[i], u) : 0;
            }
        }
        double[] solved =
                new LUDecomposition(system).getSolver().solve(new ArrayRealVector(right)).toArray();
        float[] values = new float[units];
        for (int i = 0; i < kept.length; i++) {
            values[kept[i]] = (float) (1 + solved[i]);
        }
        return values;
    }

    /** Weighted covariance, over tokens, of what the units add to the output. */
    private static RealMatrix quadratic(Sublayer sublayer, RandomMoments traffic) {
        int units = sublayer.units();
        int width = sublayer.unitWidth();
        int k = sublayer.inputWidth();
        double all = 0;
        double[] means = traffic.moments().mean();
        RealMatrix quadratic = new Array2DRowRealMatrix(units, units);
        for (int t = 0; t < traffic.inputs.length; t++) {
            double[][] added = new double[units][HIDDEN];
            for (int i = 0; i < k; i++) {
                for (int o = 0; o < HIDDEN; o++) {
                    added[i / width][o] +=
                            (traffic.inputs[t][i] - means[i]) * traffic.dense.weight()[o * k + i];
                }
            }
            for (int u = 0; u < units; u++) {
                for (int v = 0; v < units; v++) {
                    for (int o = 0; o < HIDDEN; o++) {
                        quadratic.addToEntry(u, v, traffic.weights[t] * added[u][o] * added[v][o]);
                    }
                }
            }
            all += traffic.weights[t];
        }
        return quadratic.scalarMultiply(1 / all);
    }

    @Test
    void aValueBeyondTenIsRefusedAndALargerRidgeIsTaken() throws Exception {
        // Unit 0 barely contributes and would have to grow to make up for its large twin.
        Sublayer two = Encoders.of(1, 1, 1, 2).get(1);
        RandomMoments traffic = new RandomMoments(new Random(SEED), 50, 2, 1);
        for (double[] x : traffic.inputs) {
            x[1] = x[0];
        }
        Projection dense = new Projection(2, 1, new float[] {1, 100}, new float[1]);
        float[] mask = {1, 0};
        assertThatThrownBy(() -> MaskValueTuning.solve(two, traffic.moments(), dense, mask, RIDGE))
                .isInstanceOf(NotPositiveDefiniteException.class)
                .hasMessageContaining("beyond 10");
        RepairedProjection repaired =
                new ProjectionRepair(PositiveDefiniteSolver.best())
                        .ofMaskValues()
                        .repair(two, traffic.moments(), dense, mask);
        assertThat(repaired.outcome()).isEqualTo(RepairOutcome.MASK_VALUES);
        assertThat(repaired.ridge()).isEqualTo(100);
        assertThat(repaired.refusals()).isNotEmpty();
    }
}
