package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What bench prune prints and writes of the tiny BERT. */
class BenchPruneCommandITCase {

    @Test
    void printsEveryRatioAndWritesAllNumbers(@TempDir Path directory) throws Exception {
        TinyTask task = TinyTask.write(directory);
        Path json = directory.resolve("prune.json");
        TinyTask.Run run = bench(task, "--samples", 256, "--threads", 2, "--json", json.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("256 samples", "without ms", "% over scoring without, 2 threads")
                .contains("4 budgets cost ", "reference: tuning", "BERT-base shape")
                .contains("Highest use of the heap");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("collecting")).hasSize(2);
        for (JsonNode loop : report.path("collecting")) {
            assertThat(loop.path("ratio").asDouble()).isPositive();
            assertThat(loop.path("withMillis").asDouble()).isPositive();
        }
        JsonNode decision = report.path("decision");
        assertThat(names(decision.path("stages")))
                .containsExactly("rest", "curves", "allocation", "repair", "assemble");
        assertThat(names(decision.path("referenceStages")))
                .containsExactly("search", "rearrangement", "tuning", "assemble");
        assertThat(decision.path("seconds").asDouble())
                .isCloseTo(sum(decision.path("stages")), within(1e-9));
        assertThat(decision.path("ratio").asDouble())
                .isPositive()
                .isCloseTo(
                        decision.path("seconds").asDouble()
                                / decision.path("referenceSeconds").asDouble(),
                        within(1e-9));
        JsonNode shape = report.path("bertBase");
        assertThat(names(shape.path("ffn"))).containsExactly("rest", "curves", "repair");
        assertThat(shape.path("seconds").asDouble())
                .isCloseTo(
                        12 * (sum(shape.path("attention")) + sum(shape.path("ffn")))
                                + shape.path("allocation").asDouble(),
                        within(1e-9));
    }

    @Test
    void moreSamplesThanRowsAreRefused(@TempDir Path directory) throws Exception {
        TinyTask.Run run = bench(TinyTask.write(directory), "--samples", 257);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("tiny.tsv: 256 rows in all, --samples asks for 257")
                .hasLineCount(1);
    }

    private static TinyTask.Run bench(TinyTask task, Object... arguments) {
        List<Object> all =
                new ArrayList<>(
                        List.of("bench", "prune", "--model", task.model(), "--data", task.data()));
        all.addAll(List.of(arguments));
        return TinyTask.run(new BenchCommand(), all.toArray());
    }

    private static List<String> names(JsonNode stages) {
        List<String> names = new ArrayList<>();
        stages.forEach(stage -> names.add(stage.path("name").asText()));
        return names;
    }

    private static double sum(JsonNode stages) {
        double sum = 0;
        for (JsonNode stage : stages) {
            sum += stage.path("seconds").asDouble();
        }
        return sum;
    }
}
