package io.espalier.report;

import io.espalier.mask.PruningMask;
import io.espalier.report.PruningReport.Budget;
import io.espalier.report.PruningReport.Change;
import io.espalier.report.PruningReport.Format;
import io.espalier.report.PruningReport.Quality;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Collections;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a report holds, refuses and reads back. */
class PruningReportTest {

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        for (PruningReport report : List.of(Reports.promoted(), Reports.unjudged())) {
            byte[] json = report.toJson();
            assertThat(PruningReport.fromJson(json)).isEqualTo(report);
            assertThat(PruningReport.fromJson(json).toJson()).isEqualTo(json);
        }
    }

    @Test
    void fractionsHaveSixDigitsAndWhatIsNotKnownIsNull() throws IOException {
        assertThat(new Budget("macs=0.5", 0.5, 0.123456789, 1).achieved()).isEqualTo(0.123457);
        Quality quality = new Quality(3, 0, Double.NaN, null, 2.0 / 3, Double.POSITIVE_INFINITY);
        assertThat(quality.accuracy()).isNull();
        assertThat(quality.loss()).isNull();
        assertThat(quality.agreement()).isEqualTo(0.666667);
        assertThat(quality.divergence()).isNull();
        assertThat(new String(Reports.unjudged().toJson(), UTF_8))
                .contains("\"candidate\" : null", "\"cosine\" : null", "\"achieved\" : 0.29991");
    }

    @Test
    void aFileThatIsNotWhatIsWrittenIsRefused() throws IOException {
        String json = new String(Reports.promoted().toJson(), UTF_8);
        assertThat(read(json).model()).isEqualTo("reviews");
        refuses(json.replace("\"tool\" :", "\"tools\" :"), "tool");
        refuses(json.replace("\"tool\" : \"espalier 0.1.0\"", "\"tool\" : null"), "tool is null");
        refuses(json.replace("\"samples\" : 2048", "\"samples\" : 2048.5"), "2048.5");
        refuses(json.replace("\"samples\" : 2048", "\"samples\" : -2"), "window.samples is -2");
        refuses(json.replace("\"format\" : 1,", "\"format\" : 2,"), "this build reads format 1");
        refuses(json.replace("\"promoted\"", "\"demoted\""), "outcome 'demoted' is not one of");
        refuses(json + "{}", "report.json: ");
        refuses("null", "is empty");
    }

    private static PruningReport read(String json) throws IOException {
        return PruningReport.fromJson(json.getBytes(UTF_8));
    }

    private static void refuses(String json, String because) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("report.json: ")
                .hasMessageContaining(because);
    }

    @Test
    void idsThatCouldLeaveAFolderAreRefused() throws IOException {
        String json = new String(Reports.promoted().toJson(), UTF_8);
        assertThat(read(json.replace("macs0.50-000017", "v17")).version()).isEqualTo("v17");
        refuses(json.replace("macs0.50-000017", "../v17"), "version '../v17' must match");
    }

    @Test
    void aFormatIsThereOrHasAReason() {
        assertThat(Format.omitted("stock", "no room").written()).isFalse();
        assertThatThrownBy(() -> new Format("stock", false, null, null))
                .hasMessage("format 'stock' is not written, unsaid why");
        assertThatThrownBy(() -> new Format("stock", true, 1L, "no room"))
                .hasMessage("format 'stock' is written, and says why not");
    }

    @Test
    void parametersOfAllSublayersAreThoseOfTheirTensors() {
        PruningMask dense = PruningMask.dense(TinyBert.sublayers());
        int count = dense.sublayers().size();
        List<SublayerReport> reports =
                SublayerReport.of(
                        dense,
                        TinyBert.HIDDEN,
                        Collections.nCopies(count, "resolved"),
                        Collections.nCopies(count, List.of()));
        long d = TinyBert.HIDDEN;
        long attention = 4 * (d * d + d) + 2 * d;
        long ffn = 2 * d * TinyBert.NEURONS + TinyBert.NEURONS + d + 2 * d;
        assertThat(reports.get(0).parameters()).isEqualTo(new Change(attention, attention));
        assertThat(reports.get(1).parameters()).isEqualTo(new Change(ffn, ffn));
    }

    @Test
    void ofAnEmptiedSublayerBiasAndLayerNormStay() {
        SublayerReport empty = Reports.sublayerReports().get(6);
        assertThat(empty.kept()).isEmpty();
        assertThat(empty.parameters().after()).isEqualTo(3L * Reports.HIDDEN);
        assertThat(empty.refusals()).containsExactly("weights: no unit is kept");
    }

    @Test
    void keptUnitsAreAscendingAndInRange() {
        SublayerReport some = Reports.sublayerReports().get(0);
        assertThat(kept(some, List.of(0, 11)).kept()).containsExactly(0, 11);
        assertThatThrownBy(() -> kept(some, List.of(0, 12)))
                .hasMessage("attention of layer 0 keeps unit 12 after 0 of 12; ids are ascending");
        assertThatThrownBy(() -> kept(some, List.of(3, 3))).hasMessageContaining("unit 3 after 3");
    }

    private static SublayerReport kept(SublayerReport of, List<Integer> kept) {
        return new SublayerReport(
                of.id(),
                of.kind(),
                of.layer(),
                of.units(),
                kept,
                of.repair(),
                of.refusals(),
                of.parameters());
    }
}
