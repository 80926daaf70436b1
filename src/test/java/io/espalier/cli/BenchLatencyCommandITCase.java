package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.artifact.Candidates;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.cost.LatencyTable;
import io.espalier.cost.LatencyTableFile;
import io.espalier.cost.LatencyTables;
import io.espalier.cost.Workload;
import io.espalier.testing.GeneratedBert;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What bench latency measures and writes of the tiny BERT, and that pruning takes its table. */
class BenchLatencyCommandITCase {

    @TempDir private static Path directory;

    private static TinyTask task = new TinyTask(Path.of(""), Path.of(""));
    private static Path table = Path.of("");
    private static Path version = Path.of("");

    @BeforeAll
    static void measure() throws Exception {
        task = TinyTask.write(directory);
        version = Candidates.publish(directory.resolve("store"), task.model(), "v1", 5);
        table = directory.resolve("latency.json");
        TinyTask.Run run = bench("--length", "8,16", "--batch", 2, "--rounds", 3, "--table", table);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("attention", "ffn", "b2s8", "b2s16", "onnxruntime 1.");
    }

    private static TinyTask.Run bench(Object... arguments) {
        return TinyTask.run(
                new BenchCommand(),
                Stream.concat(
                                Stream.of("bench", "latency", "--model", task.model()),
                                Stream.of(arguments))
                        .toArray());
    }

    private static TinyTask.Run prune(Path output, Object... arguments) {
        Object[] first = {
            "prune", "--model", task.model(), "--data", task.data(), "--output", output
        };
        return TinyTask.run(
                new PruneCommand(),
                Stream.concat(Stream.of(first), Stream.of(arguments)).toArray());
    }

