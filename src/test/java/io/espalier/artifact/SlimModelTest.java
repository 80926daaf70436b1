package io.espalier.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.mask.Sublayer;
import io.espalier.safetensors.DType;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.SafetensorsWriter;
import io.espalier.safetensors.TensorContent;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A slim model has its parent's tensors, cut to the kept units. */
class SlimModelTest {

    @Test
    void cutsProducersAndReplacesProjections(@TempDir Path directory) throws IOException {
        Candidates candidate = Candidates.of(TinyBert.write(directory.resolve("parent")), "v1", 5);
        Path path = directory.resolve("slim.safetensors");
        try (SafetensorsFile parent = open(candidate.parent())) {
            write(path, SlimModel.tensors(parent, candidate.sublayers()));
        }
        try (SafetensorsFile slim = SafetensorsFile.open(path)) {
            List<String> expected = new ArrayList<>(TinyBert.names());
            expected.removeIf(name -> !name.startsWith("w/"));
            expected.replaceAll(name -> name.substring(2));
            for (SlimSublayer sublayer : candidate.sublayers()) {
                checkSublayer(slim, sublayer, expected);
            }
            assertThat(slim.tensors().keySet()).containsExactlyElementsOf(expected);
            for (String untouched :
                    List.of("classifier.weight", "bert.encoder.layer.1.output.LayerNorm.bias")) {
                assertThat(slim.floats(untouched)).isEqualTo(TinyBert.floats("w/" + untouched));
            }
        }
    }

    private static void checkSublayer(SafetensorsFile slim, SlimSublayer cut, List<String> expected)
            throws IOException {
        Sublayer sublayer = cut.sublayer();
        assertThat(slim.floats(sublayer.projection() + ".bias")).isEqualTo(cut.projection().bias());
        if (cut.keptUnits().length == 0) {
            expected.remove(sublayer.projection() + ".weight");
            sublayer.producers()
                    .forEach(p -> expected.removeAll(List.of(p + ".weight", p + ".bias")));
            return;
        }
        assertThat(slim.floats(sublayer.projection() + ".weight"))
                .isEqualTo(cut.projection().weight());
        for (String producer : sublayer.producers()) {
            float[] dense = TinyBert.floats("w/" + producer + ".weight");
            float[] denseBias = TinyBert.floats("w/" + producer + ".bias");
            float[] weight = slim.floats(producer + ".weight");
            float[] bias = slim.floats(producer + ".bias");
            assertThat(bias).hasSize(cut.keptUnits().length * sublayer.unitWidth());
            assertThat(weight).hasSize(bias.length * TinyBert.HIDDEN);
            for (int i = 0; i < weight.length; i++) {
                int row = i / TinyBert.HIDDEN;
                int unit = cut.keptUnits()[row / sublayer.unitWidth()];
                int denseRow = unit * sublayer.unitWidth() + row % sublayer.unitWidth();
                assertThat(bias[row]).isEqualTo(denseBias[denseRow]);
                assertThat(weight[i])
                        .isEqualTo(dense[denseRow * TinyBert.HIDDEN + i % TinyBert.HIDDEN]);
            }
        }
    }

    @Test
    void keepsTheParentsTypesWhereNothingChanges(@TempDir Path directory) throws IOException {
        Path parent = TinyBert.write(directory);
        Candidates candidate = Candidates.of(parent, "v1", 5);
        rewrite(parent, tensors -> tensors.replaceAll((name, t) -> half(t)));
        try (SafetensorsFile halves = open(parent)) {
            Map<String, TensorContent> slim = SlimModel.tensors(halves, candidate.sublayers());
            Map<DType, Long> types = new TreeMap<>();
            slim.values().forEach(t -> types.merge(t.dtype(), 1L, Long::sum));
            // Four projections with weight and bias, two with their bias alone.
            assertThat(types.get(DType.F32)).isEqualTo(10);
            assertThat(types.keySet()).containsExactly(DType.F32, DType.F16);
        }
    }

    @Test
    void refusesAParentThatDoesNotFitItsSublayers(@TempDir Path directory) throws IOException {
        Path parent = TinyBert.write(directory);
        Candidates candidate = Candidates.of(parent, "v1", 5);
        String name = "bert.encoder.layer.0.intermediate.dense.weight";
        rewrite(parent, tensors -> tensors.put(name, floats(95, 32)));
        try (SafetensorsFile file = open(parent)) {
            assertThatThrownBy(() -> SlimModel.tensors(file, candidate.sublayers()))
                    .hasMessage(
                            "parent's tensor '"
                                    + name
                                    + "' has shape [95, 32], its sublayer needs [96, 32]");
        }
        rewrite(parent, tensors -> tensors.remove(name));
        try (SafetensorsFile file = open(parent)) {
            assertThatThrownBy(() -> SlimModel.tensors(file, candidate.sublayers()))
                    .hasMessage("model.safetensors: has no tensor '" + name + "'");
        }
        rewrite(parent, tensors -> tensors.put(name, floats(96, 32)));
        try (SafetensorsFile file = open(parent)) {
            assertThat(SlimModel.tensors(file, candidate.sublayers())).containsKey(name);
        }
    }

