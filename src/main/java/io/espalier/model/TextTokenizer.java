package io.espalier.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model directory's {@code tokenizer.json}, with truncation to a number of tokens. Thread-safe.
 */
final class TextTokenizer implements AutoCloseable {

    private final HuggingFaceTokenizer tokenizer;

    /**
     * Loads the tokenizer.
     *
     * @param maxLength tokens after which texts are cut, special tokens included
     */
    TextTokenizer(Path directory, int maxLength) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(
                    directory
                            + ": tokenizer.json is missing; save the tokenizer in its fast form"
                            + " (AutoTokenizer.from_pretrained(...).save_pretrained(...))");
        }
        try {
            tokenizer =
                    HuggingFaceTokenizer.newInstance(
                            file,
                            Map.of(
                                    "padding",
                                    "false",
                                    "truncation",
                                    "true",
                                    "maxLength",
                                    Integer.toString(maxLength),
                                    "modelMaxLength",
                                    Integer.toString(maxLength)));
        } catch (RuntimeException e) {
            throw new ModelFormatException(file + ": not a tokenizer: " + e.getMessage(), e);
        }
    }

    /** Tokenises a text or a pair of texts, special tokens included. */
    Encoding encode(String text, @Nullable String pair) {
        ai.djl.huggingface.tokenizers.Encoding encoding =
                pair == null ? tokenizer.encode(text) : tokenizer.encode(text, pair);
        return new Encoding(ints(encoding.getIds()), ints(encoding.getTypeIds()));
    }

    private static int[] ints(long[] values) {
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = Math.toIntExact(values[i]);
        }
        return ints;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
