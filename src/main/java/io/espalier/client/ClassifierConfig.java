package io.espalier.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What serving needs of a published {@code config.json}; the rest of it is the graph's affair.
 *
 * @param labels names of the classes, in the order of the logits
 * @param positions longest sequence in tokens
 */
record ClassifierConfig(List<String> labels, int positions) {

    private static final JsonMapper JSON = new JsonMapper();

    /** Copies the list. */
    ClassifierConfig {
        labels = List.copyOf(labels);
    }

    /**
     * Reads the file.
     *
     * @param name for messages
     */
    static ClassifierConfig parse(String name, byte[] json) throws IOException {
        JsonNode config;
        try {
            config = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ServingException(name + ": " + e.getOriginalMessage(), e);
        }
        JsonNode names = config.path("id2label");
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            JsonNode label = names.path(Integer.toString(i));
            if (!label.isTextual()) {
                throw new ServingException(
                        name + ": id2label has " + names.size() + " entries but none for " + i);
            }
            labels.add(label.asText());
        }
        JsonNode positions = config.path("max_position_embeddings");
        if (labels.size() < 2 || !positions.isInt() || positions.asInt() < 1) {
            throw new ServingException(
                    name
                            + ": id2label has "
                            + labels.size()
                            + " entries and max_position_embeddings is "
                            + (positions.isMissingNode() ? "missing" : positions)
                            + "; a classifier has at least 2 labels and 1 position");
        }
        return new ClassifierConfig(labels, positions.asInt());
    }
}
