package io.espalier.artifact;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A self-check asks the same of every copy of a model, and accepts rounding only. */
class SelfCheckTest {

    private static final int VOCABULARY = 50;

    private static SelfCheck check() {
        List<SelfCheck.Input> inputs = SelfCheck.inputs(VOCABULARY, 20, 2);
        return SelfCheck.of(inputs, logits(inputs.size()));
    }

    private static float[][] logits(int rows) {
        float[][] logits = new float[rows][];
        for (int i = 0; i < rows; i++) {
            logits[i] = new float[] {i, -i / 3f};
        }
        return logits;
    }

    @Test
    void inputsFitTheModelAndDifferInLength() {
        List<SelfCheck.Input> inputs = check().inputs();
        assertThat(inputs).extracting(input -> input.ids().size()).contains(3, 17, 20);
        assertThat(inputs)
                .allSatisfy(
                        input ->
                                assertThat(input.ids()).allMatch(id -> id >= 0 && id < VOCABULARY));
        assertThat(SelfCheck.inputs(VOCABULARY, 20, 1))
                .allSatisfy(input -> assertThat(input.types()).containsOnly(0));
    }

    @Test
    void isReadAsItWasWritten() throws IOException {
        SelfCheck check = check();
        byte[] json = check.toJson();
        assertThat(SelfCheck.fromJson(json)).isEqualTo(check);
        String other = new String(json, StandardCharsets.UTF_8).replace(": 1,", ": 2,");
        assertThatThrownBy(() -> SelfCheck.fromJson(other.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("format 2");
    }

    @Test
    void acceptsRoundingAndNothingMore() throws ArtifactException {
        SelfCheck check = check();
        float[][] found = logits(check.inputs().size());
        found[2][1] += 0.9e-4f;
        assertThat(check.verify("a runtime", found)).isBetween(0.8e-4, 1e-4);
        found[2][1] += 0.9e-4f;
        assertThatThrownBy(() -> check.verify("a runtime", found))
                .hasMessageContaining("input 2, class 1: a runtime gives");
        found[2][1] = Float.NaN;
        assertThatThrownBy(() -> check.verify("a runtime", found)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> check.verify("a runtime", logits(1)))
                .hasMessageContaining("another shape");
    }
}
