package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.cost.LatencyTable;
import io.espalier.cost.LatencyTableFile;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What bench latency writes of the tiny BERT, and that pruning takes it. */
class BenchLatencyCommandITCase {

    @TempDir private static Path directory;

    private static TinyTask task = new TinyTask(Path.of(""), Path.of(""));
    private static Path table = Path.of("");

    @BeforeAll
    static void measure() throws Exception {
        task = TinyTask.write(directory);
        table = directory.resolve("latency.json");
        TinyTask.Run run = bench("--length", 16, "--batch", 2, "--rounds", 5, "--json", table);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("attention", "ffn", "of dense");
    }

    private static TinyTask.Run bench(Object... arguments) {
        Object[] all = new Object[4 + arguments.length];
        System.arraycopy(new Object[] {"bench", "latency", "--model", task.model()}, 0, all, 0, 4);
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        return TinyTask.run(new BenchCommand(), all);
    }

    private static TinyTask.Run prune(Path output, Object... arguments) {
        Object[] first = {
            "prune", "--model", task.model(), "--data", task.data(), "--output", output
        };
        Object[] all = new Object[first.length + arguments.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(arguments, 0, all, first.length, arguments.length);
        return TinyTask.run(new PruneCommand(), all);
    }

    @Test
    void writesATimeForEveryUnit() throws Exception {
        LatencyTable read = LatencyTableFile.read(table, TinyBert.sublayers());
        assertThat(read.attention()).hasSize(TinyBert.HEADS);
        assertThat(read.ffn()).hasSize(TinyBert.NEURONS);
        JsonNode report = new ObjectMapper().readTree(table.toFile());
        assertThat(report.path("batch").asInt()).isEqualTo(2);
        assertThat(report.path("length").asInt()).isEqualTo(16);
        assertThat(report.path("measuredNeurons")).hasSize(33);
    }

    @Test
    void timesBetweenMeasuredWidthsAreLinear() {
        assertThat(LatencyReport.interpolated(List.of(1, 3, 4), List.of(1.0, 2.0, 5.0)))
                .containsExactly(1.0, 1.5, 2.0, 5.0);
        assertThat(LatencyReport.interpolated(List.of(2, 4), List.of(3.0, 4.0)))
                .containsExactly(3.0, 3.0, 3.5, 4.0);
    }

    @Test
    void pruningMeetsLatencyAndParameterBudgets() throws Exception {
        Path json = directory.resolve("pruned.json");
        TinyTask.Run run =
                prune(
                        directory.resolve("pruned"),
                        "--budget",
                        "latency=0.6,params=0.5,macs=0.5",
                        "--latency-table",
                        table,
                        "--json",
                        json);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("latency0.60-000001", "params0.50-000001", "macs0.50-");
        JsonNode models = new ObjectMapper().readTree(json.toFile()).path("models");
        assertThat(models).hasSize(3);
        assertThat(models.path(0).path("costShare").asDouble()).isBetween(0.2, 0.6);
        JsonNode params = models.path(1);
        double head = 4 * TinyBert.HIDDEN * TinyBert.HEAD_SIZE + 3 * TinyBert.HEAD_SIZE;
        double neuron = 2 * TinyBert.HIDDEN + 1;
        double kept =
                params.path("headsKept").asInt() * head
                        + params.path("neuronsKept").asInt() * neuron;
        double dense = TinyBert.LAYERS * (TinyBert.HEADS * head + TinyBert.NEURONS * neuron);
        assertThat(params.path("costShare").asDouble())
                .isCloseTo(kept / dense, within(1e-12))
                .isBetween(0.45, 0.5);
    }

    @Test
    void aTableOfAnotherModelIsRefusedBeforeTheWork() throws Exception {
        Path other = directory.resolve("other.json");
        Files.writeString(other, "{\"attention\": [1, 2, 3], \"ffn\": [1]}");
        TinyTask.Run run =
                prune(
                        directory.resolve("none"),
                        "--budget",
                        "latency=0.6",
                        "--latency-table",
                        other);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(other + ": 'attention' has 3 entries", "has 4 units; measure this model")
                .hasLineCount(1);
    }

    @Test
    void lengthsBeyondTheModelsPositionsAreRefused() {
        TinyTask.Run run = bench("--length", TinyBert.POSITIONS + 1);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("--length is " + (TinyBert.POSITIONS + 1), "from 1 to ")
                .hasLineCount(1);
    }
}
