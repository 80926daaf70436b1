package io.espalier.cli;

import io.espalier.testing.Xml;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The plot as XML: where its points lie, and what its axes and legend say. */
class AblationPlotTest {

    /** Coordinates are written with two decimals. */
    private static final double ROUNDING = 0.006;

    private static TestedQuality quality(double accuracy) {
        return new TestedQuality(
                accuracy,
                0.9,
                0.01,
                List.of(new TestedQuality.FileQuality("a<b>.tsv", 10, accuracy, 0.9, 0.01)));
    }

    private static Ablation.Cell cell(
            long seed, String profile, String step, double macs, double accuracy) {
        return new Ablation.Cell(
                seed,
                profile,
                step,
                "macs=" + macs,
                quality(accuracy),
                macs,
                macs,
                1,
                1,
                0.1,
                null,
                0.5);
    }

    private static Ablation ablation(List<Ablation.Cell> cells) {
        return new Ablation(
                "models/m&m",
                List.of(List.of("train.tsv")),
                8,
                List.of(1L),
                "label-free",
                "importance",
                128,
                quality(0.908),
                List.of(),
                cells);
    }

    private static List<Element> elements(Document document, String name, String classPrefix) {
        NodeList nodes = document.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .filter(element -> element.getAttribute("class").startsWith(classPrefix))
                .toList();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static void assertEveryCellIsInside(List<Ablation.Cell> cells) throws Exception {
        Document svg = Xml.parse(AblationPlot.of(ablation(cells)));
        Element frame = elements(svg, "rect", "frame").get(0);
        double left = number(frame, "x") - ROUNDING;
        double top = number(frame, "y") - ROUNDING;
        double right = left + number(frame, "width") + 2 * ROUNDING;
        double bottom = top + number(frame, "height") + 2 * ROUNDING;
        List<Element> dots = elements(svg, "circle", "cell");
        assertThat(dots).hasSameSizeAs(cells);
        for (Element dot : dots) {
            assertThat(number(dot, "cx")).isBetween(left, right);
            assertThat(number(dot, "cy")).isBetween(top, bottom);
        }
        double dense = number(elements(svg, "line", "dense").get(0), "y1");
        assertThat(dense).isBetween(top, bottom);
    }

    @Test
    void everyCellLiesInsideTheAxes() throws Exception {
        long seed = Long.getLong("seed", 3);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            double spread = Math.pow(10, -4 * random.nextDouble());
            List<Ablation.Cell> cells = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(30); i++) {
                double macs = 1 - spread * random.nextDouble();
                double accuracy = 1 - spread * random.nextDouble();
                String profile = "p" + random.nextInt(4);
                cells.add(cell(i, profile, "s" + random.nextInt(7), macs, accuracy));
            }
            assertEveryCellIsInside(cells);
        }
        assertEveryCellIsInside(List.of(cell(1, "p", "s", 0.5, 0.908)));
        assertEveryCellIsInside(List.of(cell(1, "p", "s", 0, 0)));
    }

    @Test
    void aPointLiesWhereTheTicksSay() throws Exception {
        List<Ablation.Cell> cells =
                List.of(cell(1, "p", "s", 0.2, 0.8), cell(1, "p", "s", 0.7, 0.9));
        Document svg = Xml.parse(AblationPlot.of(ablation(cells)));
        List<Element> dots = elements(svg, "circle", "cell");
        List<Element> texts = elements(svg, "text", "");
        assertThat(number(dots.get(0), "cx")).isCloseTo(tick(texts, "0.2", "x"), within(ROUNDING));
        assertThat(number(dots.get(0), "cy"))
                .isCloseTo(tick(texts, "80", "y") - 4, within(ROUNDING));
        assertThat(number(dots.get(1), "cx")).isCloseTo(tick(texts, "0.7", "x"), within(ROUNDING));
        assertThat(number(dots.get(1), "cy"))
                .isCloseTo(tick(texts, "90", "y") - 4, within(ROUNDING));
    }

    private static double tick(List<Element> texts, String label, String attribute) {
        return texts.stream()
                .filter(text -> text.getTextContent().equals(label))
                .mapToDouble(text -> number(text, attribute))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theLegendNamesTheDenseModelAndEachLine() throws Exception {
        List<Ablation.Cell> cells =
                List.of(
                        cell(1, "p", "search", 0.2, 0.8),
                        cell(2, "p", "search", 0.2, 0.82),
                        cell(1, "p", "search", 0.4, 0.85),
                        cell(1, "q", "search", 0.4, 0.7),
                        cell(1, "q", "+ <tuning>", 0.4, 0.75));
        Document svg = Xml.parse(AblationPlot.of(ablation(cells)));
        assertThat(elements(svg, "text", ""))
                .map(Element::getTextContent)
                .contains("dense", "p, search", "q, search", "q, + <tuning>", "accuracy %");
        List<Element> lines = elements(svg, "polyline", "series");
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).getAttribute("points").split(" ", -1)).hasSize(2);
    }

    @Test
    void thePageIsWellFormedWhateverItsNames() throws Exception {
        Ablation named = ablation(List.of(cell(1, "p", "search", 0.2, 0.8)));
        Document page = Xml.parse(AblationPage.of("A & <B>", named));
        assertThat(page.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("A & <B>");
        assertThat(page.getDocumentElement().getTextContent())
                .contains("models/m&m", "a<b>.tsv (10 samples)");
    }
}
