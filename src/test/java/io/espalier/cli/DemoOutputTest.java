package io.espalier.cli;

import io.espalier.config.Loss;
import io.espalier.cost.Budget;
import io.espalier.demo.FinalComparison;
import io.espalier.demo.FinalComparison.Role;
import io.espalier.demo.FinalComparison.Row;
import io.espalier.drift.HeldOutQuality;
import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The demo's lines and tables, with figures and without. */
class DemoOutputTest {

    private static final Budget PARAMS = Budget.parse("params=0.5");

    private final StringWriter text = new StringWriter();
    private final DemoOutput output =
            new DemoOutput(new PrintWriter(text, true), 2, Loss.LABEL_FREE);

    @Test
    void aWindowWithLabelsShowsItsAccuracies() {
        output.line(PruneReportTest.drift(PruneReportTest.quality(0.75, 0.5)));
        output.windows(List.of(PruneReportTest.drift(PruneReportTest.quality(0.75, 0.5))));
        assertThat(text.toString())
                .contains("accuracy: dense 75.0 % first 75.0 % now 75.0 %")
                .containsPattern("75.0 % +75.0 % +75.0 % +0.125 +0.125");
    }

    @Test
    void aWindowWithoutLabelsShowsDashesInTheirPlace() {
        output.line(PruneReportTest.drift(PruneReportTest.quality(null, null)));
        output.windows(List.of(PruneReportTest.drift(PruneReportTest.quality(null, null))));
        assertThat(text.toString())
                .contains("accuracy: dense - first - now -")
                .containsPattern("- +- +- +0.125 +0.125");
    }

    @Test
    void aWindowWithoutHeldOutSamplesShowsNothingButDashes() {
        output.line(PruneReportTest.drift(null));
        output.windows(List.of(PruneReportTest.drift(null)));
        assertThat(text.toString())
                .contains("accuracy: dense - first - now -")
                .containsPattern("- +- +- +- +-\n");
    }

    @Test
    void theLastTableNamesItsModelsAndExplainsWhatIsMissing() {
        HeldOutQuality quality = new HeldOutQuality(40, 40, 0.5, 1, 0.875, 0.25);
        output.comparison(
                new FinalComparison(
                        120,
                        40,
                        List.of(
                                new Row(Budget.macs(0.5), Role.REFERENCE, quality, 0.498),
                                new Row(PARAMS, Role.REFERENCE, null, Double.NaN)),
                        List.of("params=0.5: no reference")));
        assertThat(text.toString())
                .contains("judged on the 40 held-out glosses of the last window")
                .containsPattern("macs=0.5 +reference profile +50.0 % +87.5 % +0.250 +49.8 %\n")
                .containsPattern("params=0.5 +reference profile +- +- +- +-\n")
                .contains("120 glosses of the last window", "were found without any.")
                .endsWith("params=0.5: no reference\n");
    }

    @Test
    void withoutReferenceNothingIsSaidOfIt() {
        HeldOutQuality quality = new HeldOutQuality(40, 40, 0.5, 1, 0.875, 0.25);
        output.comparison(
                new FinalComparison(
                        120,
                        40,
                        List.of(new Row(Budget.macs(0.5), Role.CURRENT, quality, 0.498)),
                        List.of()));
        assertThat(text.toString())
                .containsPattern("macs=0.5 +current mask +50.0 % +87.5 % +0.250 +49.8 %\n")
                .doesNotContain("reference");
    }
}
