package io.espalier.cost;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is a budget, and what each text that is none is told. */
class BudgetTest {

    private static final String FORM =
            "a budget is a share to keep, macs=X, params=X, latency=X or latency=X@b8s64 with"
                    + " 0 < X <= 1, like macs=0.5";

    @ParameterizedTest
    @CsvSource({"macs=0.5, 0.5", "macs=1, 1", "' macs=.25 ', 0.25", "macs=1e-3, 0.001"})
    void readsShares(String text, double share) {
        assertThat(Budget.parse(text)).isEqualTo(Budget.macs(share));
    }

    @Test
    void readsWhatItPrints() {
        for (double share : new double[] {1, 0.5, 1.0 / 3, 1e-4, Math.sqrt(0.7)}) {
            assertThat(Budget.parse(Budget.macs(share).toString())).isEqualTo(Budget.macs(share));
        }
    }

    @Test
    void readsWhatIsCounted() {
        assertThat(Budget.parse("params=0.5")).isEqualTo(new Budget(CostMetric.PARAMS, 0.5));
        assertThat(Budget.parse("latency=0.4")).isEqualTo(new Budget(CostMetric.LATENCY, 0.4));
        for (CostMetric metric : CostMetric.values()) {
            Budget budget = new Budget(metric, 0.125);
            assertThat(Budget.parse(budget.toString())).isEqualTo(budget);
            assertThat(budget.slug()).isEqualTo(metric.label() + "0.125");
        }
        assertThat(Budget.parseAll(List.of("macs=0.5", "params=0.5", "latency=0.5"))).hasSize(3);
    }

    @Test
    void latencyMayNameItsWorkload() {
        Budget budget = Budget.parse("latency=0.6@b8s64");
        assertThat(budget)
                .isEqualTo(new Budget(CostMetric.LATENCY, 0.6, new Workload(8, 64)))
                .hasToString("latency=0.6@b8s64");
        assertThat(Budget.parse(budget.toString())).isEqualTo(budget);
        assertThat(budget.slug()).isEqualTo("latency0.60_b8s64");
        assertThat(budget.version(17))
                .isEqualTo("latency0.60_b8s64-000017")
                .matches("[a-z0-9][a-z0-9._-]{0,63}");
        assertThat(new Budget(CostMetric.LATENCY, 1e-4, new Workload(99_999, 99_999)).version(1))
                .matches("[a-z0-9][a-z0-9._-]{0,63}");
        assertThat(
                        Budget.parseAll(
                                List.of("latency=0.6", "latency=0.6@b8s64", "latency=0.6@b1s64")))
                .hasSize(3);
        assertThat(budget.counted()).isNotEqualTo(Budget.parse("latency=0.6").counted());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "macs=0.6@b8s64 | macs is the same on every workload: leave out @b8s64",
                "latency=0.6@8x64 | workload '8x64' is none; write b8s64",
                "latency=0.6@b0s64 | workload 'b0s64' is none",
                "latency=0.6@b8s064 | workload 'b8s064' is none",
                "latency=0.6@ | workload ",
                "latency=0.6@b8s100000 | workload 'b8s100000' is none"
            })
    void refusesWorkloadsThatAreNone(String text, String message) {
        assertThatThrownBy(() -> Budget.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("budget '" + text + "': " + message);
    }

    @ParameterizedTest
    @CsvSource({
        "macs=0, 0.0",
        "macs=-0.5, -0.5",
        "macs=1.2, 1.2",
        "macs=1.0000001, 1.0000001",
        "macs=NaN, NaN",
        "macs=Infinity, Infinity"
    })
    void refusesSharesThatAreNone(String text, String read) {
        assertThatThrownBy(() -> Budget.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("budget macs=" + read + " is out of range: " + FORM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"speed=3", "0.5", "", "macs", "MACS=0.5", "macs=0.5=0.3", "=0.5"})
    void refusesOtherConstraintsByName(String text) {
        assertThatThrownBy(() -> Budget.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("budget '" + text + "' is unknown: " + FORM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"macs=", "macs=half", "macs=50%", "macs=0,5"})
    void refusesWhatIsNoNumber(String text) {
        assertThatThrownBy(() -> Budget.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("budget '" + text + "' is not a number: " + FORM);
    }

    @Test
    void readsSeveralInTheirOrder() {
        assertThat(Budget.parseAll(List.of("macs=0.3", "macs=0.5")))
                .containsExactly(Budget.macs(0.3), Budget.macs(0.5));
    }

    @Test
    void refusesTheSameBudgetTwice() {
        assertThatThrownBy(() -> Budget.parseAll(List.of("macs=0.5", "macs=0.3", "macs=0.50")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("budget 'macs=0.50' stands twice, or differs from another by < 0.0001");
        assertThat(Budget.parseAll(List.of("macs=0.5", "macs=0.3", "macs=0.5001"))).hasSize(3);
    }

    @Test
    void refusesNoBudgetAtAll() {
        assertThatThrownBy(() -> Budget.parseAll(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no budget is given: " + FORM);
    }

    @ParameterizedTest
    @CsvSource({
        "1, macs1.00",
        "0.5, macs0.50",
        "0.25, macs0.25",
        "0.125, macs0.125",
        "0.3333333, macs0.3333",
        "0.1, macs0.10",
        "0.0001, macs0.0001"
    })
    void slugsAreAsShortAsTheyCanBe(double share, String slug) {
        assertThat(Budget.macs(share).slug()).isEqualTo(slug);
    }
}
