package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.artifact.Candidates;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.testing.TinyBert;
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

/** What evaluate prints and writes of the tiny BERT and a model pruned from it. */
class EvaluateCommandTest {

    @TempDir static Path directory;
    private static TinyTask task;
    private static Path version;

    @BeforeAll
    static void publish() throws IOException {
        task = TinyTask.write(directory);
        version = Candidates.publish(directory.resolve("store"), task.model(), "v1", 5);
    }

    @Test
    void theTableHasALineForEachModelAndJsonTheSameNumbers() throws IOException {
        Path json = directory.resolve("evaluation.json");
        TinyTask.Run run = evaluate("--pruned", version, "--json", json, "--batch", 4);
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().skip(3).map(line -> line.split(" ", 2)[0]))
                .containsExactly("model", run.out().lines().toList().get(4), "tiny", "v1");
        JsonNode models = new ObjectMapper().readTree(json.toFile()).path("models");
        JsonNode dense = models.get(0);
        assertThat(dense.path("divergence").asDouble()).isZero();
        assertThat(dense.path("macsShare").asDouble()).isEqualTo(1);
        assertThat(dense.path("latencyShare").asDouble()).isEqualTo(1);
        assertThat(dense.path("accuracy").asDouble()).isCloseTo(goldenAccuracy(), within(1e-9));
        JsonNode pruned = models.get(1);
        assertThat(pruned.path("divergence").asDouble()).isPositive();
        assertThat(pruned.path("macsShare").asDouble()).isBetween(0.1, 0.6);
        assertThat(pruned.path("latencyMillis").asDouble()).isPositive();
        Path weights = version.resolve("slim/model.safetensors");
        assertThat(pruned.path("bytes").asLong()).isEqualTo(Files.size(weights));
        assertThat(pruned.path("parameters").asLong()).isEqualTo(parameters(weights));
        assertThat(run.out().lines().toList().get(6))
                .contains(String.format("%.3f", pruned.path("macsShare").asDouble()))
                .contains(String.format("%.2f", 100 * pruned.path("accuracy").asDouble()));
    }

    private static double goldenAccuracy() {
        float[] logits = TinyBert.floats("logits/dense");
        int right = 0;
        int i = 0;
        for (TinyBert.Batch batch : TinyBert.batches()) {
            for (int label : batch.labels()) {
                boolean best = true;
                for (int c = 0; c < TinyBert.LABELS; c++) {
                    best &= logits[i + c] <= logits[i + label];
                }
                right += best ? 1 : 0;
                i += TinyBert.LABELS;
            }
        }
        return right / 256.0;
    }

    private static long parameters(Path weights) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            return file.tensors().values().stream()
                    .mapToLong(tensor -> tensor.shape().stream().reduce(1L, Math::multiplyExact))
                    .sum();
        }
    }

    @Test
    void aSlimDirectoryIsTheSameModelAsItsVersion() {
        TinyTask.Run run = evaluate("--pruned", version, version.resolve("slim"));
        assertThat(run.code()).isZero();
        String[] whole = run.out().lines().toList().get(6).split("\\s+", -1);
        String[] slim = run.out().lines().toList().get(7).split("\\s+", -1);
        assertThat(slim[0]).isEqualTo("v1/slim");
        for (int column = 1; column <= 5; column++) {
            assertThat(slim[column]).isEqualTo(whole[column]);
        }
    }

    @Test
    void anAlteredVersionIsRefusedByItsFile() throws IOException {
        Path broken = Candidates.publish(directory.resolve("broken"), task.model(), "v1", 5);
        assertThat(evaluate("--pruned", broken).code()).isZero();
        Path config = broken.resolve("slim/config.json");
        Files.writeString(config, Files.readString(config).replace("gelu", "gelv"));
        TinyTask.Run run = evaluate("--pruned", broken);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(broken + ": file 'slim/config.json' has sha256 ")
                .hasLineCount(1);
    }

    @Test
    void aPrunedModelOfAnotherParentIsRefusedNamingBoth() throws IOException {
        Path other = TinyBert.write(directory.resolve("other"));
        Path weights = other.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        Path stranger = Candidates.publish(directory.resolve("strangers"), other, "v2", 5);
        TinyTask.Run run = evaluate("--pruned", stranger);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("espalier: " + stranger + ": was pruned from the model sha256:")
                .contains(", but " + task.model() + " is sha256:")
                .hasLineCount(1);
    }

    @Test
    void denseAndPrunedModelsTakeTheirOwnOptions() {
        TinyTask.Run run = evaluate("--pruned", task.model());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(task.model() + ": is no pruned model").hasLineCount(1);
        TinyTask.Run swapped =
                TinyTask.run(
                        new EvaluateCommand(),
                        "evaluate",
                        "--model",
                        version.resolve("slim"),
                        "--data",
                        task.data());
        assertThat(swapped.code()).isEqualTo(1);
        assertThat(swapped.err()).contains("is a pruned model; --model names").hasLineCount(1);
    }

    @Test
    void sizesOutOfRangeAreWrongUsage() {
        TinyTask.Run run = evaluate("--batch", 0);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--batch is 0; it must be from 1 to 1024").hasLineCount(1);
        assertThat(evaluate("--batch", 1).code()).isZero();
    }

    private static TinyTask.Run evaluate(Object... more) {
        List<Object> arguments = new ArrayList<>();
        arguments.addAll(List.of("evaluate", "--model", task.model(), "--data", task.data()));
        arguments.addAll(List.of(more));
        return TinyTask.run(new EvaluateCommand(), arguments.toArray());
    }
}
