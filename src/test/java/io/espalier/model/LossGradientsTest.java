package io.espalier.model;

import io.espalier.fisher.LossKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Every loss kind against its definition. */
class LossGradientsTest {

    private static final long SEED = Long.getLong("seed", 43);
    private static final double TOLERANCE = 1e-6;
    private static final Encoding NOTHING = new Encoding(new int[] {1}, new int[] {0});

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void squaresOfTheExactLossesSumToTheHessianOfTheDivergence() {
        Random random = new Random(SEED);
        for (int classes = 2; classes < 7; classes++) {
            float[] logits = logits(random, classes, 2);
            double[] p = softmax(logits);
            List<float[][]> losses =
                    LossGradients.of(
                            LossKind.TRUE_FISHER,
                            new float[][] {logits},
                            List.of(ScorableSample.unlabelled("a", NOTHING)),
                            SEED);
            assertThat(losses).hasSize(classes - 1);
            for (int i = 0; i < classes; i++) {
                for (int j = 0; j < classes; j++) {
                    double sum = 0;
                    for (float[][] loss : losses) {
                        sum += (double) loss[0][i] * loss[0][j];
                    }
                    double expected = (i == j ? p[i] : 0) - p[i] * p[j];
                    assertThat(sum).isCloseTo(expected, within(TOLERANCE));
                }
            }
        }
    }

    @Test
    void ofTwoClassesOneLossIsEnough() {
        float[] logits = {0.3f, 1.9f};
        double[] p = softmax(logits);
        double scale = Math.sqrt(p[0] * p[1]);
        float[] gradient = one(LossKind.TRUE_FISHER, logits, Double.NaN);
        assertThat(Math.abs(gradient[1])).isCloseTo((float) scale, within(1e-6f));
        assertThat(gradient[0]).isCloseTo(-gradient[1], within(1e-6f));
    }

    @Test
    void certainPredictionsHaveNoFisherInformationAndNoNan() {
        for (LossKind kind : List.of(LossKind.TRUE_FISHER, LossKind.SAMPLED_FISHER)) {
            for (float logit : new float[] {400, -400}) {
                float[] gradient = one(kind, new float[] {logit, -logit}, Double.NaN);
                assertThat(gradient[0] + gradient[1]).isZero();
                assertThat(gradient[0] * gradient[0]).isZero();
            }
        }
    }

    @Test
    void theSupervisedLossIsTheCrossEntropyOfTheLabel() {
        float[] logits = {0.5f, -1, 2};
        double[] p = softmax(logits);
        float[] gradient = one(LossKind.SUPERVISED, logits, 1);
        for (int c = 0; c < 3; c++) {
            assertThat(gradient[c]).isCloseTo((float) (p[c] - (c == 1 ? 1 : 0)), within(1e-6f));
        }
    }

    @Test
    void drawnClassesFollowThePredictionAndTheSampleAlone() {
        float[] logits = {0, (float) Math.log(2), (float) Math.log(5)}; // 1/8, 2/8, 5/8
        int[] drawn = new int[3];
        for (int i = 0; i < 8000; i++) {
            float[] gradient =
                    LossGradients.of(
                                    LossKind.SAMPLED_FISHER,
                                    new float[][] {logits},
                                    List.of(ScorableSample.unlabelled("s" + i, NOTHING)),
                                    SEED)
                            .get(0)[0];
            drawn[IntStream.range(0, 3).filter(c -> gradient[c] < 0).findFirst().orElseThrow()]++;
        }
        assertThat(drawn[0]).isBetween(880, 1120); // 1000, standard deviation 30
        assertThat(drawn[1]).isBetween(1840, 2160);
        assertThat(drawn[2]).isBetween(4820, 5180);
    }

    @Test
    void aRegressionIsItsOwnLoss() {
        assertThat(one(LossKind.TRUE_FISHER, new float[] {7}, Double.NaN)).containsExactly(1);
        assertThat(one(LossKind.SUPERVISED, new float[] {7}, 5.5)).containsExactly(3);
    }

    @Test
    void refusesASupervisedSampleWithoutItsLabel() {
        assertThatThrownBy(() -> one(LossKind.SUPERVISED, new float[] {0, 1}, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "sample 'a' has label -1; the model has 2 classes and the supervised loss"
                                + " needs one");
        assertThat(one(LossKind.SUPERVISED, new float[] {0, 1}, 1)).hasSize(2);
        assertThatThrownBy(() -> one(LossKind.SUPERVISED, new float[] {0}, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sample 'a' has no value; the supervised loss needs one");
    }

    private static float[] one(LossKind kind, float[] logits, double target) {
        return LossGradients.of(
                        kind,
                        new float[][] {logits},
                        List.of(new ScorableSample("a", NOTHING, target)),
                        SEED)
                .get(0)[0];
    }

    private static float[] logits(Random random, int classes, double spread) {
        float[] logits = new float[classes];
        for (int c = 0; c < classes; c++) {
            logits[c] = (float) (spread * random.nextGaussian());
        }
        return logits;
    }

    private static double[] softmax(float[] logits) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        double all = sum;
        return IntStream.range(0, logits.length)
                .mapToDouble(c -> Math.exp(logits[c]) / all)
                .toArray();
    }
}
