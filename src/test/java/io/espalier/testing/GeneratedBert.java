package io.espalier.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.model.Encoding;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsWriter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * BERT classifiers of any size with drawn weights, as Hugging Face directories: dense, or slim with
 * given numbers of units.
 *
 * <p>Weights are as large as a trained model's, so that logits depend on every sublayer.
 *
 * @param hidden hidden size, a multiple of the heads
 * @param heads of each layer
 * @param neurons of each layer
 * @param vocabulary words
 * @param positions longest sequence
 * @param labels classes
 */
public record GeneratedBert(
        int hidden, int heads, int neurons, int vocabulary, int positions, int labels) {

    /** Small enough for a unit test: 4 heads of 8, 48 neurons. */
    public static final GeneratedBert SMALL = new GeneratedBert(32, 4, 48, 60, 40, 2);

    /** As wide as a small published encoder: 12 heads of 32, 1536 neurons. */
    public static final GeneratedBert REAL = new GeneratedBert(384, 12, 1536, 3000, 512, 2);

    /** Writes a dense model. */
    public Path writeDense(Path directory, int layers, long seed) throws IOException {
        return write(directory, full(heads, layers), full(neurons, layers), false, seed);
    }

    /**
     * Writes a slim model; which units it keeps is drawn.
     *
     * @param keptHeads of each layer
     * @param keptNeurons of each layer
     */
    public Path writeSlim(Path directory, int[] keptHeads, int[] keptNeurons, long seed)
            throws IOException {
        return write(directory, keptHeads, keptNeurons, true, seed);
    }

    /** Texts of drawn words and lengths, some of them pairs. */
    public List<Encoding> samples(int count, int shortest, int longest, long seed) {
        Random random = new Random(seed);
        List<Encoding> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = shortest + random.nextInt(longest - shortest + 1);
            int second = random.nextInt(length + 1);
            samples.add(
                    new Encoding(
                            random.ints(length, 3, vocabulary).toArray(),
                            IntStream.range(0, length).map(t -> t < second ? 0 : 1).toArray()));
        }
        return samples;
    }

    private static int[] full(int units, int layers) {
        int[] all = new int[layers];
        Arrays.fill(all, units);
        return all;
    }

    private Path write(Path directory, int[] keptHeads, int[] keptNeurons, boolean slim, long seed)
            throws IOException {
        Random random = new Random(seed);
        Map<String, FloatTensor> tensors = new TreeMap<>();
        String embeddings = "bert.embeddings.";
        put(tensors, random, 1, embeddings + "word_embeddings.weight", vocabulary, hidden);
        put(tensors, random, 1, embeddings + "position_embeddings.weight", positions, hidden);
        put(tensors, random, 1, embeddings + "token_type_embeddings.weight", 2, hidden);
        norm(tensors, random, embeddings + "LayerNorm");
        int headWidth = hidden / heads;
        for (int layer = 0; layer < keptHeads.length; layer++) {
            String at = "bert.encoder.layer." + layer + ".";
            int width = keptHeads[layer] * headWidth;
            for (String producer : List.of("query", "key", "value")) {
                linear(tensors, random, at + "attention.self." + producer, width, hidden);
            }
            linear(tensors, random, at + "attention.output.dense", hidden, width);
            norm(tensors, random, at + "attention.output.LayerNorm");
            linear(tensors, random, at + "intermediate.dense", keptNeurons[layer], hidden);
            linear(tensors, random, at + "output.dense", hidden, keptNeurons[layer]);
            norm(tensors, random, at + "output.LayerNorm");
        }
        linear(tensors, random, "bert.pooler.dense", hidden, hidden);
        linear(tensors, random, "classifier", labels, hidden);
        Files.createDirectories(directory);
        SafetensorsWriter.write(
                directory.resolve("model.safetensors"), tensors, SafetensorsWriter.PT);
        Files.writeString(directory.resolve("tokenizer.json"), TinyBert.tokenizer(vocabulary));
        new ObjectMapper()
                .writeValue(
                        directory.resolve("config.json").toFile(),
                        config(random, keptHeads, keptNeurons, slim));
        return directory;
    }

    private ObjectNode config(Random random, int[] keptHeads, int[] keptNeurons, boolean slim) {
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.put("model_type", slim ? "espalier_bert" : "bert");
        config.putArray("architectures").add("BertForSequenceClassification");
        config.put("hidden_act", "gelu");
        config.put("hidden_size", hidden);
        config.put("num_attention_heads", heads);
        config.put("num_hidden_layers", keptHeads.length);
        config.put("intermediate_size", neurons);
        config.put("vocab_size", vocabulary);
        config.put("max_position_embeddings", positions);
        config.put("type_vocab_size", 2);
        config.put("layer_norm_eps", 1e-12);
        config.put("num_labels", labels);
        if (slim) {
            ObjectNode block = config.putObject("espalier");
            block.put("format", 1);
            block.put("parent", "sha256:" + "0f".repeat(32));
            ArrayNode rows = block.putArray("sublayers");
            for (int layer = 0; layer < keptHeads.length; layer++) {
                String at = "bert.encoder.layer." + layer;
                kept(rows.addObject(), at + ".attention", random, heads, keptHeads[layer]);
                kept(rows.addObject(), at + ".ffn", random, neurons, keptNeurons[layer]);
            }
        }
        return config;
    }

    private static void kept(ObjectNode row, String id, Random random, int units, int kept) {
        List<Integer> all = new ArrayList<>(IntStream.range(0, units).boxed().toList());
        Collections.shuffle(all, random);
        row.put("id", id);
        ArrayNode ids = row.putArray("kept");
        all.stream().limit(kept).sorted().forEach(ids::add);
    }

    /** An emptied sublayer keeps its projection's bias alone. */
    private static void linear(
            Map<String, FloatTensor> tensors, Random random, String name, int out, int in) {
        if (in > 0 && out > 0) {
            put(tensors, random, 1 / Math.sqrt(in), name + ".weight", out, in);
        }
        if (out > 0) {
            put(tensors, random, 0.1, name + ".bias", out);
        }
    }

    private void norm(Map<String, FloatTensor> tensors, Random random, String name) {
        put(tensors, random, 1, name + ".weight", hidden);
        put(tensors, random, 0.1, name + ".bias", hidden);
    }

    private static void put(
            Map<String, FloatTensor> tensors,
            Random random,
            double deviation,
            String name,
            int... shape) {
        float[] values = new float[IntStream.of(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        tensors.put(name, new FloatTensor(shape, values));
    }
}
