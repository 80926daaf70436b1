package io.espalier.drift;

import io.espalier.drift.PromotionPolicy.Measure;
import io.espalier.drift.PromotionPolicy.Verdict;
import org.junit.jupiter.api.Test;

import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What may become live, by answers whose errors are counted by hand. */
class PromotionPolicyTest {

    private static final PromotionPolicy POLICY = new PromotionPolicy(0.02, 0.05, 0.95, 200);

    /** Answers to n two-class questions of which the first ones are wrong. */
    private static HeldOutAnswers answers(int n, int wrong, boolean labelled) {
        float[][] logits = new float[n][];
        float[][] dense = new float[n][];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            logits[i] = i < wrong ? new float[] {1, 0} : new float[] {0, 1};
            dense[i] = new float[] {0, 1};
            labels[i] = labelled ? 1 : -1;
        }
        return new HeldOutAnswers(logits, dense, labels);
    }

    private static HeldOutAnswers dense(int n, boolean labelled) {
        return answers(n, 0, labelled);
    }

    @Test
    void theFirstCandidateIsHeldAgainstTheDenseModel() {
        Verdict passed = POLICY.judge(answers(1000, 35, true), null, dense(1000, true));
        assertThat(passed.promoted()).isTrue();
        assertThat(passed.limit()).isEqualTo(0.05);
        assertThat(passed.difference()).isEqualTo(0.035);
        Verdict refused = POLICY.judge(answers(1000, 45, true), null, dense(1000, true));
        assertThat(refused.promoted()).isFalse();
        assertThat(refused.bound()).isGreaterThan(0.05);
        assertThat(refused.reason())
                .startsWith(
                        "accuracy 0.0450 below the dense model's on 1000 samples, at 0.95 confidence");
    }

    @Test
    void laterOnesAreHeldAgainstTheLiveModel() {
        HeldOutAnswers live = answers(1000, 30, true);
        assertThat(POLICY.judge(answers(1000, 35, true), live, dense(1000, true)).promoted())
                .isTrue();
        Verdict worse = POLICY.judge(answers(1000, 48, true), live, dense(1000, true));
        assertThat(worse.promoted()).isFalse();
        assertThat(worse.difference()).isCloseTo(0.018, within(1e-12));
        assertThat(worse.limit()).isEqualTo(0.02);
    }

    @Test
    void manySmallMarginsDoNotAddUp() {
        // Within the margin of the live model, but both are beyond the tolerance.
        HeldOutAnswers live = answers(1000, 80, true);
        Verdict worse = POLICY.judge(answers(1000, 81, true), live, dense(1000, true));
        assertThat(worse.promoted()).isFalse();
        assertThat(worse.reason()).contains("below the dense model's");
        assertThat(POLICY.judge(answers(1000, 80, true), live, dense(1000, true)).promoted())
                .isTrue();
    }

    @Test
    void tooFewSamplesAreNoPass() {
        Verdict few = POLICY.judge(answers(199, 0, true), null, dense(199, true));
        assertThat(few.promoted()).isFalse();
        assertThat(few.reason()).isEqualTo("199 held-out samples; a promotion needs 200");
        assertThat(POLICY.judge(answers(200, 0, true), null, dense(200, true)).promoted()).isTrue();
    }

    @Test
    void withoutLabelsTheDenseModelsAnswersAreTheMeasure() {
        Verdict passed = POLICY.judge(answers(1000, 20, false), null, dense(1000, false));
        assertThat(passed.measure()).isEqualTo(Measure.AGREEMENT);
        assertThat(passed.promoted()).isTrue();
        assertThat(POLICY.judge(answers(1000, 60, false), null, dense(1000, false)).promoted())
                .isFalse();
        assertThat(POLICY.judge(answers(1000, 0, true), null, dense(1000, true)).measure())
                .isEqualTo(Measure.ACCURACY);
    }

    /** Of many pairs whose true difference is the margin, hardly more than 5 % may pass. */
    @Test
    void theStatedConfidenceHolds() {
        long seed = Long.getLong("seed", 20_261_122);
        System.out.printf("PromotionPolicyTest: -Dseed=%d%n", seed);
        Random random = new Random(seed);
        int passed = 0;
        int trials = 4000;
        for (int t = 0; t < trials; t++) {
            int worse = 0;
            int better = 0;
            for (int i = 0; i < 500; i++) {
                double u = random.nextDouble();
                worse += u < 0.05 ? 1 : 0; // Wrong where the other is right: 5 %,
                better += u >= 0.05 && u < 0.08 ? 1 : 0; // the reverse 3 %: a difference of 2 %.
            }
            passed += new PairedDifference(500, worse, better).upperBound(0.95) <= 0.02 ? 1 : 0;
        }
        double share = (double) passed / trials;
        System.out.printf("PromotionPolicyTest: %.4f of the harmful pass, nominal 0.05%n", share);
        assertThat(share).isBetween(0.02, 0.065);
    }

    @Test
    void refusesAConfidenceThatIsNone() {
        assertThatThrownBy(() -> new PromotionPolicy(0.02, 0.05, 0.5, 200))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("margin 0.02, tolerance 0.05, confidence 0.5, minimum of 200 samples");
        assertThat(new PromotionPolicy(0.02, 0.05, 0.51, 200).minSamples()).isEqualTo(200);
    }
}
