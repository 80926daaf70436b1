package io.espalier.tuning;

import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import io.espalier.testing.RandomMoments;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The prediction against a sum token by token. */
class PredictedErrorTest {

    private static final long SEED = Long.getLong("seed", 53);

    /** The metric is factored with a jitter of a millionth of its mean diagonal. */
    private static final double TOLERANCE = 1e-4;

    private static final int HIDDEN = 5;
    private static final Sublayer NEURONS = Encoders.of(1, 1, 1, 9).get(1);
    private static final float[] MASK = {1, 0, 1, 1, 0, 0, 1, 1, 0};
    private static final int[] KEPT = {0, 2, 3, 6, 7};

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void isTheMeanOverTokensOfTheSquaredOutputErrorInTheMetric() {
        Random random = new Random(SEED);
        RandomMoments traffic = new RandomMoments(random, 60, 9, HIDDEN);
        Projection pruned = new RandomMoments(random, 1, KEPT.length, HIDDEN).dense;
        double expected = byToken(traffic, pruned);
        assertThat(error(traffic, pruned)).isCloseTo(expected, within(TOLERANCE * expected));
    }

    private static double byToken(RandomMoments traffic, Projection pruned) {
        PackedSymmetricMatrix metric = traffic.metric();
        double sum = 0;
        double weight = 0;
        for (int t = 0; t < traffic.inputs.length; t++) {
            double[] error = new double[HIDDEN];
            for (int o = 0; o < HIDDEN; o++) {
                error[o] = traffic.dense.bias()[o] - pruned.bias()[o];
                for (int i = 0; i < 9; i++) {
                    error[o] += traffic.inputs[t][i] * traffic.dense.weight()[o * 9 + i];
                }
                for (int s = 0; s < KEPT.length; s++) {
                    error[o] -= traffic.inputs[t][KEPT[s]] * pruned.weight()[o * KEPT.length + s];
                }
            }
            for (int i = 0; i < HIDDEN; i++) {
                for (int j = 0; j < HIDDEN; j++) {
                    sum += traffic.weights[t] * error[i] * metric.get(i, j) * error[j];
                }
            }
            weight += traffic.weights[t];
        }
        return sum / weight;
    }

    @Test
    void repairLowersItAndForeignTrafficRaisesIt() {
        Random random = new Random(SEED);
        RandomMoments own = new RandomMoments(random, 400, 9, HIDDEN);
        RandomMoments foreign = new RandomMoments(random, 400, 9, HIDDEN);
        ProjectionRepair repair = new ProjectionRepair(PositiveDefiniteSolver.best(), 1e-4);
        Projection repaired = repair.repair(NEURONS, own.moments(), own.dense, MASK).projection();
        Projection elsewhere =
                repair.repair(NEURONS, foreign.moments(), own.dense, MASK).projection();
        assertThat(error(own, repaired))
                .isLessThan(error(own, elsewhere))
                .isLessThan(error(own, cut(own.dense)));
    }

    private static Projection cut(Projection dense) {
        float[] weight = new float[HIDDEN * KEPT.length];
        for (int o = 0; o < HIDDEN; o++) {
            for (int s = 0; s < KEPT.length; s++) {
                weight[o * KEPT.length + s] = dense.weight()[o * 9 + KEPT[s]];
            }
        }
        return new Projection(KEPT.length, HIDDEN, weight, dense.bias());
    }

    @Test
    void refusesAProjectionOfAnotherStructure() {
        RandomMoments traffic = new RandomMoments(new Random(SEED), 20, 9, HIDDEN);
        assertThatThrownBy(() -> error(traffic, traffic.dense))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(": 5 kept inputs, a projection of 9");
        assertThat(error(traffic, cut(traffic.dense))).isPositive();
    }

    private static double error(RandomMoments traffic, Projection pruned) {
        return PredictedError.of(
                NEURONS, traffic.moments(), traffic.metric(), traffic.dense, MASK, pruned);
    }
}
