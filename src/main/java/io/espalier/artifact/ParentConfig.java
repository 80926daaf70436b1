package io.espalier.artifact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.architecture.BertConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The dense parent's {@code config.json}, from which the published ones are made. */
final class ParentConfig {

    static final String FILE = "config.json";

    private static final int MAX_BYTES = 16 << 20;
    private static final String TYPE_PREFIX = "espalier_";

    /** Keys that are not true of a pruned model, or tell of the machine it was made on. */
    private static final List<String> NOT_INHERITED =
            List.of("_name_or_path", "pruned_heads", "per_layer_config", "dtype", "auto_map");

    private final byte[] json;
    private final String type;
    private final BertConfig architecture;

    private ParentConfig(byte[] json, String type, BertConfig architecture) {
        this.json = json;
        this.type = type;
        this.architecture = architecture;
    }

    /**
     * Reads the parent's file.
     *
     * @throws ArtifactException if it is none of a dense model that this build knows
     */
    static ParentConfig read(Path parent) throws IOException {
        byte[] json;
        try (var in = Files.newInputStream(parent.resolve(FILE))) {
            json = in.readNBytes(MAX_BYTES + 1);
        }
        if (json.length > MAX_BYTES) {
            throw new ArtifactException(
                    "parent's config.json has more than " + MAX_BYTES + " bytes");
        }
        ObjectNode tree = Json.read(FILE, json, ObjectNode.class);
        String type = tree.path("model_type").asText("");
        if (type.isEmpty() || type.startsWith(TYPE_PREFIX)) {
            throw new ArtifactException(
                    "config.json: model_type '" + type + "' is not that of a dense parent");
        }
        try {
            return new ParentConfig(json, type, BertConfig.parse(tree));
        } catch (IllegalArgumentException e) {
            throw new ArtifactException("parent's config.json: " + e.getMessage(), e);
        }
    }

    /** A copy to be changed, of float32 weights, as all that is published has. */
    ObjectNode copy() throws IOException {
        ObjectNode tree = Json.read(FILE, json, ObjectNode.class);
        tree.remove(NOT_INHERITED);
        return tree.put("torch_dtype", "float32");
    }

    /** The model type of our own class for it. */
    String slimType() {
        return TYPE_PREFIX + type;
    }

    /** The same, checked. */
    BertConfig architecture() {
        return architecture;
    }
}
