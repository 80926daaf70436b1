package io.espalier.client;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;

/** A published {@code tokenizer.json}, with truncation to a number of tokens. Thread-safe. */
final class TextTokenizer implements AutoCloseable {

    private final HuggingFaceTokenizer tokenizer;

    /**
     * Loads the tokenizer.
     *
     * @param name for messages
     * @param json the file's content
     * @param positions tokens after which texts are cut, special tokens included
     */
    TextTokenizer(String name, byte[] json, int positions) throws IOException {
        String longest = Integer.toString(positions);
        try {
            tokenizer =
                    HuggingFaceTokenizer.newInstance(
                            new ByteArrayInputStream(json),
                            Map.of(
                                    "padding",
                                    "false",
                                    "truncation",
                                    "true",
                                    "maxLength",
                                    longest,
                                    "modelMaxLength",
                                    longest));
        } catch (RuntimeException e) {
            throw new ServingException(name + ": not a tokenizer: " + e.getMessage(), e);
        }
    }

    Tokens encode(String text, @Nullable String pair) {
        Encoding encoding = pair == null ? tokenizer.encode(text) : tokenizer.encode(text, pair);
        return new Tokens(encoding.getIds(), encoding.getTypeIds());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
