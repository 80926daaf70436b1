package io.espalier.report;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Report, page and drawing as they were, byte for byte. Written anew by {@code mvn test
 * -Dtest=ReportGoldenTest -Despalier.docs.write=true}; look at the page before it is committed.
 */
class ReportGoldenTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/report");

    @Test
    void jsonIsAsItWas() throws IOException {
        same("report.json", Reports.promoted().toJson());
    }

    @Test
    void thePageIsAsItWas() throws IOException {
        same("report.html", bytes(ReportPage.html(Reports.promoted())));
    }

    @Test
    void theDrawingIsAsItWas() throws IOException {
        StructurePicture picture =
                StructurePicture.of(
                        Reports.sublayerReports().stream().map(SublayerReport::keptUnits).toList());
        same("structure.svg", bytes(picture.svg()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void same(String file, byte[] content) throws IOException {
        Path golden = GOLDEN.resolve(file);
        if (Boolean.getBoolean("espalier.docs.write")) {
            Files.createDirectories(GOLDEN);
            Files.write(golden, content);
        }
        assertThat(new String(content, UTF_8)).isEqualTo(Files.readString(golden));
    }
}
