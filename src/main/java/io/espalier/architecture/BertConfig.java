package io.espalier.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a BERT classifier's {@code config.json} says, checked.
 *
 * <p>The sublayers have the sizes of the tensors in the file: those of the architecture for a dense
 * model, the kept units for a pruned one. {@code headWidth} is d/H of the dense model always, since
 * scores are scaled by its root.
 *
 * @param hidden hidden size d
 * @param headWidth inputs of the attention projection per head, d_h
 * @param vocabulary rows of the word embedding
 * @param positions longest sequence in tokens
 * @param types rows of the token type embedding
 * @param layerNormEpsilon epsilon of every LayerNorm
 * @param labels names of the classes, in index order
 * @param dense the sublayers of the dense architecture, attention and FFN of layer 0, then layer 1
 * @param kept units kept of each sublayer, ascending
 * @param parent SHA-256 of the weights this model was pruned from, in hexadecimal; null if dense
 */
public record BertConfig(
        int hidden,
        int headWidth,
        int vocabulary,
        int positions,
        int types,
        double layerNormEpsilon,
        List<String> labels,
        List<Sublayer> dense,
        List<int[]> kept,
        @Nullable String parent) {

    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");

    /** Format of the block {@code espalier} in a slim model's configuration. */
    private static final int FORMAT = 1;

    private static final String SUPPORTED =
            "supported: BertForSequenceClassification (model_type bert) and Espalier's slim form of"
                    + " it (espalier_bert)";

    /** Copies the lists. */
    public BertConfig {
        labels = List.copyOf(labels);
        dense = List.copyOf(dense);
        kept = List.copyOf(kept);
    }

    /**
     * Reads a configuration.
     *
     * @throws IllegalArgumentException if the architecture is not supported or a field cannot be
     *     honoured; the message names the field and both values
     */
    public static BertConfig parse(JsonNode json) {
        String type = json.path("model_type").asText("(missing)");
        String architecture = json.path("architectures").path(0).asText("(missing)");
        boolean slim = type.equals("espalier_bert");
        if (!slim && !type.equals("bert")) {
            throw new IllegalArgumentException(
                    "model_type '" + type + "' is not supported; " + SUPPORTED);
        }
        if (!architecture.equals("BertForSequenceClassification")) {
            throw new IllegalArgumentException(
                    "architecture '" + architecture + "' is not supported; " + SUPPORTED);
        }
        demand(json, "hidden_act", "gelu");
        demand(json, "position_embedding_type", "absolute");
        if (json.path("is_decoder").asBoolean(false)) {
            throw new IllegalArgumentException("is_decoder true is not supported; " + SUPPORTED);
        }
        int hidden = positive(json, "hidden_size");
        int heads = positive(json, "num_attention_heads");
        int layers = positive(json, "num_hidden_layers");
        int neurons = positive(json, "intermediate_size");
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size " + hidden + " is not a multiple of num_attention_heads " + heads);
        }
        List<Sublayer> dense = sublayers(layers, heads, hidden / heads, neurons);
        return new BertConfig(
                hidden,
                hidden / heads,
                positive(json, "vocab_size"),
                positive(json, "max_position_embeddings"),
                positive(json, "type_vocab_size"),
                epsilon(json),
                labels(json),
                dense,
                slim ? keptUnits(json, dense) : allUnits(dense),
                slim ? parent(json) : null);
    }

    private static List<Sublayer> sublayers(int layers, int heads, int headWidth, int neurons) {
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            String at = "bert.encoder.layer." + layer;
            String self = at + ".attention.self.";
            sublayers.add(
                    new Sublayer(
                            at + ".attention",
                            SublayerKind.ATTENTION,
                            layer,
                            heads,
                            headWidth,
                            List.of(self + "query", self + "key", self + "value"),
                            at + ".attention.output.dense"));
            sublayers.add(
                    new Sublayer(
                            at + ".ffn",
                            SublayerKind.FFN,
                            layer,
                            neurons,
                            1,
                            List.of(at + ".intermediate.dense"),
                            at + ".output.dense"));
        }
        return sublayers;
    }

    private static List<int[]> allUnits(List<Sublayer> dense) {
        return dense.stream()
                .map(sublayer -> java.util.stream.IntStream.range(0, sublayer.units()).toArray())
                .toList();
    }

    private static List<int[]> keptUnits(JsonNode json, List<Sublayer> dense) {
        JsonNode format = json.path("espalier").path("format");
        if (format.asInt() != FORMAT) {
            throw new IllegalArgumentException(
                    "espalier.format is "
                            + (format.isMissingNode() ? "missing" : format)
                            + ", this Espalier reads "
                            + FORMAT);
        }
        JsonNode entries = json.path("espalier").path("sublayers");
        if (entries.size() != dense.size()) {
            throw new IllegalArgumentException(
                    "espalier.sublayers has "
                            + entries.size()
                            + " entries, the architecture "
                            + dense.size());
        }
        List<int[]> kept = new ArrayList<>();
        for (int i = 0; i < dense.size(); i++) {
            JsonNode entry = entries.get(i);
            Sublayer sublayer = dense.get(i);
            if (!entry.path("id").asText().equals(sublayer.id())) {
                throw new IllegalArgumentException(
                        "espalier.sublayers["
                                + i
                                + "].id is '"
                                + entry.path("id").asText()
                                + "', expected '"
                                + sublayer.id()
                                + "'");
            }
            kept.add(ascending(entry.path("kept"), sublayer));
        }
        return kept;
    }

    private static String parent(JsonNode json) {
        String parent = json.path("espalier").path("parent").asText("(missing)");
        Matcher digest = DIGEST.matcher(parent);
        if (!digest.matches()) {
            throw new IllegalArgumentException(
                    "espalier.parent is '" + parent + "', expected " + DIGEST);
        }
        return digest.group(1);
    }

    private static int[] ascending(JsonNode ids, Sublayer sublayer) {
        if (!ids.isArray()) {
            throw new IllegalArgumentException(
                    "espalier.sublayers: '" + sublayer.id() + "' has no list of kept units");
        }
        int[] kept = new int[ids.size()];
        int previous = -1;
        for (int i = 0; i < kept.length; i++) {
            kept[i] = ids.get(i).isInt() ? ids.get(i).asInt() : -1;
            if (kept[i] <= previous || kept[i] >= sublayer.units()) {
                throw new IllegalArgumentException(
                        "espalier.sublayers: '"
                                + sublayer.id()
                                + "' keeps unit "
                                + ids.get(i)
                                + " after "
                                + previous
                                + "; ids are ascending and below "
                                + sublayer.units());
            }
            previous = kept[i];
        }
        return kept;
    }

    private static List<String> labels(JsonNode json) {
        JsonNode names = json.path("id2label");
        int count = names.isObject() ? names.size() : json.path("num_labels").asInt(2);
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonNode name = names.path(Integer.toString(i));
            if (names.isObject() && name.isMissingNode()) {
                throw new IllegalArgumentException(
                        "id2label has " + count + " entries but none for '" + i + "'");
            }
            labels.add(name.asText("LABEL_" + i));
        }
        if (count < 2) {
            throw new IllegalArgumentException(
                    "id2label has " + count + " entries; a classifier needs at least 2");
        }
        return labels;
    }

    private static double epsilon(JsonNode json) {
        JsonNode value = json.path("layer_norm_eps");
        double epsilon = value.asDouble(-1);
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException(
                    "layer_norm_eps is "
                            + (value.isMissingNode() ? "missing" : value)
                            + ", expected a number in (0, 1)");
        }
        return epsilon;
    }

    private static int positive(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isInt() || value.asInt() < 1) {
            throw new IllegalArgumentException(
                    field
                            + " is "
                            + (value.isMissingNode() ? "missing" : value)
                            + ", expected a positive integer");
        }
        return value.asInt();
    }

    private static void demand(JsonNode json, String field, String only) {
        String value = json.path(field).asText(only);
        if (!value.equals(only)) {
            throw new IllegalArgumentException(
                    field + " '" + value + "' is not supported, only '" + only + "'");
        }
    }
}
