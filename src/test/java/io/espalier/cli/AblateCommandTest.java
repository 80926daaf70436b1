package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.testing.Xml;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What ablate prints and writes of the tiny BERT. */
class AblateCommandTest {

    private static final List<String> STEPS =
            List.of(
                    "espalier: search, + tuning, + projection",
                    "robust-diagonal: search, + rearrangement, + tuning, + projection",
                    "reference: search, + rearrangement, + tuning, + projection");

    @TempDir static Path directory;
    private static TinyTask task;
    private static Path other;
    private static Path json;
    private static TinyTask.Run run;
    private static JsonNode found;

    @BeforeAll
    static void compare() throws IOException {
        task = TinyTask.write(directory);
        List<String> lines = Files.readAllLines(task.data());
        other = Files.write(directory.resolve("other.tsv"), lines.subList(0, 41));
        json = directory.resolve("ablation.json");
        run = ablate("--budget", "macs=0.6,0.4", "--seeds", 2, "--json", json);
        found = new ObjectMapper().readTree(json.toFile());
    }

    private static TinyTask.Run ablate(Object... more) {
        List<Object> arguments = new ArrayList<>();
        arguments.addAll(List.of("ablate", "--model", task.model(), "--data", task.data()));
        arguments.addAll(List.of("--test", task.data() + "," + other, "--samples", 128));
        arguments.addAll(List.of(more));
        return TinyTask.run(new AblateCommand(), arguments.toArray());
    }

    private static List<JsonNode> cells(JsonNode ablation) {
        return StreamSupport.stream(ablation.path("cells").spliterator(), false).toList();
    }

    @Test
    void everyStepOfEveryProfileIsTestedForEveryBudgetAndSeed() {
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        List<String> expected = new ArrayList<>();
        for (int seed : List.of(17, 18)) {
            for (String profile : STEPS) {
                String name = profile.substring(0, profile.indexOf(':'));
                for (String budget : List.of("macs=0.6", "macs=0.4")) {
                    for (String step : profile.substring(name.length() + 2).split(", ", -1)) {
                        expected.add(seed + " " + name + " " + budget + " " + step);
                    }
                }
            }
        }
        assertThat(cells(found))
                .map(
                        cell ->
                                cell.path("seed").asText()
                                        + " "
                                        + cell.path("profile").asText()
                                        + " "
                                        + cell.path("budget").asText()
                                        + " "
                                        + cell.path("step").asText())
                .containsExactlyElementsOf(expected);
    }

    @Test
    void aCellHoldsMeansOfItsFilesAndStaysWithinItsBudget() {
        for (JsonNode cell : cells(found)) {
            JsonNode files = cell.path("quality").path("files");
            assertThat(files.path(0).path("samples").asInt()).isEqualTo(256);
            assertThat(files.path(1).path("samples").asInt()).isEqualTo(40);
            for (String figure : List.of("accuracy", "agreement", "divergence")) {
                double mean =
                        (files.path(0).path(figure).asDouble()
                                        + files.path(1).path(figure).asDouble())
                                / 2;
                assertThat(cell.path("quality").path(figure).asDouble())
                        .isCloseTo(mean, within(1e-12));
            }
            double share = Double.parseDouble(cell.path("budget").asText().substring(5));
            double most = cell.path("profile").asText().equals("reference") ? 1 : share + 1e-9;
            assertThat(cell.path("share").asDouble()).isPositive().isLessThanOrEqualTo(most);
            assertThat(cell.path("macs").asDouble()).isEqualTo(cell.path("share").asDouble());
            assertThat(cell.path("predictedError").asDouble()).isPositive();
        }
        assertThat(found.path("dense").path("divergence").asDouble()).isZero();
        assertThat(found.path("dense").path("agreement").asDouble()).isEqualTo(1);
    }

    @Test
    void solvingTheProjectionsIsPredictedToCostLessThanCuttingAlone() {
        assertThat(predicted("+ projection")).isLessThan(predicted("+ tuning"));
        assertThat(predicted("+ tuning")).isLessThan(predicted("search"));
    }

    private static double predicted(String step) {
        return cells(found).stream()
                .filter(cell -> cell.path("profile").asText().equals("espalier"))
                .filter(cell -> cell.path("step").asText().equals(step))
                .mapToDouble(cell -> cell.path("predictedError").asDouble())
                .sum();
    }

    @Test
    void theTableHasMeansAndDeviationsOfTheCells() {
        List<String> lines = run.out().lines().toList();
        assertThat(lines.get(0).split("\\s{2,}"))
                .containsExactly(
                        "profile",
                        "budget",
                        "step",
                        "accuracy %",
                        "tiny.tsv",
                        "other.tsv",
                        "agreement %",
                        "KL, nats",
                        "kept",
                        "heads",
                        "neurons",
                        "predicted",
                        "seconds");
        assertThat(lines.get(2)).startsWith("dense ");
        String[] first = lines.get(3).split("\\s{2,}");
        assertThat(first).startsWith("espalier", "macs=0.6", "search");
        List<Double> accuracies =
                cells(found).stream()
                        .filter(cell -> cell.path("profile").asText().equals(first[0]))
                        .filter(cell -> cell.path("budget").asText().equals(first[1]))
                        .filter(cell -> cell.path("step").asText().equals(first[2]))
                        .map(cell -> 100 * cell.path("quality").path("accuracy").asDouble())
                        .toList();
        double mean = (accuracies.get(0) + accuracies.get(1)) / 2;
        double deviation = Math.abs(accuracies.get(0) - accuracies.get(1)) / Math.sqrt(2);
        assertThat(first[3]).isEqualTo("%.2f ± %.2f".formatted(mean, deviation));
        assertThat(run.out())
                .contains("shared by all models", "gradients of the reference", "error curves");
    }