    @Test
    void configNamesTheKeptUnitsAndKeepsTheRest(@TempDir Path directory) throws IOException {
        Candidates candidate = Candidates.of(TinyBert.write(directory), "v1", 5);
        byte[] parent = Files.readAllBytes(directory.resolve("config.json"));
        ObjectMapper mapper = new ObjectMapper();
        JsonNode config =
                mapper.readTree(
                        SlimModel.config(ModelConfig.read(directory), "ab", candidate.sublayers()));
        assertThat(config.path("auto_map").path("AutoConfig").asText())
                .isEqualTo("configuration_espalier.EspalierBertConfig");
        assertThat(config.path("model_type").asText()).isEqualTo("espalier_bert");
        assertThat(config.path("espalier").path("parent").asText()).isEqualTo("sha256:ab");
        JsonNode ffn = config.path("espalier").path("sublayers").path(1);
        assertThat(ffn.path("kind").asText()).isEqualTo("ffn");
        assertThat(ffn.path("units").asInt()).isEqualTo(96);
        assertThat(mapper.treeToValue(ffn.path("kept"), int[].class))
                .isEqualTo(candidate.sublayers().get(1).keptUnits());
        mapper.readTree(parent)
                .properties()
                .forEach(
                        member -> {
                            if (!member.getKey().equals("model_type")) {
                                assertThat(config.path(member.getKey()))
                                        .isEqualTo(member.getValue());
                            }
                        });
    }

    @Test
    void refusesAConfigThatIsNoDenseParents(@TempDir Path directory) throws IOException {
        Path file = TinyBert.write(directory).resolve("config.json");
        String dense = Files.readString(file);
        assertThat(ModelConfig.read(directory).slim().path("model_type").asText())
                .isEqualTo("espalier_bert");
        byte[] slim =
                SlimModel.config(
                        ModelConfig.read(directory),
                        "ab".repeat(32),
                        Candidates.of(directory, "v1", 5).sublayers());
        Files.write(file, slim);
        assertThatThrownBy(() -> ModelConfig.read(directory).slim())
                .hasMessageContaining("is that of a pruned model, not of a dense parent");
        Files.writeString(file, dense.replace("\"bert\"", "\"gpt2\""));
        assertThatThrownBy(() -> ModelConfig.read(directory))
                .hasMessageContaining("model_type 'gpt2' is not supported");
        Files.writeString(file, "[1]");
        assertThatThrownBy(() -> ModelConfig.read(directory))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("config.json: ");
        Files.writeString(file, dense.replaceFirst("\\{", "{\"model_type\": \"bert\", "));
        assertThatThrownBy(() -> ModelConfig.read(directory)).hasMessageContaining("Duplicate");
    }

    @Test
    void configsTellNothingOfTheMachineTheyCameFrom(@TempDir Path directory) throws IOException {
        Path file = TinyBert.write(directory).resolve("config.json");
        String dense = Files.readString(file);
        Files.writeString(
                file,
                dense.replaceFirst(
                        "\\{",
                        "{\"_name_or_path\": \"/home/me/bert\", \"pruned_heads\": {},"
                                + " \"torch_dtype\": \"float16\", \"dtype\": \"float16\","));
        String copy = ModelConfig.read(directory).original().toString();
        assertThat(copy)
                .doesNotContain("/home/me", "pruned_heads", "float16")
                .contains("\"torch_dtype\":\"float32\"");
    }

    private static SafetensorsFile open(Path parent) throws IOException {
        return SafetensorsFile.open(parent.resolve("model.safetensors"));
    }

    private static TensorContent floats(int rows, int columns) {
        return new TensorContent(
                DType.F32,
                List.of((long) rows, (long) columns),
                out -> out.write(new byte[4 * rows * columns]));
    }

    private static TensorContent half(TensorContent tensor) {
        long elements = tensor.shape().stream().reduce(1L, Math::multiplyExact);
        return new TensorContent(
                DType.F16,
                tensor.shape(),
                out -> out.write(new byte[Math.toIntExact(2 * elements)]));
    }

    /** Edits a parent's tensors in place. */
    private interface Edit {
        void apply(Map<String, TensorContent> tensors);
    }

    private static void rewrite(Path parent, Edit edit) throws IOException {
        Path old = parent.resolve("old.safetensors");
        Files.move(parent.resolve("model.safetensors"), old);
        try (SafetensorsFile file = SafetensorsFile.open(old)) {
            Map<String, TensorContent> tensors = new TreeMap<>();
            for (String name : file.tensors().keySet()) {
                tensors.put(name, file.stored(name));
            }
            edit.apply(tensors);
            write(parent.resolve("model.safetensors"), tensors);
        }
        Files.delete(old);
    }

    private static void write(Path path, Map<String, TensorContent> tensors) throws IOException {
        try (OutputStream out = Files.newOutputStream(path)) {
            SafetensorsWriter.write(out, tensors, SafetensorsWriter.PT);
        }
    }
}
