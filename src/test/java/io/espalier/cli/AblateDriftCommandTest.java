package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The responses to a change of traffic, on two halves of the tiny BERT's samples. */
class AblateDriftCommandTest {

    @TempDir static Path directory;
    private static TinyTask.Run run;
    private static JsonNode cells;

    @BeforeAll
    static void compare() throws IOException {
        TinyTask task = TinyTask.write(directory);
        List<String> lines = Files.readAllLines(task.data());
        Path from = Files.write(directory.resolve("from.tsv"), lines.subList(0, 129));
        List<String> rest = new ArrayList<>(lines.subList(129, lines.size()));
        rest.add(0, lines.get(0));
        Path to = Files.write(directory.resolve("to.tsv"), rest);
        Path json = directory.resolve("drift.json");
        run =
                TinyTask.run(
                        new AblateDriftCommand(),
                        "ablate-drift",
                        "--model",
                        task.model(),
                        "--from",
                        from,
                        "--to",
                        to,
                        "--test-to",
                        to,
                        "--samples",
                        128,
                        "--budget",
                        "macs=0.5,0.3",
                        "--json",
                        json);
        cells = new ObjectMapper().readTree(json.toFile()).path("cells");
    }

    private static double predicted(int cell) {
        return cells.path(cell).path("predictedError").asDouble();
    }

    @Test
    void eachBudgetHasEachResponse() {
        assertThat(run.err()).isEmpty();
        assertThat(cells)
                .map(cell -> cell.path("budget").asText() + " " + cell.path("step").asText())
                .containsExactly(
                        "macs=0.5 live as it was",
                        "macs=0.5 re-tuned",
                        "macs=0.5 re-masked",
                        "macs=0.3 live as it was",
                        "macs=0.3 re-tuned",
                        "macs=0.3 re-masked");
        assertThat(run.out()).contains("estimated");
        assertThat(directory.resolve("drift.html")).content().contains("re-masked");
    }

    @Test
    void eachResponseIsPredictedToBeBetterThanTheOneBefore() {
        for (int first : List.of(0, 3)) {
            assertThat(predicted(first + 1)).isLessThan(predicted(first));
            assertThat(predicted(first + 2)).isLessThan(predicted(first + 1));
        }
    }

    @Test
    void theEstimateIsForReSolvedModelsAndExactForANewStructure() {
        for (int first : List.of(0, 3)) {
            assertThat(cells.path(first).path("estimatedError").isNull()).isTrue();
            assertThat(cells.path(first + 1).path("estimatedError").asDouble())
                    .isGreaterThan(cells.path(first + 2).path("estimatedError").asDouble());
            // The curve counts the ridge as cost, the prediction does not.
            assertThat(cells.path(first + 2).path("estimatedError").asDouble())
                    .isCloseTo(predicted(first + 2), within(0.2 * predicted(first + 2)));
        }
    }

    @Test
    void helpExplainsTheRowsWithAnExample() {
        TinyTask.Run help = TinyTask.run(new AblateDriftCommand(), "ablate-drift", "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("live as it was", "re-tuned", "re-masked", "--test-to product.test.tsv");
    }
}
