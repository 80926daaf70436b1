package io.espalier.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Imports an encoder of one layer and hidden size 12. */
class EncoderImportTest {
    private static final int HIDDEN = 12;
    private static final int WIDTH = 8;
    private static final String ONNX = "bge-small-en-v1.5.onnx";
    private static final String TOKENIZER = "bge-small-en-v1.5-tokenizer.json";

    @TempDir private Path directory;

    @Test
    void writesAConfigThatFollowsFromTheWeightsAndLabels() throws IOException {
        importTo(directory);

        JsonNode config = new ObjectMapper().readTree(directory.resolve("config.json").toFile());
        assertThat(config.path("architectures").path(0).asText())
                .isEqualTo("BertForSequenceClassification");
        assertThat(config.path("vocab_size").asInt()).isEqualTo(5);
        assertThat(config.path("hidden_size").asInt()).isEqualTo(HIDDEN);
        assertThat(config.path("num_hidden_layers").asInt()).isEqualTo(1);
        assertThat(config.path("num_attention_heads").asInt()).isEqualTo(12);
        assertThat(config.path("intermediate_size").asInt()).isEqualTo(WIDTH);
        assertThat(config.path("max_position_embeddings").asInt()).isEqualTo(4);
        assertThat(config.path("type_vocab_size").asInt()).isEqualTo(2);
        assertThat(config.path("id2label").path("1").asText()).isEqualTo("verb");
        assertThat(config.path("label2id").path("verb").asInt()).isEqualTo(1);
        assertThat(directory.resolve("tokenizer.json")).hasContent("{}");
    }

    @Test
    void addsAScaledIdentityAsPoolerAndTheGivenClassifier() throws IOException {
        EncoderImport imported = importTo(directory);
        float[] weight = new float[2 * HIDDEN];
        weight[HIDDEN] = 3;
        imported.setClassifier(weight, new float[] {1, 2});
        imported.write(directory);

        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            float[] pooler = file.floats("bert.pooler.dense.weight");
            for (int row = 0; row < HIDDEN; row++) {
                for (int column = 0; column < HIDDEN; column++) {
                    float expected = row == column ? 0.25f : 0;
                    assertThat(pooler[row * HIDDEN + column]).isEqualTo(expected);
                }
            }
            assertThat(file.floats("bert.pooler.dense.bias")).containsOnly(0);
            assertThat(file.floats("classifier.weight")).containsExactly(weight);
            assertThat(file.floats("classifier.bias")).containsExactly(1, 2);
            assertThat(file.tensors())
                    .extractingByKey("bert.encoder.layer.0.intermediate.dense.weight")
                    .extracting(TensorInfo::shape)
                    .isEqualTo(List.of((long) WIDTH, (long) HIDDEN));
        }
    }

    @Test
    void namesWhatAJarLacks() throws IOException {
        Path jar = Jars.write(directory.resolve("no.jar"), Map.of(ONNX, onnx().model()));

        assertThatThrownBy(() -> EncoderImport.read(jar, List.of("noun", "verb"), Progress.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(TOKENIZER);
    }

    @Test
    void refusesAModelWithoutEmbeddings() throws IOException {
        byte[] other = new TinyOnnx().floats("bias", List.of(1), 0).model();
        Path jar =
                Jars.write(
                        directory.resolve("other.jar"),
                        Map.of(ONNX, other, TOKENIZER, new byte[0]));

        assertThatThrownBy(() -> EncoderImport.read(jar, List.of("noun", "verb"), Progress.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("embeddings.word_embeddings.weight");
    }

    private static EncoderImport importTo(Path folder) throws IOException {
        Path jar =
                Jars.write(
                        Files.createTempFile(folder, "encoder", ".jar"),
                        Map.of(
                                ONNX,
                                onnx().model(),
                                TOKENIZER,
                                "{}".getBytes(StandardCharsets.UTF_8)));
        EncoderImport imported = EncoderImport.read(jar, List.of("noun", "verb"), Progress.NONE);
        imported.write(folder);
        return imported;
    }

    private static TinyOnnx onnx() {
        String layer = "encoder.layer.0.";
        return new TinyOnnx()
                .matMul("/encoder/layer.0/intermediate/dense/MatMul", "onnx::MatMul_1")
                .floats(
                        "embeddings.word_embeddings.weight",
                        List.of(5, HIDDEN),
                        new float[5 * HIDDEN])
                .floats(
                        "embeddings.position_embeddings.weight",
                        List.of(4, HIDDEN),
                        new float[4 * HIDDEN])
                .floats(
                        "embeddings.token_type_embeddings.weight",
                        List.of(2, HIDDEN),
                        new float[2 * HIDDEN])
                .floats(layer + "intermediate.dense.bias", List.of(WIDTH), new float[WIDTH])
                .floats("onnx::MatMul_1", List.of(HIDDEN, WIDTH), new float[HIDDEN * WIDTH]);
    }
}
