package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.architecture.BertConfig;
import io.espalier.mask.Projection;
import io.espalier.model.bert.BertForward;
import io.espalier.model.bert.BertInput;
import io.espalier.model.bert.BertWeights;
import io.espalier.model.bert.ProjectionHook;
import io.espalier.safetensors.SafetensorsException;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.TensorInfo;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A BERT text classifier in memory: a Hugging Face directory ({@code config.json}, {@code
 * model.safetensors}, {@code tokenizer.json}), dense, or the slim directory of a pruned model.
 *
 * <p>Thread-safe: weights are only read, and each call works in native memory of its own, released
 * before it returns. {@link #close} frees the weights; no call may be under way then.
 */
public final class TextClassifier implements AutoCloseable {

    /** Tokens in one evaluation batch. */
    private static final int EVALUATION_TOKENS = 2048;

    private final ModelDescription description;
    private final BertConfig config;
    private final BertForward forward;
    private final TextTokenizer tokenizer;
    private final NDManager manager;

    private TextClassifier(
            ModelDescription description,
            BertConfig config,
            BertForward forward,
            TextTokenizer tokenizer,
            NDManager manager) {
        this.description = description;
        this.config = config;
        this.forward = forward;
        this.tokenizer = tokenizer;
        this.manager = manager;
    }

    /** Loads a directory; texts are cut at the model's number of positions. */
    public static TextClassifier load(Path directory) throws IOException {
        return load(directory, Integer.MAX_VALUE);
    }

    /**
     * Loads a directory.
     *
     * @param maxLength tokens after which texts are cut, at most the model's positions count
     * @throws ModelFormatException if a file is missing, of another architecture or inconsistent
     */
    public static TextClassifier load(Path directory, int maxLength) throws IOException {
        BertConfig config = config(directory);
        Path weightsFile = directory.resolve("model.safetensors");
        if (!Files.isRegularFile(weightsFile)) {
            throw new ModelFormatException(
                    directory
                            + ": model.safetensors is missing; save the model with"
                            + " save_pretrained(..., safe_serialization=True)");
        }
        NDManager manager = TorchEngine.newManager();
        try (SafetensorsFile file = SafetensorsFile.open(weightsFile)) {
            BertWeights weights = new BertWeights(config, file, manager);
            TextTokenizer tokenizer =
                    new TextTokenizer(directory, Math.min(maxLength, config.positions()));
            return new TextClassifier(
                    describe(weightsFile, config, file),
                    config,
                    new BertForward(config, weights),
                    tokenizer,
                    manager);
        } catch (IllegalArgumentException e) {
            manager.close();
            throw new ModelFormatException(weightsFile + ": " + e.getMessage(), e);
        } catch (SafetensorsException e) {
            manager.close();
            throw new ModelFormatException(directory + ": " + e.getMessage(), e);
        } catch (IOException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Names of the classes of a model, in the order of their indices, from its {@code config.json}
     * alone.
     *
     * @throws ModelFormatException if that file is missing or describes no model of ours
     */
    public static List<String> labels(Path directory) throws IOException {
        return config(directory).labels();
    }

    private static BertConfig config(Path directory) throws IOException {
        Path file = directory.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(
                    directory
                            + ": config.json is missing; a model is a Hugging Face directory with"
                            + " config.json, model.safetensors and tokenizer.json");
        }
        try {
            return BertConfig.parse(new ObjectMapper().readTree(file.toFile()));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file + ": " + e.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    file + ": not JSON: " + e.getOriginalMessage() + " at " + e.getLocation(), e);
        }
    }

    private static ModelDescription describe(Path file, BertConfig config, SafetensorsFile tensors)
            throws IOException {
        long parameters = 0;
        for (TensorInfo tensor : tensors.tensors().values()) {
            parameters += tensor.shape().stream().reduce(1L, Math::multiplyExact);
        }
        return new ModelDescription(
                tensors.sha256(),
                config.labels(),
                config.hidden(),
                config.positions(),
                parameters,
                Files.size(file),
                config.dense(),
                config.kept(),
                config.parent());
    }

    /** The engine that models run in, with its version. */
    public static String engine() {
        return TorchEngine.version();
    }

    /** What the model is. */
    public ModelDescription description() {
        return description;
    }

    /** Number of token ids. */
    public int vocabulary() {
        return config.vocabulary();
    }

    /** Number of token types, that is of segments. */
    public int segments() {
        return config.types();
    }

    /** Tokenises a text or a pair of texts, cut at the maximum length. */
    public Encoding encode(String text, @Nullable String pair) {
        return tokenizer.encode(text, pair);
    }

    /** Logits [C] of each sample, in the order given. */
    public float[][] logits(List<Encoding> encodings) {
        return logits(encodings, ProjectionHook.NONE);
    }

    /** Pooled outputs [d] of each sample, before the classifier, in the order given. */
    public float[][] pooled(List<Encoding> encodings) {
        return evaluate(encodings, forward, ProjectionHook.NONE, pooled -> pooled);
    }

    /** Logits with hooks at the projections; for masks and instruments of this package. */
    float[][] logits(List<Encoding> encodings, ProjectionHook hook) {
        return evaluate(encodings, forward, hook, forward::logits);
    }

    /** Logits of another pass over this model's inputs, one that shares its embeddings. */
    float[][] logits(List<Encoding> encodings, BertForward other) {
        return evaluate(encodings, other, ProjectionHook.NONE, other::logits);
    }

    /** A sublayer's output projection, copied out of the engine's memory. */
    public Projection projection(int sublayer) {
        return forward.projection(sublayer);
    }

    /** What is read from the pooled output. */
    private interface Head {
        NDArray apply(NDArray pooled);
    }

    private float[][] evaluate(
            List<Encoding> encodings, BertForward pass, ProjectionHook hook, Head head) {
        float[][] rows = new float[encodings.size()][];
        for (int[] batch : LengthSorted.batches(encodings, EVALUATION_TOKENS)) {
            float[] values =
                    TorchEngine.withGradients(false, () -> run(encodings, batch, pass, hook, head));
            int width = values.length / batch.length;
            for (int i = 0; i < batch.length; i++) {
                rows[batch[i]] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
            }
        }
        return rows;
    }

    private float[] run(
            List<Encoding> encodings,
            int[] batch,
            BertForward pass,
            ProjectionHook hook,
            Head head) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray pooled = pass.pooled(input(encodings, batch, scope), hook);
            return head.apply(pooled).toFloatArray();
        }
    }

    /** Checks ids against the tables, before anything native could fail on them, and packs. */
    BertInput input(List<Encoding> encodings, int[] batch, NDManager scope) {
        List<int[]> ids = new ArrayList<>();
        List<int[]> types = new ArrayList<>();
        for (int i : batch) {
            Encoding encoding = encodings.get(i);
            check(encoding);
            ids.add(encoding.ids());
            types.add(encoding.typeIds());
        }
        return BertInput.of(ids, types, scope);
    }

    private void check(Encoding encoding) {
        if (encoding.length() > config.positions()) {
            throw new IllegalArgumentException(
                    "sequence of "
                            + encoding.length()
                            + " tokens; the model takes "
                            + config.positions());
        }
        for (int i = 0; i < encoding.length(); i++) {
            int id = encoding.ids()[i];
            int type = encoding.typeIds()[i];
            if (id < 0 || id >= config.vocabulary() || type < 0 || type >= config.types()) {
                throw new IllegalArgumentException(
                        "token "
                                + id
                                + " of type "
                                + type
                                + "; the model has "
                                + config.vocabulary()
                                + " tokens and "
                                + config.types()
                                + " types");
            }
        }
    }

    /** The forward pass over this model's weights. */
    BertForward forward() {
        return forward;
    }

    /** Arrays of the weights in the engine's memory; grows if a pass leaves one behind. */
    public int nativeArrays() {
        return manager.getManagedArrays().size();
    }

    /** The manager of the weights, parent of every scope. */
    NDManager manager() {
        return manager;
    }

    @Override
    public void close() {
        tokenizer.close();
        manager.close();
    }
}
