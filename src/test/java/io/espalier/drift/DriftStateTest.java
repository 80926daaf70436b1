package io.espalier.drift;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Locale;

import static org.assertj.core.api.Assertions.assertThat;

/** Sequences of windows, by their distance over the noise floor, and the levels they lead to. */
class DriftStateTest {

    @ParameterizedTest
    @CsvSource({
        "0.5 0.9 1.0, normal normal normal",
        "1.1 0.5 0.5, warning warning normal",
        "1.1 0.9 0.5 0.5, warning warning warning normal",
        "1.1 1.1 1.1, warning drift drift",
        // Flapping around the floor is no drift, and no calm either.
        "1.1 0.9 1.1 0.9, warning warning warning warning",
        "1.1 1.1 0.7 0.9 0.7 0.7, warning drift drift drift drift normal",
        "1.1 1.1 0.79 0.79 1.1, warning drift drift normal warning",
        "1.1 1.1 0.8 0.8, warning drift drift drift",
        "1.1 NaN 1.1, warning learning warning",
        "NaN 1.1 1.1, learning warning drift"
    })
    void levelsAreEnteredAndLeftWithHysteresis(String ratios, String levels) {
        DriftState state = DriftState.INITIAL;
        StringBuilder found = new StringBuilder();
        for (String ratio : ratios.split(" ", -1)) {
            state = state.next(Double.parseDouble(ratio), 2);
            found.append(found.isEmpty() ? "" : " ")
                    .append(state.level().name().toLowerCase(Locale.ROOT));
        }
        assertThat(found).hasToString(levels);
    }

    @ParameterizedTest
    @CsvSource({"1, DRIFT", "2, WARNING"})
    void oneWindowIsADriftWhereOneIsEnough(int driftWindows, DriftLevel level) {
        assertThat(DriftState.INITIAL.next(1.5, driftWindows).level()).isEqualTo(level);
    }
}
