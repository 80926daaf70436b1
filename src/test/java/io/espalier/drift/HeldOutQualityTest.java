package io.espalier.drift;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Accuracy, loss and divergence, against probabilities by their definition. */
class HeldOutQualityTest {

    private static final long SEED = Long.getLong("seed", 43);

    @BeforeAll
    static void printSeed() {
        System.out.println("seed " + SEED);
    }

    @Test
    void equalsTheFormulas() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50; round++) {
            int samples = 1 + random.nextInt(20);
            int classes = 2 + random.nextInt(4);
            float[][] logits = logits(random, samples, classes);
            float[][] dense = logits(random, samples, classes);
            int[] labels = random.ints(samples, 0, classes).toArray();
            int right = 0;
            double loss = 0;
            double divergence = 0;
            for (int i = 0; i < samples; i++) {
                double[] p = probabilities(logits[i]);
                double[] q = probabilities(dense[i]);
                boolean best = true;
                for (int c = 0; c < classes; c++) {
                    best &= logits[i][c] <= logits[i][labels[i]];
                    divergence += q[c] * Math.log(q[c] / p[c]);
                }
                right += best ? 1 : 0;
                loss -= Math.log(p[labels[i]]);
            }
            HeldOutQuality quality = HeldOutQuality.of(logits, dense, labels);
            assertThat(quality.samples()).isEqualTo(samples);
            assertThat(quality.accuracy()).isEqualTo((double) right / samples);
            assertThat(quality.loss()).isCloseTo(loss / samples, within(1e-12));
            assertThat(quality.divergence()).isCloseTo(divergence / samples, within(1e-12));
        }
    }

    @Test
    void theDenseModelDoesNotDivergeFromItself() {
        float[][] logits = logits(new Random(SEED), 50, 3);
        HeldOutQuality quality = HeldOutQuality.of(logits, logits, new int[50]);
        assertThat(quality.divergence()).isZero();
    }

    @Test
    void largeLogitsDoNotOverflow() {
        float[][] logits = {{3e5f, -3e5f}};
        HeldOutQuality quality = HeldOutQuality.of(logits, logits, new int[] {1});
        assertThat(quality).isEqualTo(new HeldOutQuality(1, 1, 0, 6e5, 1, 0));
    }

    @Test
    void equalLogitsGoToTheFirstClass() {
        float[][] logits = {{1, 1}, {1, 1}};
        assertThat(HeldOutQuality.of(logits, logits, new int[] {0, 1}).accuracy()).isEqualTo(0.5);
    }

    @Test
    void isNotANumberWithoutSamples() {
        HeldOutQuality none = HeldOutQuality.of(new float[0][], new float[0][], new int[0]);
        assertThat(none.samples()).isZero();
        assertThat(none.accuracy()).isNaN();
        assertThat(none.loss()).isNaN();
        assertThat(none.divergence()).isNaN();
    }

    @Test
    void refusesRowsThatDoNotMatch() {
        float[][] one = {{1, 2}};
        float[][] two = {{1, 2}, {3, 4}};
        assertThatThrownBy(() -> HeldOutQuality.of(two, one, new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 and 1 rows of logits for 2 labels");
        assertThatThrownBy(() -> HeldOutQuality.of(one, one, new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 and 1 rows of logits for 2 labels");
        assertThat(HeldOutQuality.of(two, two, new int[2]).samples()).isEqualTo(2);
    }

    private static float[][] logits(Random random, int samples, int classes) {
        float[][] logits = new float[samples][classes];
        for (float[] row : logits) {
            for (int c = 0; c < classes; c++) {
                row[c] = (float) (3 * random.nextGaussian());
            }
        }
        return logits;
    }

    /** Softmax as it is defined, without shifting. */
    private static double[] probabilities(float[] row) {
        double[] p = new double[row.length];
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(row[c]);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
        return p;
    }
}
