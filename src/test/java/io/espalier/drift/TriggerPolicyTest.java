package io.espalier.drift;

import io.espalier.drift.TriggerPolicy.Situation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Both sides of each threshold, and which reason comes first. */
class TriggerPolicyTest {

    private static final TriggerPolicy POLICY = new TriggerPolicy(64, 3, 1000);
    private static final TriggerPolicy NO_SCHEDULE = new TriggerPolicy(64, 3, 0);

    @ParameterizedTest
    @CsvSource({
        // samples, paused, forced, live, level, windows since, millis since, reason
        "63.9, false, true, true, DRIFT, 9, 9000, STARVED",
        "64, false, true, true, DRIFT, 9, 9000, FORCED",
        "64, true, true, true, DRIFT, 9, 9000, PAUSED",
        "64, false, true, true, NORMAL, 1, 1, FORCED",
        "64, false, false, true, DRIFT, 3, 9000, COOLING_DOWN",
        "64, false, false, true, DRIFT, 4, 1, DRIFT",
        "64, false, false, false, LEARNING, 3, 9000, COOLING_DOWN",
        "64, false, false, false, LEARNING, 4, 1, FIRST",
        "64, false, false, true, WARNING, 4, 999, NO_DRIFT",
        "64, false, false, true, WARNING, 4, 1000, SCHEDULE",
        "64, false, false, true, LEARNING, 4, 999, NO_DRIFT"
    })
    void theFirstReasonThatAppliesIsGiven(
            double samples,
            boolean paused,
            boolean forced,
            boolean live,
            DriftLevel level,
            long windows,
            long millis,
            TriggerReason reason) {
        Situation now =
                new Situation(
                        samples,
                        paused,
                        forced,
                        live,
                        level,
                        OptionalLong.of(windows),
                        OptionalLong.of(millis));
        assertThat(POLICY.evaluate(now)).isEqualTo(reason);
        assertThat(NO_SCHEDULE.evaluate(now))
                .isEqualTo(reason == TriggerReason.SCHEDULE ? TriggerReason.NO_DRIFT : reason);
    }

    @Test
    void nothingCoolsDownBeforeTheFirstDecision() {
        Situation first =
                new Situation(
                        64,
                        false,
                        false,
                        false,
                        DriftLevel.LEARNING,
                        OptionalLong.empty(),
                        OptionalLong.empty());
        assertThat(POLICY.evaluate(first)).isEqualTo(TriggerReason.FIRST);
    }

    @Test
    void refusesSettingsThatMeanNothing() {
        assertThat(new TriggerPolicy(1, 0, 0).coolDown()).isZero();
        assertThatThrownBy(() -> new TriggerPolicy(0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minimum of 0 samples, cool-down of 0 windows, period of 0 ms");
    }
}
