package io.espalier.testing;

import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.SafetensorsWriter;
import io.espalier.safetensors.TensorInfo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The golden tiny BERT: 3 layers, 4 heads of 8, hidden 32, 96 neurons, 60 words, 3 classes; its
 * weights as an ordinary Hugging Face directory, its reference outputs, its eight batches.
 */
public final class TinyBert {

    public static final int LAYERS = 3;
    public static final int HEADS = 4;
    public static final int HEAD_SIZE = 8;
    public static final int HIDDEN = 32;
    public static final int NEURONS = 96;
    public static final int VOCABULARY = 60;
    public static final int POSITIONS = 32;
    public static final int LABELS = 3;
    public static final int BATCHES = 8;

    private static final String WEIGHTS = "w/";

    private TinyBert() {}

    /**
     * One of the stored batches.
     *
     * @param inputIds {@code [32][16]}, padded with 0
     * @param attentionMask {@code [32][16]}, 1 for a token and 0 for padding
     * @param labels {@code [32]}
     */
    @SuppressWarnings("ArrayRecordComponent") // Test data, never compared.
    public record Batch(int[][] inputIds, int[][] attentionMask, int[] labels) {

        /** One sample's ids without padding. */
        public int[] tokens(int sample) {
            int length = IntStream.of(attentionMask[sample]).sum();
            return IntStream.of(inputIds[sample]).limit(length).toArray();
        }

        /** One sample as text the written tokenizer reads back to the same ids. */
        public String text(int sample) {
            return IntStream.of(tokens(sample))
                    .skip(1)
                    .mapToObj(id -> "w" + id)
                    .collect(Collectors.joining(" "));
        }
    }

    /** Writes the model as a Hugging Face BertForSequenceClassification directory. */
    public static Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Map<String, FloatTensor> weights = new TreeMap<>();
        for (String name : names()) {
            if (name.startsWith(WEIGHTS)) {
                weights.put(name.substring(WEIGHTS.length()), golden(name));
            }
        }
        SafetensorsWriter.write(
                directory.resolve("model.safetensors"), weights, SafetensorsWriter.PT);
        Files.writeString(directory.resolve("config.json"), CONFIG);
        Files.writeString(directory.resolve("tokenizer.json"), tokenizer(VOCABULARY));
        return directory;
    }

    /** The output projection of a sublayer. */
    public static Projection projection(Sublayer sublayer) {
        return new Projection(
                sublayer.inputWidth(),
                HIDDEN,
                floats(WEIGHTS + sublayer.projection() + ".weight"),
                floats(WEIGHTS + sublayer.projection() + ".bias"));
    }

    /** The sublayers in model order: attention, then feed-forward, of each layer. */
    public static List<Sublayer> sublayers() {
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "bert.encoder.layer." + layer + ".";
            sublayers.add(
                    new Sublayer(
                            prefix + "attention",
                            SublayerKind.ATTENTION,
                            layer,
                            HEADS,
                            HEAD_SIZE,
                            List.of(
                                    prefix + "attention.self.query",
                                    prefix + "attention.self.key",
                                    prefix + "attention.self.value"),
                            prefix + "attention.output.dense"));
            sublayers.add(
                    new Sublayer(
                            prefix + "ffn",
                            SublayerKind.FFN,
                            layer,
                            NEURONS,
                            1,
                            List.of(prefix + "intermediate.dense"),
                            prefix + "output.dense"));
        }
        return sublayers;
    }

    /** The eight stored batches. */
    public static List<Batch> batches() {
        return IntStream.range(0, BATCHES)
                .mapToObj(
                        b ->
                                new Batch(
                                        rows(integers("data/" + b + "/input_ids")),
                                        rows(integers("data/" + b + "/attention_mask")),
                                        integers("data/" + b + "/labels")))
                .toList();
    }

    /** Names of all golden tensors. */
    public static List<String> names() {
        try (SafetensorsFile file = SafetensorsFile.open(goldenFile())) {
            return List.copyOf(file.tensors().keySet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A golden tensor of floats, by the name its README gives, like {@code logits/dense}. */
    public static FloatTensor golden(String name) {
        try (SafetensorsFile file = SafetensorsFile.open(goldenFile())) {
            float[] values = file.floats(name);
            return new FloatTensor(shape(file.tensor(name)), values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values of a golden tensor of floats. */
    public static float[] floats(String name) {
        return golden(name).values();
    }

    /** A golden tensor of whole numbers. */
    public static int[] integers(String name) {
        try (SafetensorsFile file = SafetensorsFile.open(goldenFile())) {
            return Arrays.stream(file.integers(name)).mapToInt(Math::toIntExact).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The golden tensors' file. */
    public static Path goldenFile() {
        return resource("tiny_bert_golden.safetensors");
    }

    /** The golden manifest: costs, solves, latency tables. */
    public static Path goldenManifest() {
        return resource("manifest.json");
    }

    private static Path resource(String name) {
        var url = TinyBert.class.getResource("/golden/tiny-bert/" + name);
        if (url == null) {
            throw new IllegalStateException("golden file " + name + " is not on the class path");
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int[] shape(TensorInfo tensor) {
        return tensor.shape().stream().mapToInt(Math::toIntExact).toArray();
    }

    private static int[][] rows(int[] flat) {
        int columns = flat.length / 32;
        return IntStream.range(0, 32)
                .mapToObj(i -> Arrays.copyOfRange(flat, i * columns, (i + 1) * columns))
                .toArray(int[][]::new);
    }

    /** A tokenizer whose word number 7 is {@code w7}; the first three are special. */
    static String tokenizer(int vocabulary) {
        String words =
                IntStream.range(3, vocabulary)
                        .mapToObj(id -> "\"w" + id + "\": " + id)
                        .collect(Collectors.joining(", "));
        return TOKENIZER.replace("WORDS", words);
    }

    private static final String CONFIG =
            """
            {
              "architectures": ["BertForSequenceClassification"],
              "attention_probs_dropout_prob": 0.0,
              "hidden_act": "gelu",
              "hidden_dropout_prob": 0.0,
              "hidden_size": 32,
              "id2label": {"0": "a", "1": "b", "2": "c"},
              "intermediate_size": 96,
              "label2id": {"a": 0, "b": 1, "c": 2},
              "layer_norm_eps": 1e-12,
              "max_position_embeddings": 32,
              "model_type": "bert",
              "num_attention_heads": 4,
              "num_hidden_layers": 3,
              "pad_token_id": 0,
              "position_embedding_type": "absolute",
              "type_vocab_size": 2,
              "vocab_size": 60
            }
            """;

    private static final String TOKENIZER =
            """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
                {"id": 0, "content": "[PAD]", "single_word": false, "lstrip": false,
                 "rstrip": false, "normalized": false, "special": true},
                {"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false,
                 "rstrip": false, "normalized": false, "special": true},
                {"id": 2, "content": "[UNK]", "single_word": false, "lstrip": false,
                 "rstrip": false, "normalized": false, "special": true}
              ],
              "normalizer": null,
              "pre_tokenizer": {"type": "Whitespace"},
              "post_processor": {
                "type": "TemplateProcessing",
                "single": [
                  {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}}
                ],
                "pair": [
                  {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}},
                  {"Sequence": {"id": "B", "type_id": 1}}
                ],
                "special_tokens": {
                  "[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}
                }
              },
              "decoder": null,
              "model": {
                "type": "WordLevel",
                "vocab": {"[PAD]": 0, "[CLS]": 1, "[UNK]": 2, WORDS},
                "unk_token": "[UNK]"
              }
            }
            """;
}