    @Test
    void comparesWholeModelsInBothEnginesWithWhatTheirMacsPromise() throws Exception {
        Path json = directory.resolve("models.json");
        TinyTask.Run run =
                bench(version, "--batch", "1,3", "--length", 16, "--rounds", 3, "--json", json);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains(
                        "threads: 1",
                        "PyTorch",
                        "of ideal",
                        "Where time goes in ONNX Runtime, batch 3, length 16:",
                        "bias, residual, LayerNorm",
                        "beyond ideal");
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        assertThat(figures.path("cells")).hasSize(2 * 2 * 2);
        for (JsonNode cell : figures.path("cells")) {
            double speedup = cell.path("speedup").asDouble();
            double share = cell.path("macsShare").asDouble();
            assertThat(speedup).isPositive();
            assertThat(cell.path("ofIdeal").asDouble()).isCloseTo(speedup * share, within(1e-9));
            assertThat(cell.path("lowerQuartile").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(cell.path("milliseconds").asDouble());
            if (cell.path("model").asText().equals("v1")) {
                assertThat(share).isCloseTo(keptMacs(16), within(1e-9));
            } else {
                assertThat(share).isEqualTo(1);
                assertThat(speedup).isEqualTo(1);
            }
        }
        JsonNode parts = figures.path("parts").path("rows");
        double beyond = 0;
        for (JsonNode row : parts) {
            assertThat(row.path("part").asText()).isNotEqualTo("other nodes");
            beyond += row.path("beyondIdeal").asDouble();
        }
        double all = parts.path(parts.size() - 1).path("beyondIdeal").asDouble();
        assertThat(beyond - all).isCloseTo(all, within(1e-9));
    }

    /** Share of the multiply-accumulates of the published version, counted by hand. */
    private static double keptMacs(int length) throws Exception {
        JsonNode sublayers =
                new ObjectMapper()
                        .readTree(version.resolve("slim").resolve("config.json").toFile())
                        .path("espalier")
                        .path("sublayers");
        double head = TinyBert.HEAD_SIZE * (4.0 * length * TinyBert.HIDDEN + 2.0 * length * length);
        double neuron = 2.0 * length * TinyBert.HIDDEN;
        double kept = 0;
        for (JsonNode sublayer : sublayers) {
            boolean attention = sublayer.path("kind").asText().equals("attention");
            kept += sublayer.path("kept").size() * (attention ? head : neuron);
        }
        return kept / (TinyBert.LAYERS * (TinyBert.HEADS * head + TinyBert.NEURONS * neuron));
    }

    @Test
    void recordsAVersionsFiguresBesideWhatItsRunSays() throws Exception {
        Path own = Candidates.publish(directory.resolve("recorded"), task.model(), "v1", 5);
        Path run = own.resolve("run.json");
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode before = (ObjectNode) mapper.readTree(run.toFile());
        before.put("latency", "old");
        mapper.writeValue(run.toFile(), before);
        TinyTask.Run first =
                bench(
                        own,
                        "--batch=1",
                        "--length=16",
                        "--rounds=2",
                        "--engine=onnxruntime",
                        "--record");
        assertThat(first.err()).isEmpty();
        JsonNode after = mapper.readTree(run.toFile());
        JsonNode latency = after.path("latency");
        assertThat(latency.path("cells")).hasSize(1);
        assertThat(latency.path("cells").path(0).path("model").asText()).isEqualTo("v1");
        assertThat(latency.path("dense").asText()).isEqualTo("tiny");
        assertThat(latency.path("engines").path("onnxruntime").asText()).startsWith("1.");
        assertThat(latency.path("parts").path("rows")).isNotEmpty();
        assertThat(Files.readString(run)).doesNotContain(directory.toString());
        ObjectNode rest = after.deepCopy();
        rest.put("latency", "old");
        assertThat(rest).isEqualTo(before);
        ManifestVerifier.verify(own);
    }

    @Test
    void recordingNeedsAPublishedVersion() {
        TinyTask.Run run = bench("--batch=1", "--length=16", "--record");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("--record: none of", "is a published version");
    }

    @Test
    void modelsOfAnotherParentAreNotCompared() throws Exception {
        Path other = GeneratedBert.SMALL.writeDense(directory.resolve("other"), 1, 1);
        TinyTask.Run run = bench(other, "--batch=1", "--length=16");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(other + ": comes from the model sha256:", "of one parent");
    }

    @Test
    void writesATimeForEveryUnitOfEveryWorkload() throws Exception {
        LatencyTables read = LatencyTableFile.read(table, TinyBert.sublayers());
        for (int length : new int[] {8, 16}) {
            LatencyTable times = read.of(new Workload(2, length));
            assertThat(times.attention()).hasSize(TinyBert.HEADS);
            assertThat(times.ffn()).hasSize(TinyBert.NEURONS);
        }
        JsonNode report = new ObjectMapper().readTree(table.toFile());
        assertThat(report.path("format").asInt()).isEqualTo(2);
        assertThat(report.path("engine").asText()).startsWith("onnxruntime 1.");
        assertThat(report.path("measuredNeurons")).hasSize(33);
    }

    @Test
    void timesBetweenMeasuredWidthsAreLinear() {
        assertThat(SublayerTimes.interpolated(List.of(1, 3, 4), List.of(1.0, 2.0, 5.0)))
                .containsExactly(1.0, 1.5, 2.0, 5.0);
        assertThat(SublayerTimes.interpolated(List.of(2, 4), List.of(3.0, 4.0)))
                .containsExactly(3.0, 3.0, 3.5, 4.0);
    }

    @Test
    void pruningMeetsLatencyAndParameterBudgetsWithWidthsThatAreAskedFor() throws Exception {
        Path json = directory.resolve("pruned.json");
        TinyTask.Run run =
                prune(
                        directory.resolve("pruned"),
                        "--budget",
                        "latency=0.6@b2s8,0.6@b2s16,params=0.5,macs=0.5",
                        "--round-to",
                        32,
                        "--latency-table",
                        table,
                        "--json",
                        json);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains(
                        "latency0.60_b2s8-000001",
                        "latency0.60_b2s16-000001",
                        "params0.50-000001",
                        "macs0.50-");
        JsonNode models = new ObjectMapper().readTree(json.toFile()).path("models");
        assertThat(models).hasSize(4);
        assertThat(models.path(0).path("costShare").asDouble()).isBetween(0.2, 0.6);
        JsonNode params = models.path(2);
        double head = 4 * TinyBert.HIDDEN * TinyBert.HEAD_SIZE + 3 * TinyBert.HEAD_SIZE;
        double neuron = 2 * TinyBert.HIDDEN + 1;
        double kept =
                params.path("headsKept").asInt() * head
                        + params.path("neuronsKept").asInt() * neuron;
        double dense = TinyBert.LAYERS * (TinyBert.HEADS * head + TinyBert.NEURONS * neuron);
        assertThat(params.path("costShare").asDouble())
                .isCloseTo(kept / dense, within(1e-12))
                .isBetween(0.3, 0.5);
        List<Integer> widths = new ArrayList<>();
        models.forEach(model -> widths.add(model.path("neuronsKept").asInt() % 32));
        assertThat(widths).containsOnly(0);
    }

    @Test
    void aWorkloadThatWasNotMeasuredIsRefusedBeforeTheWork() {
        for (String budget : List.of("latency=0.6@b8s64", "latency=0.6")) {
            TinyTask.Run run =
                    prune(directory.resolve("none"), "--budget", budget, "--latency-table", table);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err())
                    .contains("budget '" + budget + "': ", "it has b2s8, b2s16")
                    .hasLineCount(1);
        }
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
    void roundingIsOfOneProfile() {
        TinyTask.Run run =
                prune(directory.resolve("none"), "--round-to=8", "--profile=robust-diagonal");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("--round-to is of --profile espalier");
    }

    @Test
    void aTableIsOfOneModel() {
        TinyTask.Run run = bench(version, "--length=16", "--table", directory.resolve("t.json"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--table measures the sublayers of one --model");
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
