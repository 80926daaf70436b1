package io.espalier.report;

import io.espalier.mask.SublayerKind;
import io.espalier.report.StructurePicture.Terminal;
import io.espalier.testing.Xml;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which units are kept, in characters and as SVG. */
class StructurePictureTest {

    private static final List<KeptUnits> TWO_LAYERS =
            List.of(
                    heads(0, 0, 1, 3),
                    neurons(0, IntStream.range(0, 64).toArray()),
                    heads(1),
                    neurons(1, 0, 1, 40));

    @Test
    void charactersShowHeadsBarsAndWhereNeuronsLie() {
        assertThat(StructurePicture.of(TWO_LAYERS).text(new Terminal(72, true, false)))
                .isEqualTo(
                        """
                        layer  heads       neurons                   where they lie
                            0  ■■·■   3/4  █████████████████  64/64  ███████████████████████████
                            1  ····   0/4  █················   3/64  █················▄·········
                               ■ kept  · removed  ▂▅▇ share kept of neighbouring neurons
                        """);
    }

    @Test
    void plainTextIsAsciiAndSaysTheSame() {
        String text = StructurePicture.of(TWO_LAYERS).text(new Terminal(72, false, false));
        assertThat(text).isASCII().contains("    0  ##.#   3/4  #################  64/64  ####");
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        List<KeptUnits> real =
                Reports.sublayerReports().stream().map(SublayerReport::keptUnits).toList();
        for (int columns : new int[] {72, 80, 96, 100}) {
            for (boolean unicode : new boolean[] {true, false}) {
                assertThat(
                                StructurePicture.of(real)
                                        .text(new Terminal(columns, unicode, false))
                                        .lines())
                        .allSatisfy(
                                line ->
                                        assertThat(line.codePointCount(0, line.length()))
                                                .isLessThanOrEqualTo(columns));
            }
        }
        assertThatThrownBy(() -> new Terminal(71, true, false))
                .hasMessage("71 columns, least is 72");
    }

    @Test
    void coloursComeOnlyWhereTheyAreUnderstood() {
        StructurePicture picture = StructurePicture.of(TWO_LAYERS);
        String plain = picture.text(new Terminal(80, true, false));
        String coloured = picture.text(new Terminal(80, true, true));
        assertThat(plain).doesNotContain("\u001b");
        assertThat(coloured).contains("\u001b[32m■■\u001b[0m");
        assertThat(coloured.replaceAll("\u001b\\[[0-9]+m", "")).isEqualTo(plain);
    }

    @Test
    void twoModelsShowWhatOnlyOneOfThemKeeps() {
        List<KeptUnits> after =
                List.of(heads(0, 0, 2), neurons(0, 1), heads(1), neurons(1, 0, 1, 40));
        StructurePicture picture = StructurePicture.between(TWO_LAYERS, after);
        assertThat(picture.text(new Terminal(72, true, false)).lines())
                .containsExactly(
                        "layer  heads  neurons",
                        "    0  ■-+-   █" + "-".repeat(57),
                        "    1  ····   ███" + "·".repeat(55),
                        "       ■ kept by both  + only by B  - only by A  · by neither");
        assertThat(picture.svg()).contains("class=\"added\"", "class=\"dropped\"");
        assertThat(StructurePicture.of(after).svg()).doesNotContain("class=\"added\"");
    }

    @Test
    void modelsOfOtherSizesAreNotCompared() {
        assertThatThrownBy(
                        () ->
                                StructurePicture.between(
                                        List.of(heads(0, 1)),
                                        List.of(
                                                new KeptUnits(
                                                        SublayerKind.ATTENTION, 0, 5, List.of(1)))))
                .hasMessage("attention of layer 0 has 4 units before, 5 after");
    }

    @Test
    void theDrawingIsWellFormedAndTellsItsContentInWords() throws Exception {
        Document svg = Xml.parse(StructurePicture.of(TWO_LAYERS).svg());
        assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
        assertThat(svg.getElementsByTagName("desc").item(0).getTextContent())
                .isEqualTo(
                        "Layer 0 keeps 3 of 4 heads and 64 of 64 neurons."
                                + " Layer 1 keeps 0 of 4 heads and 3 of 64 neurons.");
        assertThat(boxes(svg, "gone")).containsExactly(1, 4, 1);
        assertThat(texts(svg)).contains("3 / 4", "none", "64 / 64", "3 / 64");
    }

    /** Boxes in each path of a class; the last is the legend's. */
    private static List<Integer> boxes(Document svg, String look) {
        List<Integer> boxes = new ArrayList<>();
        NodeList paths = svg.getElementsByTagName("path");
        for (int i = 0; i < paths.getLength(); i++) {
            Element path = (Element) paths.item(i);
            if (path.getAttribute("class").equals(look)) {
                boxes.add(path.getAttribute("d").replaceAll("[^M]", "").length());
            }
        }
        return boxes;
    }

    private static List<String> texts(Document svg) {
        List<String> texts = new ArrayList<>();
        NodeList found = svg.getElementsByTagName("text");
        for (int i = 0; i < found.getLength(); i++) {
            texts.add(found.item(i).getTextContent());
        }
        return texts;
    }

    private static KeptUnits heads(int layer, int... kept) {
        return new KeptUnits(SublayerKind.ATTENTION, layer, 4, IntStream.of(kept).boxed().toList());
    }

    private static KeptUnits neurons(int layer, int... kept) {
        return new KeptUnits(SublayerKind.FFN, layer, 64, IntStream.of(kept).boxed().toList());
    }
}
