package io.espalier.search;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

import io.espalier.fisher.ProjectionMoments;
import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import io.espalier.testing.RandomMoments;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Error curves against constrained minima, and their greedy order. */
class CurveSearchTest {

    private static final long SEED = Long.getLong("seed", 47);

    /** The metric is factored with a jitter of a millionth of its mean diagonal. */
    private static final double TOLERANCE = 1e-4;

    private static final int HIDDEN = 6;
    private static final Sublayer HEADS = Encoders.of(1, 4, 3, 14).get(0);
    private static final Sublayer NEURONS = Encoders.of(1, 4, 3, 14).get(1);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void errorsAreWhatTheBestProjectionOfTheRestWouldCost() {
        Random random = new Random(SEED);
        for (Sublayer sublayer : new Sublayer[] {HEADS, NEURONS}) {
            RandomMoments traffic = new RandomMoments(random, 200, sublayer.inputWidth(), HIDDEN);
            ErrorCurve curve = curve(sublayer, traffic);
            assertThat(curve.options()).isEqualTo(sublayer.units() + 1);
            for (int option = 1; option < curve.options(); option++) {
                int[] gone = Arrays.copyOf(curve.order(), curve.removed()[option]);
                double expected = minimum(sublayer, traffic, gone);
                assertThat(curve.errors()[option])
                        .isCloseTo(expected, within(TOLERANCE * expected));
            }
        }
    }

    @Test
    void everyStepTakesTheUnitThatCostsLeast() {
        Random random = new Random(SEED);
        RandomMoments traffic = new RandomMoments(random, 200, HEADS.inputWidth(), HIDDEN);
        ErrorCurve curve = curve(HEADS, traffic);
        for (int step = 0; step + 1 < curve.options(); step++) {
            int[] gone = Arrays.copyOf(curve.order(), step + 1);
            double taken = minimum(HEADS, traffic, gone);
            for (int other = step + 1; other < HEADS.units(); other++) {
                gone[step] = curve.order()[other];
                assertThat(minimum(HEADS, traffic, gone)).isGreaterThan(taken * (1 - TOLERANCE));
            }
        }
    }

    @Test
    void manyNeuronsGoInStepsThatLeaveMultiples() {
        Sublayer wide = Encoders.of(1, 1, 1, 100).get(1);
        RandomMoments traffic = new RandomMoments(new Random(SEED), 300, 100, HIDDEN);
        ErrorCurve curve = curve(wide, traffic);
        assertThat(curve.removed()).startsWith(0, 1, 4, 7).endsWith(97, 100); // steps of 3
        assertThat(IntStream.of(curve.order()).sorted().toArray())
                .isEqualTo(IntStream.range(0, 100).toArray());
    }

    @Test
    void theErrorOfAStructureIsTheCurvesWhereItIsAPrefixAndHigherElsewhere() {
        Random random = new Random(SEED);
        for (Sublayer sublayer : new Sublayer[] {HEADS, NEURONS}) {
            RandomMoments traffic = new RandomMoments(random, 200, sublayer.inputWidth(), HIDDEN);
            ErrorCurve curve = curve(sublayer, traffic);
            for (int option = 0; option < curve.options(); option++) {
                double expected = curve.errors()[option];
                assertThat(error(sublayer, traffic, curve.mask(option)))
                        .isCloseTo(expected, within(1e-9 * curve.errors()[curve.options() - 1]));
            }
            float[] worst = new float[sublayer.units()]; // Keeps what the curve gives up first.
            worst[curve.order()[0]] = 1;
            assertThat(error(sublayer, traffic, worst))
                    .isGreaterThan(curve.errors()[curve.options() - 2]);
        }
    }

    private static double error(Sublayer sublayer, RandomMoments traffic, float[] mask) {
        return StructureError.of(
                sublayer, traffic.moments(), traffic.metric(), traffic.dense, mask);
    }

    @Test
    void withoutOutputGradientsEveryUnitIsFree() {
        RandomMoments traffic =
                new RandomMoments(new Random(SEED), 200, NEURONS.inputWidth(), HIDDEN);
        ErrorCurve curve =
                CurveSearch.of(
                        NEURONS,
                        traffic.moments(),
                        new PackedSymmetricMatrix(HIDDEN),
                        traffic.dense);
        assertThat(curve.errors()).containsOnly(0);
    }

    @Test
    void whatDoesNotVaryGoesToTheBias() {
        ProjectionMoments constant = new ProjectionMoments(14);
        double[] ones = new double[14];
        Arrays.fill(ones, 1);
        constant.addSums(1, ones);
        for (int i = 0; i < 14; i++) {
            constant.addGramRow(i, ones, 0);
        }
        RandomMoments traffic = new RandomMoments(new Random(SEED), 50, 14, HIDDEN);
        ErrorCurve curve = CurveSearch.of(NEURONS, constant, traffic.metric(), traffic.dense);
        assertThat(curve.errors()).containsExactly(0, 0);
        assertThat(curve.kept(1)).isZero();
    }

    private static ErrorCurve curve(Sublayer sublayer, RandomMoments traffic) {
        return CurveSearch.of(sublayer, traffic.moments(), traffic.metric(), traffic.dense);
    }

    /** {@code min tr(D'(C + lambda mean I) D B)}, D = W on the rows of removed units, else free. */
    private static double minimum(Sublayer sublayer, RandomMoments traffic, int[] gone) {
        int k = sublayer.inputWidth();
        RealMatrix a = new Array2DRowRealMatrix(k, k);
        double[] covariance = traffic.moments().covariance();
        double mean = 0;
        for (int i = 0; i < k; i++) {
            mean += covariance[i * k + i] / k;
        }
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                double ridge = i == j ? CurveSearch.DEFAULT_RIDGE * mean : 0;
                a.setEntry(i, j, covariance[i * k + j] + ridge);
            }
        }
        boolean[] removed = new boolean[k];
        for (int unit : gone) {
            Arrays.fill(
                    removed, unit * sublayer.unitWidth(), (unit + 1) * sublayer.unitWidth(), true);
        }
        RealMatrix difference = new Array2DRowRealMatrix(k, HIDDEN);
        Projection dense = traffic.dense;
        for (int i = 0; i < k; i++) {
            for (int o = 0; removed[i] && o < HIDDEN; o++) {
                difference.setEntry(i, o, dense.weight()[o * k + i]);
            }
        }
        int[] free = IntStream.range(0, k).filter(i -> !removed[i]).toArray();
        if (free.length > 0) {
            int[] all = IntStream.range(0, HIDDEN).toArray();
            RealMatrix right = a.multiply(difference).getSubMatrix(free, all);
            RealMatrix solved =
                    new LUDecomposition(a.getSubMatrix(free, free)).getSolver().solve(right);
            for (int i = 0; i < free.length; i++) {
                difference.setRowMatrix(free[i], solved.getRowMatrix(i).scalarMultiply(-1));
            }
        }
        RealMatrix metric = new Array2DRowRealMatrix(HIDDEN, HIDDEN);
        for (int i = 0; i < HIDDEN; i++) {
            for (int j = 0; j < HIDDEN; j++) {
                metric.setEntry(i, j, traffic.metric().get(i, j));
            }
        }
        return difference.transpose().multiply(a).multiply(difference).multiply(metric).getTrace();
    }
}
