package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.testing.Xml;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** What curves prints, draws and writes of the tiny BERT. */
class CurvesCommandTest {

    private static final int SUBLAYERS = 6;

    @TempDir static Path directory;
    private static TinyTask task;
    private static TinyTask.Run run;

    @BeforeAll
    static void run() throws IOException {
        task = TinyTask.write(directory);
        run = curves(64);
    }

    private static TinyTask.Run curves(int samples) {
        return TinyTask.run(
                new CurvesCommand(),
                "curves",
                "--model",
                task.model(),
                "--data",
                task.data(),
                "--samples",
                samples,
                "--svg",
                directory.resolve("curves.svg"),
                "--json",
                directory.resolve("curves.json"));
    }

    @Test
    void printsALineForEverySublayer() {
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out().lines().filter(line -> line.startsWith("layer ")))
                .hasSize(SUBLAYERS)
                .first()
                .asString()
                .startsWith("layer 0 attention");
    }

    @Test
    void writesWholeCurvesThatRise() throws IOException {
        JsonNode curves = new ObjectMapper().readTree(directory.resolve("curves.json").toFile());
        assertThat(curves).hasSize(SUBLAYERS);
        for (JsonNode curve : curves) {
            JsonNode errors = curve.path("errors");
            assertThat(errors.path(0).asDouble()).isZero();
            for (int i = 1; i < errors.size(); i++) {
                assertThat(errors.path(i).asDouble())
                        .isGreaterThanOrEqualTo(errors.path(i - 1).asDouble());
            }
            assertThat(errors.path(errors.size() - 1).asDouble()).isPositive();
            assertThat(curve.path("order")).hasSize(curve.path("units").asInt());
        }
    }

    @Test
    void drawsEveryCurveInsideItsFrame() throws Exception {
        Document drawing = Xml.parse(Files.readString(directory.resolve("curves.svg")));
        NodeList lines = drawing.getElementsByTagName("polyline");
        assertThat(lines.getLength()).isEqualTo(SUBLAYERS);
        for (int i = 0; i < lines.getLength(); i++) {
            for (String point : ((Element) lines.item(i)).getAttribute("points").split(" ", -1)) {
                String[] parts = point.split(",", -1);
                assertThat(Double.parseDouble(parts[0])).isBetween(70.0, 930.0);
                assertThat(Double.parseDouble(parts[1])).isBetween(40.0, 370.0);
            }
        }
    }

    @Test
    void moreSamplesThanRowsAreRefusedWithBothNumbers() {
        TinyTask.Run refused = curves(100_000);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("256 rows in all, --samples asks for 100000");
    }
}
