package io.espalier.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;

/** Labels, tokenizer and graph of one folder of one published version. */
final class TextModel implements LoadedModel {

    private final ClassifierConfig config;
    private final TextTokenizer tokenizer;
    private final Network network;

    private TextModel(ClassifierConfig config, TextTokenizer tokenizer, Network network) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.network = network;
    }

    /** Brings a graph into an engine's memory. */
    interface Start {
        Network start() throws IOException;
    }

    /**
     * Loads a folder; leaves nothing open when it throws.
     *
     * @param folder {@code onnx} or {@code djl}
     */
    static TextModel load(VerifiedVersion version, String folder, Start start) throws IOException {
        ClassifierConfig config =
                ClassifierConfig.parse(
                        version.directory().resolve(folder) + "/config.json",
                        version.bytes(folder + "/config.json"));
        TextTokenizer tokenizer =
                new TextTokenizer(
                        version.directory().resolve(folder) + "/tokenizer.json",
                        version.bytes(folder + "/tokenizer.json"),
                        config.positions());
        try {
            return new TextModel(config, tokenizer, start.start());
        } catch (IOException | RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public List<String> labels() {
        return config.labels();
    }

    @Override
    public int positions() {
        return config.positions();
    }

    @Override
    public Tokens tokens(String text, @Nullable String pair) {
        return tokenizer.encode(text, pair);
    }

    @Override
    public float[][] logits(TokenBatch batch) {
        return network.logits(batch);
    }

    @Override
    public void close() {
        try (tokenizer) {
            network.close();
        }
    }
}
