package io.espalier.cli;

import io.espalier.artifact.Candidates;
import io.espalier.report.PruningReport;
import io.espalier.report.ReportPage;
import io.espalier.testing.TinyBert;
import io.espalier.testing.Xml;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What inspect prints, writes and refuses. */
class InspectCommandTest {

    @TempDir static Path directory;
    private static Path parent;
    private static Path bare;

    @BeforeAll
    static void publish() throws IOException {
        parent = TinyBert.write(directory.resolve("tiny"));
        bare =
                ReportedVersion.without(
                        Candidates.publish(directory.resolve("bare"), parent, "v1", 5));
    }

    @Test
    void ofAVersionWithoutReportPictureAndManifestAreShown() {
        TinyTask.Run run = inspect(bare, "--ascii");
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isASCII()
                .contains("tiny-bert v1: verified, ", "report.json is not there")
                .containsPattern("    1  \\.\\.\\.\\.   0/4  ")
                .contains(" 0/96")
                .contains("budget   macs=0.5: 49.87 % kept of 50.00 % allowed")
                .contains("1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z, 2,048 samples")
                .contains("masks/ ", "slim/ ", "profile espalier, loss supervised")
                .doesNotContain("outcome", "latency");
    }

    @Test
    void ofAVersionWithReportHeadlineSizesAndQualitiesAreShownToo() throws Exception {
        Path version = Candidates.publish(directory.resolve("reported"), parent, "v1", 5);
        PruningReport report = ReportedVersion.report(version);
        Path html = directory.resolve("page.html");
        Path svg = directory.resolve("kept.svg");
        TinyTask.Run run = inspect(version, "--html", html, "--svg", svg);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains(ReportPage.headline(report))
                .containsPattern("MACs a sample +2,000,000 +1,000,000 +50.0 %")
                .containsPattern("parameters +50,000 +30,000 +60.0 %")
                .containsPattern("dense +256 +90.63 % +100.00 % +0.0000")
                .containsPattern("this version +256 +87.50 % +95.31 % +0.0123")
                .contains("accuracy 0.0300 below", "outcome  candidate", "256 held out")
                .contains("stock/   not written: layer 1 has no heads and no LayerNorm")
                .contains("reason   first: ?[31mlevel learning")
                .doesNotContain("\u001b");
        assertThat(Files.readString(html)).isEqualTo(ReportPage.html(report));
        assertThat(Xml.parse(Files.readString(svg)).getDocumentElement().getTagName())
                .isEqualTo("svg");
    }

    @Test
    void aPageNeedsAReport() {
        Path html = directory.resolve("none.html");
        TinyTask.Run run = inspect(bare, "--html", html);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(bare + ": has no report.json, so there is no page to write; --svg draws")
                .hasLineCount(1);
        assertThat(html).doesNotExist();
    }

    @Test
    void measuredTimesAreShownAndSteerNoTerminal() throws IOException {
        Path version = Candidates.publish(directory.resolve("measured"), parent, "v1", 5);
        assertThat(inspect(version).out()).doesNotContain("latency");
        Path file = version.resolve("run.json");
        LatencyFigures figures =
                new LatencyFigures(
                        "a machine\u001b[2J",
                        1,
                        Map.of("onnx", "1.23"),
                        30,
                        "tiny",
                        List.of(
                                new LatencyFigures.Cell(
                                        "onnx", 8, 64, "v1", 10.04, 5.5, 5, 6, 0.5, 1.825, 0.9127)),
                        null);
        RunRecords.put(version, "latency", figures);
        assertThat(inspect(version).out())
                .contains("latency, as measured: a machine?[2J; threads: 1; onnx 1.23")
                .containsPattern("onnx +8 +64 +10.04 +5.50 +1.8[23] +0.91")
                .doesNotContain("\u001b");
        RunRecords.put(version, "latency", List.of(1, 2));
        assertThat(inspect(version).out())
                .contains("latency in run.json: not of the form that this build writes");
        Files.writeString(file, "{");
        assertThat(inspect(version).err()).contains(file + ": not JSON").hasLineCount(1);
    }

    @Test
    void anAlteredVersionIsRefusedByItsFile() throws IOException {
        Path version = Candidates.publish(directory.resolve("broken"), parent, "v1", 5);
        assertThat(inspect(version).code()).isZero();
        Path mask = version.resolve("masks/mask.json");
        Files.writeString(mask, Files.readString(mask).replace("macs=0.5", "macs=0.6"));
        TinyTask.Run run = inspect(version);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains(version + ": file 'masks/mask.json' has sha256 ")
                .hasLineCount(1);
    }

    @Test
    void aDirectoryThatIsNoVersionIsRefusedWithAnExample() {
        TinyTask.Run run = inspect(parent);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(parent + ": has no manifest.json; name the directory of a published")
                .hasLineCount(1);
    }

    @Test
    void theWidthIsThatOfTheTerminalWithinLimits() {
        assertThat(PictureOptions.columns(null)).isEqualTo(80);
        assertThat(PictureOptions.columns("")).isEqualTo(80);
        assertThat(PictureOptions.columns("40")).isEqualTo(72);
        assertThat(PictureOptions.columns("90")).isEqualTo(90);
        assertThat(PictureOptions.columns("300")).isEqualTo(100);
    }

    private static TinyTask.Run inspect(Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "inspect";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return TinyTask.run(new InspectCommand(), all);
    }
}
