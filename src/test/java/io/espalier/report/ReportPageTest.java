package io.espalier.report;

import io.espalier.report.PruningReport.Comparison;
import io.espalier.report.PruningReport.Decision;
import io.espalier.report.PruningReport.Qualities;
import io.espalier.testing.Xml;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The page: well-formed, harmless, and saying what happened with both numbers. */
class ReportPageTest {

    private static final List<String> WITH_ADDRESSES = List.of("src", "href", "action", "style");

    @Test
    void theHeadlineSaysWhatIsGoneAndWhatItCost() throws Exception {
        Document page = Xml.parse(ReportPage.html(Reports.promoted()));
        assertThat(text(page, "h1"))
                .containsExactly(
                        "Half of the encoder's multiply-accumulates are gone. On 256 held-out"
                                + " samples the model answers as the dense one does on 98.4 %; it is"
                                + " right on 89.8 %, the dense model on 90.6 %.");
        assertThat(ReportPage.headline(Reports.promoted())).isEqualTo(text(page, "h1").get(0));
    }

    @Test
    void figuresStandWithTheirCounterparts() throws Exception {
        String page =
                Xml.parse(ReportPage.html(Reports.promoted()))
                        .getDocumentElement()
                        .getTextContent();
        assertThat(page)
                .contains(
                        "49.9 %", "of 50.0 % allowed", "523 → 259 million a sample of 24.3 tokens")
                .contains("33.4 → 22.6 million", "weights file 66.7 → 54.0 MB")
                .contains("shifted by 0.102, where chance alone explains 0.0512")
                .contains("0.0871 nats a sample", "0.0312 nats a sample", "0.0123 nats a sample")
                .contains("errs 2.7 points less often than", "0.4 points less often.", "passed.")
                .contains("2,048 samples of the traffic (worth 1,711 after forgetting)")
                .contains("Nothing but a bias is left of the attention of layer 3.")
                .contains("7 of 8 blocks", "Refused: weights: no unit is kept")
                .contains("layer 3 has no heads and no LayerNorm")
                .contains("2025-11-21 13:00 to 2025-11-21 14:00 UTC (1 h)");
    }

    @Test
    void eachWrittenFormatHasASnippetAndNoOther() {
        String page = ReportPage.html(Reports.promoted());
        assertThat(page)
                .contains("macs0.50-000017/slim", "macs0.50-000017/onnx/model.onnx")
                .contains("macs0.50-000017/djl", "bin/espalier diff macs0.50-000017")
                .doesNotContain("macs0.50-000017/stock");
    }

    @Test
    void withoutHeldOutSamplesThePageSaysThatNobodyKnows() throws Exception {
        String page =
                Xml.parse(ReportPage.html(Reports.unjudged()))
                        .getDocumentElement()
                        .getTextContent();
        assertThat(page)
                .contains("70 % of the encoder's multiply-accumulates are gone.")
                .contains("No held-out samples judged it", "not judged", "bin/espalier evaluate")
                .contains("not dated (event time 0 to 1 h)")
                .doesNotContain("The test", "null", "NaN");
    }

    @Test
    void widthsAreCalledMultiplesOnlyIfTheyAre() {
        String claim = "multiples of 16";
        assertThat(ReportPage.html(Reports.promoted())).contains(claim);
        List<SublayerReport> odd = new ArrayList<>(Reports.sublayerReports());
        SublayerReport ffn = odd.get(1);
        odd.set(
                1,
                new SublayerReport(
                        ffn.id(),
                        ffn.kind(),
                        ffn.layer(),
                        ffn.units(),
                        ffn.kept().subList(1, ffn.kept().size()),
                        ffn.repair(),
                        ffn.refusals(),
                        ffn.parameters()));
        PruningReport report = Reports.promoted();
        assertThat(ReportPage.html(Reports.with(report.decision(), report.quality(), odd)))
                .doesNotContain(claim);
    }

    @Test
    void aRejectedVersionIsCalledSo() {
        Comparison test = new Comparison("agreement", 256, 0.02, 0.041, 0.01, "too many");
        Qualities judged = Reports.promoted().quality();
        Decision decision = Reports.decision("forced", Outcome.REJECTED, "forced");
        String page =
                ReportPage.html(
                        Reports.with(
                                decision,
                                new Qualities(judged.dense(), null, judged.candidate(), test),
                                Reports.sublayerReports()));
        assertThat(page)
                .contains("<strong class=\"rejected\">Rejected</strong>")
                .contains("errs 2.0 points more often than", "4.1 points more often.")
                .contains("The limit is +1.0 points: not passed.");
        Comparison none = new Comparison("agreement", 0, null, null, 0.01, "version v3 is pinned");
        assertThat(
                        ReportPage.html(
                                Reports.with(
                                        decision,
                                        new Qualities(judged.dense(), null, null, none),
                                        Reports.sublayerReports())))
                .contains("It did not go live: version v3 is pinned.")
                .contains("There was none: version v3 is pinned.");
        assertThat(page).doesNotContain("There was none");
    }

    @Test
    void hostileTextStaysText() throws Exception {
        String hostile = "</p><script>alert('1')</script>&amp;\"<img src=x>`\u0000\u202E]]>";
        SublayerReport first = Reports.sublayerReports().get(0);
        SublayerReport named =
                new SublayerReport(
                        hostile,
                        first.kind(),
                        first.layer(),
                        first.units(),
                        first.kept(),
                        hostile,
                        List.of(hostile),
                        first.parameters());
        String page =
                ReportPage.html(
                        Reports.with(
                                Reports.decision(hostile, Outcome.PROMOTED, hostile),
                                Reports.promoted().quality(),
                                List.of(named)));
        Document parsed = Xml.parse(page);
        assertThat(parsed.getElementsByTagName("script").getLength()).isZero();
        assertThat(parsed.getElementsByTagName("img").getLength()).isZero();
        assertThat(page).doesNotContain("\u0000", "\u202E", "<script", "<img", "]]>");
        assertThat(parsed.getDocumentElement().getTextContent())
                .contains("</p><script>alert('1')</script>&amp;\"<img src=x>`\uFFFD\uFFFD]]>");
    }

    @Test
    void thePageNeedsNothingElseAndAllowsNothingElse() throws Exception {
        Document page = Xml.parse(ReportPage.html(Reports.promoted()));
        NodeList all = page.getElementsByTagName("*");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            assertThat(element.getTagName()).isNotIn("script", "iframe", "object", "embed", "form");
            assertThat(WITH_ADDRESSES).noneMatch(element::hasAttribute);
            if (element.hasAttribute("id")) {
                ids.add(element.getAttribute("id"));
            }
        }
        assertThat(ids).doesNotHaveDuplicates();
        String style = page.getElementsByTagName("style").item(0).getTextContent();
        assertThat(style).doesNotContain("&", "<", "url(", "@import");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(style.getBytes(UTF_8));
        assertThat(((Element) page.getElementsByTagName("meta").item(1)).getAttribute("content"))
                .isEqualTo(
                        "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'"
                                .formatted(Base64.getEncoder().encodeToString(digest)));
    }

    private static List<String> text(Document page, String tag) {
        List<String> texts = new ArrayList<>();
        NodeList found = page.getElementsByTagName(tag);
        for (int i = 0; i < found.getLength(); i++) {
            texts.add(found.item(i).getTextContent());
        }
        return texts;
    }
}
