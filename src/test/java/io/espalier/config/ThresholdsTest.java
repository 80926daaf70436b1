package io.espalier.config;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Thresholds that are changed while a job runs, by the rules of a configuration. */
class ThresholdsTest {

    private static final Thresholds BASE =
            new Thresholds(null, 2, 2, 0.05, 0.1, 0.02, 0.05, 0.95, 200);

    @Test
    void onlyWhatIsNamedChanges() {
        assertThat(BASE.with(Map.of())).isEqualTo(BASE);
        assertThat(
                        BASE.with(
                                Map.of(
                                        "espalier.trigger.period", "2 h",
                                        "espalier.promotion.margin", "0.01")))
                .isEqualTo(
                        new Thresholds(
                                Duration.ofHours(2), 2, 2, 0.05, 0.1, 0.01, 0.05, 0.95, 200));
    }

    @Test
    void whatIsNoThresholdIsRefused() {
        assertThatThrownBy(() -> BASE.with(Map.of("espalier.seed", "1")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("'espalier.seed' is no threshold; thresholds are [");
    }

    @Test
    void valuesKeepTheirRanges() {
        assertThatThrownBy(() -> BASE.with(Map.of("espalier.promotion.margin", "1.5")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "espalier.promotion.margin = '1.5' is not allowed; allowed: a number from 0"
                                + " to 1");
        assertThat(BASE.with(Map.of("espalier.promotion.margin", "1")).promotionMargin())
                .isEqualTo(1);
    }
}
