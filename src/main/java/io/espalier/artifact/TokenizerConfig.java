package io.espalier.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What transformers' {@code AutoTokenizer} has to know beside a {@code tokenizer.json}: the class
 * that reads that file as it stands, the padding token and the longest sequence. Without it the
 * class is guessed from the model's type, which for a slim model is ours.
 */
final class TokenizerConfig {

    static final String FILE = "tokenizer_config.json";

    private static final int MAX_BYTES = 64 << 20;

    private TokenizerConfig() {}

    /**
     * The file for a model that has none.
     *
     * @param tokenizer its {@code tokenizer.json}
     */
    static byte[] of(Path tokenizer, ModelConfig config) throws IOException {
        byte[] json = Json.file(tokenizer, MAX_BYTES);
        ObjectNode tokens = Json.read(tokenizer.toString(), json, ObjectNode.class);
        ObjectNode written = tokens.objectNode();
        written.put("model_max_length", config.architecture().positions());
        JsonNode padding = config.original().path("pad_token_id");
        for (JsonNode token : tokens.path("added_tokens")) {
            if (padding.isInt() && token.path("id").asInt(-1) == padding.asInt()) {
                written.put("pad_token", token.path("content").asText());
            }
        }
        written.put("tokenizer_class", "PreTrainedTokenizerFast");
        return Json.write(written);
    }
}
