package io.espalier.drift;

import io.espalier.drift.UpdatePolicy.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Nothing, re-tune or re-mask, on both sides of each margin. */
class UpdatePolicyTest {

    private static final UpdatePolicy POLICY = new UpdatePolicy(0.25, 0.5);

    @ParameterizedTest
    @CsvSource({
        // fits, as it is, re-tuned, best, chosen, if something has to be
        "true, 1.25, 1.0, 1.0, KEEP, RE_TUNE",
        "true, 1.26, 1.0, 1.0, RE_TUNE, RE_TUNE",
        "true, 1.26, 1.1, 1.0, RE_TUNE, RE_TUNE",
        "true, 9.0, 1.5, 1.0, RE_TUNE, RE_TUNE",
        "true, 9.0, 1.51, 1.0, RE_MASK, RE_MASK",
        "false, 1.0, 1.0, 1.0, RE_MASK, RE_MASK",
        "true, NaN, 1.0, 1.0, RE_TUNE, RE_TUNE",
        "true, NaN, NaN, 1.0, RE_MASK, RE_MASK"
    })
    void theLessChangedTheBetter(
            boolean fits,
            double asItIs,
            double retuned,
            double best,
            UpdateKind chosen,
            UpdateKind atLeast) {
        Errors errors = new Errors(asItIs, retuned, best);
        assertThat(POLICY.choose(fits, errors)).isEqualTo(chosen);
        assertThat(POLICY.atLeastRetune(fits, errors)).isEqualTo(atLeast);
    }

    @Test
    void aMarginOfZeroLeavesNothingAlone() {
        Errors perfect = new Errors(0.5, 1, 1);
        assertThat(new UpdatePolicy(0, 0.5).choose(true, perfect)).isEqualTo(UpdateKind.RE_TUNE);
        assertThat(new UpdatePolicy(1e-9, 0.5).choose(true, perfect)).isEqualTo(UpdateKind.KEEP);
    }

    @Test
    void refusesNegativeMargins() {
        assertThat(new UpdatePolicy(0, 0).remaskMargin()).isZero();
        assertThatThrownBy(() -> new UpdatePolicy(0, -0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("margin to re-tune 0.0, to re-mask -0.1; needs 0 or more");
    }
}
