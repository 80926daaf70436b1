package io.espalier.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.SafetensorsWriter;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Directories that cannot be honoured are refused in one line; each is one edit from a good one.
 */
class TextClassifierRefusalTest {

    private static final String SUPPORTED =
            "supported: BertForSequenceClassification (model_type bert) and Espalier's slim form of"
                    + " it (espalier_bert)";

    @TempDir Path model;

    @BeforeEach
    void writeAndLoadTheGoodTwin() throws IOException {
        TinyBert.write(model);
        assertLoads();
    }

    @ParameterizedTest
    @ValueSource(strings = {"distilbert", "roberta", "gpt2", "espalier_distilbert", "BERT"})
    void refusesOtherModelTypesByName(String type) throws IOException {
        config(config -> config.put("model_type", type));
        assertRefused(
                model.resolve("config.json")
                        + ": model_type '"
                        + type
                        + "' is not supported; "
                        + SUPPORTED);
    }

    @Test
    void refusesOtherHeadsByName() throws IOException {
        config(config -> config.putArray("architectures").add("BertForTokenClassification"));
        assertRefused(
                model.resolve("config.json")
                        + ": architecture 'BertForTokenClassification' is not supported; "
                        + SUPPORTED);
    }

    @ParameterizedTest
    @CsvSource({
        "hidden_act, relu, gelu",
        "hidden_act, gelu_new, gelu",
        "position_embedding_type, relative_key, absolute"
    })
    void refusesVariantsThatWouldComputeSomethingElse(String field, String value, String only)
            throws IOException {
        config(config -> config.put(field, value));
        assertRefused(
                model.resolve("config.json")
                        + ": "
                        + field
                        + " '"
                        + value
                        + "' is not supported, only '"
                        + only
                        + "'");
        config(config -> config.put(field, only));
        assertLoads();
    }

    @Test
    void refusesADecoder() throws IOException {
        config(config -> config.put("is_decoder", true));
        assertRefused(
                model.resolve("config.json") + ": is_decoder true is not supported; " + SUPPORTED);
        config(config -> config.put("is_decoder", false));
        assertLoads();
    }

    @Test
    void refusesAnEpsilonThatIsMissingOrNone() throws IOException {
        config(config -> config.remove("layer_norm_eps"));
        String message =
                model.resolve("config.json")
                        + ": layer_norm_eps is %s, expected a number in (0, 1)";
        assertRefused(message.formatted("missing"));
        config(config -> config.put("layer_norm_eps", 0.0));
        assertRefused(message.formatted("0.0"));
        config(config -> config.put("layer_norm_eps", 1e-5));
        assertLoads();
    }

    @Test
    void refusesHeadsThatDoNotDivideTheHiddenSize() throws IOException {
        config(config -> config.put("num_attention_heads", 5));
        assertRefused(
                model.resolve("config.json")
                        + ": hidden_size 32 is not a multiple of num_attention_heads 5");
    }

    @Test
    void refusesAConfigThatIsNoJson() throws IOException {
        Files.writeString(model.resolve("config.json"), "{\"model_type\": bert}");
        assertThatThrownBy(() -> TextClassifier.load(model))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(model.resolve("config.json") + ": not JSON: ");
    }

    @Test
    void refusesAMissingTensor() throws IOException {
        String name = "bert.encoder.layer.1.attention.output.dense.bias";
        weights(tensors -> tensors.remove(name));
        assertRefused(
                model.resolve("model.safetensors")
                        + ": tensor '"
                        + name
                        + "' is missing; the file has 56");
    }

    @Test
    void refusesATensorOfAnotherShape() throws IOException {
        String name = "bert.encoder.layer.2.output.dense.weight";
        FloatTensor transposed = new FloatTensor(new int[] {96, 32}, TinyBert.floats("w/" + name));
        weights(tensors -> tensors.put(name, transposed));
        assertRefused(
                model.resolve("model.safetensors")
                        + ": tensor '"
                        + name
                        + "' has shape [96, 32], config.json asks for [32, 96]");
    }

    @Test
    void refusesANumberOfLabelsTheClassifierDoesNotHave() throws IOException {
        config(config -> config.withObject("/id2label").put("3", "d"));
        assertRefused(
                model.resolve("model.safetensors")
                        + ": tensor 'classifier.weight' has shape [3, 32], config.json asks for [4,"
                        + " 32]");
    }

    @ParameterizedTest
    @CsvSource({
        "config.json, 'a model is a Hugging Face directory with config.json, model.safetensors and"
                + " tokenizer.json'",
        "model.safetensors, 'save the model with save_pretrained(..., safe_serialization=True)'",
        "tokenizer.json, 'save the tokenizer in its fast form"
                + " (AutoTokenizer.from_pretrained(...).save_pretrained(...))'"
    })
    void refusesAMissingFileAndSaysWhereItComesFrom(String file, String remedy) throws IOException {
        Files.delete(model.resolve(file));
        assertRefused(model + ": " + file + " is missing; " + remedy);
    }

    @Test
    void refusesATokenizerThatIsNone() throws IOException {
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        assertThatThrownBy(() -> TextClassifier.load(model))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(model.resolve("tokenizer.json") + ": not a tokenizer: ");
    }

    @Test
    void refusesWordsAndLengthsThatTheModelHasNoRowsFor() throws IOException {
        try (TextClassifier classifier = TextClassifier.load(model)) {
            int[] tooLong = new int[TinyBert.POSITIONS + 1];
            assertThatThrownBy(() -> logits(classifier, tooLong))
                    .hasMessage("sequence of 33 tokens; the model takes 32");
            assertThat(logits(classifier, new int[TinyBert.POSITIONS])).hasSize(TinyBert.LABELS);
            assertThatThrownBy(() -> logits(classifier, 1, TinyBert.VOCABULARY))
                    .hasMessage("token 60 of type 0; the model has 60 tokens and 2 types");
            assertThatThrownBy(() -> logits(classifier, 1, -1))
                    .hasMessage("token -1 of type 0; the model has 60 tokens and 2 types");
            assertThat(logits(classifier, 1, 59)).hasSize(TinyBert.LABELS);
        }
    }

    private static float[] logits(TextClassifier classifier, int... ids) {
        return classifier.logits(java.util.List.of(new Encoding(ids, new int[ids.length])))[0];
    }

    private void config(Consumer<ObjectNode> edit) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path file = model.resolve("config.json");
        ObjectNode config = (ObjectNode) mapper.readTree(file.toFile());
        edit.accept(config);
        mapper.writeValue(file.toFile(), config);
    }

    private void weights(Consumer<Map<String, FloatTensor>> edit) throws IOException {
        Path path = model.resolve("model.safetensors");
        Map<String, FloatTensor> tensors = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (String name : file.tensors().keySet()) {
                tensors.put(name, TinyBert.golden("w/" + name));
            }
        }
        edit.accept(tensors);
        SafetensorsWriter.write(path, tensors, SafetensorsWriter.PT);
    }

    private void assertLoads() throws IOException {
        try (TextClassifier classifier = TextClassifier.load(model)) {
            assertThat(classifier.description().labels()).containsExactly("a", "b", "c");
        }
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> TextClassifier.load(model))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}
