package io.espalier.client;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Classes and probabilities of logits, and batches of texts. */
class AnswerTest {

    private static final ModelVersion VERSION = new ModelVersion("m", "v1", "0f".repeat(32));

    @Test
    void theLikeliestClassHasTheLargestLogitAndItsSoftmax() {
        Answer answer = Answer.of(VERSION, List.of("a", "b", "c"), new float[] {0f, 2f, 1f});
        double sum = 1 + Math.exp(2) + Math.exp(1);
        assertThat(answer.label()).isEqualTo("b");
        assertThat(answer.probability()).isEqualTo(Math.exp(2) / sum, within(1e-12));
        assertThat(answer.probabilities())
                .containsExactly(
                        answer.probabilities().get(0),
                        answer.probability(),
                        answer.probabilities().get(2));
        assertThat(answer.probabilities().get(0)).isEqualTo(1 / sum, within(1e-12));
    }

    @Test
    void largeLogitsDoNotOverflow() {
        Answer answer = Answer.of(VERSION, List.of("a", "b"), new float[] {-3e4f, 3e4f});
        assertThat(answer.label()).isEqualTo("b");
        assertThat(answer.probabilities()).containsExactly(0.0, 1.0);
    }

    @Test
    void aLabelForEachLogitIsNeeded() {
        assertThatThrownBy(() -> Answer.of(VERSION, List.of("a", "b"), new float[3]))
                .hasMessage("m/v1: 3 logits for 2 labels");
    }

    @Test
    void textsSideBySideAreFilledUpToTheLongest() {
        TokenBatch batch =
                TokenBatch.of(
                        List.of(
                                new Tokens(new long[] {5, 6}, new long[] {0, 1}),
                                new Tokens(new long[] {7, 8, 9}, new long[] {0, 0, 1})));
        assertThat(batch.shape()).containsExactly(2, 3);
        assertThat(batch.ids()).containsExactly(5, 6, 0, 7, 8, 9);
        assertThat(batch.mask()).containsExactly(1, 1, 0, 1, 1, 1);
        assertThat(batch.typeIds()).containsExactly(0, 1, 0, 0, 0, 1);
    }
}
