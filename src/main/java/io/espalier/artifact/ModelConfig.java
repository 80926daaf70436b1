package io.espalier.artifact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.architecture.BertConfig;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A model's {@code config.json}, dense or slim, from which those of other forms are made. */
final class ModelConfig {

    static final String FILE = "config.json";

    private static final int MAX_BYTES = 16 << 20;
    private static final String SLIM_TYPE = "espalier_";
    private static final String SLIM_BLOCK = "espalier";
    private static final String OWN_CLASSES = "auto_map";

    /** Keys that are not true of a pruned model, or tell of the machine it was made on. */
    private static final List<String> NOT_INHERITED =
            List.of("_name_or_path", "pruned_heads", "per_layer_config", "dtype");

    private final byte[] json;
    private final BertConfig architecture;

    private ModelConfig(byte[] json, BertConfig architecture) {
        this.json = json;
        this.architecture = architecture;
    }

    /**
     * Reads a model's file.
     *
     * @throws ArtifactException if it is none of a model that this build knows
     */
    static ModelConfig read(Path directory) throws IOException {
        byte[] json = Json.file(directory.resolve(FILE), MAX_BYTES);
        try {
            return new ModelConfig(json, BertConfig.parse(Json.read(FILE, json, ObjectNode.class)));
        } catch (IllegalArgumentException e) {
            throw new ArtifactException(FILE + ": " + e.getMessage(), e);
        }
    }

    /** What it says, checked. */
    BertConfig architecture() {
        return architecture;
    }

    /**
     * A copy of a dense model's to become a slim one's: our model type and classes.
     *
     * @throws ArtifactException if it is a slim one's
     */
    ObjectNode slim() throws IOException {
        if (architecture.parent() != null) {
            throw new ArtifactException(
                    FILE + ": is that of a pruned model, not of a dense parent");
        }
        ObjectNode config = original();
        config.put("model_type", SLIM_TYPE + config.path("model_type").asText());
        config.putObject(OWN_CLASSES)
                .put("AutoConfig", "configuration_espalier.EspalierBertConfig")
                .put(
                        "AutoModelForSequenceClassification",
                        "modeling_espalier.EspalierBertForSequenceClassification");
        return config;
    }

    /** Where the slim form says which units are left. */
    static ObjectNode block(ObjectNode slim) {
        return slim.putObject(SLIM_BLOCK);
    }

    /** A copy for the original class, of float32 weights, as all that is published has. */
    ObjectNode original() throws IOException {
        ObjectNode config = Json.read(FILE, json, ObjectNode.class);
        config.remove(NOT_INHERITED);
        config.remove(List.of(SLIM_BLOCK, OWN_CLASSES));
        String type = config.path("model_type").asText();
        if (type.startsWith(SLIM_TYPE)) {
            config.put("model_type", type.substring(SLIM_TYPE.length()));
        }
        return config.put("torch_dtype", "float32");
    }
}