    @Test
    void thePageBesideTheJsonHoldsPlotAndTable() throws Exception {
        Document page = Xml.parse(Files.readString(directory.resolve("ablation.html")));
        assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(1);
        assertThat(page.getElementsByTagName("circle").getLength()).isEqualTo(cells(found).size());
        int rows = page.getElementsByTagName("tr").getLength();
        assertThat(rows).isEqualTo(2 + cells(found).size() / 2);
        assertThat(page.getElementsByTagName("td").item(0).getTextContent()).isEqualTo("dense");
    }

    @Test
    void theSameSeedGivesTheSameFiguresAndAnotherOthers() throws IOException {
        Path again = directory.resolve("again.json");
        Path page = directory.resolve("page.htm");
        assertThat(
                        ablate(
                                        "--budget",
                                        "macs=0.6,0.4",
                                        "--seed",
                                        18,
                                        "--json",
                                        again,
                                        "--html",
                                        page)
                                .code())
                .isZero();
        assertThat(page).content().contains("<svg");
        assertThat(directory.resolve("again.html")).doesNotExist();
        List<JsonNode> repeated = cells(new ObjectMapper().readTree(again.toFile()));
        List<JsonNode> all = cells(found);
        int half = all.size() / 2;
        assertThat(repeated).hasSize(half);
        for (int i = 0; i < half; i++) {
            assertThat(repeated.get(i).path("quality"))
                    .isEqualTo(all.get(half + i).path("quality"));
            assertThat(repeated.get(i).path("predictedError"))
                    .isEqualTo(all.get(half + i).path("predictedError"));
        }
        assertThat(repeated)
                .map(cell -> cell.path("predictedError").asDouble())
                .isNotEqualTo(
                        all.subList(0, half).stream()
                                .map(cell -> cell.path("predictedError").asDouble())
                                .toList());
    }

    @Test
    void lossTokenWeightAndSequentialStepAreChosen() throws IOException {
        Path chosen = directory.resolve("chosen.json");
        TinyTask.Run one =
                ablate(
                        "--profile",
                        "espalier",
                        "--loss",
                        "supervised",
                        "--token-weight",
                        "uniform",
                        "--sequential",
                        "--budget",
                        "params=0.5",
                        "--json",
                        chosen);
        assertThat(one.err()).isEmpty();
        JsonNode figures = new ObjectMapper().readTree(chosen.toFile());
        assertThat(figures.path("loss").asText()).isEqualTo("supervised");
        assertThat(figures.path("tokenWeight").asText()).isEqualTo("uniform");
        assertThat(cells(figures))
                .map(cell -> cell.path("step").asText())
                .containsExactly("search", "+ tuning", "+ projection", "+ sequential");
        assertThat(one.out()).doesNotContain("±").doesNotContain("importance of tokens");
    }

    @Test
    void aBudgetThatEmptiesSublayersIsTestedToo() throws IOException {
        Path least = directory.resolve("least.json");
        TinyTask.Run one = ablate("--budget", "macs=0.02", "--sequential", "--json", least);
        assertThat(one.err()).isEmpty();
        assertThat(cells(new ObjectMapper().readTree(least.toFile())))
                .hasSize(14)
                .allSatisfy(
                        cell -> {
                            assertThat(cell.path("quality").path("divergence").asDouble())
                                    .isPositive();
                            assertThat(cell.path("predictedError").asDouble()).isPositive();
                        });
    }

    @Test
    void whatCannotBeComparedIsRefusedBeforeTheWork() {
        assertRefused(
                1,
                "--budget params=0.5: the reference profile knows macs alone; leave it out with"
                        + " --profile espalier,robust-diagonal, or ask for macs=0.5",
                "--budget",
                "params=0.5");
        assertRefused(1, "'best' is none of espalier,", "--profile", "best");
        assertRefused(2, "--loss is 'none'; it must be label-free or supervised", "--loss", "none");
        assertRefused(2, "--seeds is 0; it must be from 1 to 100", "--seeds", 0);
        Path clash = directory.resolve("clash.html");
        assertRefused(1, "--json and --html both name", "--json", clash, "--html", clash);
    }

    private static void assertRefused(int code, String message, Object... more) {
        TinyTask.Run refused = ablate(more);
        assertThat(refused.err()).contains(message).hasLineCount(1);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void moreSamplesThanTheFilesHoldAreRefusedWithBothNumbers() {
        TinyTask.Run refused =
                TinyTask.run(
                        new AblateCommand(),
                        "ablate",
                        "--model",
                        task.model(),
                        "--data",
                        task.data() + "," + other,
                        "--test",
                        other,
                        "--samples",
                        297);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .contains(": 296 rows in all, --samples asks for 297; name more files")
                .hasLineCount(1);
    }

    @Test
    void helpShowsCommandsToCopy() {
        TinyTask.Run help = TinyTask.run(new AblateCommand(), "ablate", "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("espalier ablate --model bert", "--budget macs=0.7,0.5", "gradient-only");
    }
}
