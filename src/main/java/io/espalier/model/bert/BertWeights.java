package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.espalier.architecture.BertConfig;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.TensorInfo;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The arrays of a BERT classifier, dense or slim, as float32 on a device.
 *
 * <p>They live as long as the manager they were read into and are shared by all threads, which only
 * read them. Weights are [out, in]; an emptied sublayer has no producers and no projection weight.
 */
public final class BertWeights {

    /** A module {@code y = x W' + b}; the weight is absent in an emptied sublayer. */
    record Linear(@Nullable NDArray weight, NDArray bias) {}

    /** Scale and shift of a LayerNorm. */
    record Norm(NDArray scale, NDArray shift) {}

    /** One sublayer; producers are empty when every unit was removed. */
    record Block(List<Linear> producers, Linear projection, Norm norm) {}

    final NDArray words;
    final NDArray positions;
    final NDArray types;
    final Norm embeddingNorm;
    final List<Block> blocks;
    final Linear pooler;
    final Linear classifier;

    /**
     * 1 / sqrt(d_h) as an array of its own. An operation on a plain number wraps it in memory of
     * the Java heap's cleaner, which the backward pass may find freed.
     */
    final NDArray attentionScale;

    private final BertConfig config;
    private final SafetensorsFile file;
    private final NDManager manager;

    /**
     * Reads all weights.
     *
     * @throws IllegalArgumentException if a tensor is missing or has another shape than the
     *     configuration says; the message names the tensor and both shapes
     */
    public BertWeights(BertConfig config, SafetensorsFile file, NDManager manager)
            throws IOException {
        this.config = config;
        this.file = file;
        this.manager = manager;
        int d = config.hidden();
        String embeddings = "bert.embeddings.";
        words = read(embeddings + "word_embeddings.weight", config.vocabulary(), d);
        positions = read(embeddings + "position_embeddings.weight", config.positions(), d);
        types = read(embeddings + "token_type_embeddings.weight", config.types(), d);
        embeddingNorm = norm(embeddings + "LayerNorm");
        blocks = new ArrayList<>();
        for (int i = 0; i < config.dense().size(); i++) {
            blocks.add(block(config.dense().get(i), config.kept().get(i).length));
        }
        pooler = linear("bert.pooler.dense", d, d);
        classifier = linear("classifier", config.labels().size(), d);
        attentionScale = manager.create((float) (1 / Math.sqrt(config.headWidth())));
    }

    /** Weights of which the blocks are others, all else is shared. */
    private BertWeights(BertWeights dense, List<Block> blocks) {
        this.config = dense.config;
        this.file = dense.file;
        this.manager = dense.manager;
        this.words = dense.words;
        this.positions = dense.positions;
        this.types = dense.types;
        this.embeddingNorm = dense.embeddingNorm;
        this.blocks = blocks;
        this.pooler = dense.pooler;
        this.classifier = dense.classifier;
        this.attentionScale = dense.attentionScale;
    }

    /**
     * These weights with every block cut to some of its units.
     *
     * @param keptUnits of each sublayer, ascending
     * @param projections over the inputs of these units
     * @param cuts where the cut weights live
     */
    BertWeights cut(List<int[]> keptUnits, List<Projection> projections, NDManager cuts) {
        List<Block> cut = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            cut.add(cut(i, keptUnits.get(i), projections.get(i), cuts));
        }
        return new BertWeights(this, cut);
    }

    /** One block cut to some of its units. */
    Block cut(int index, int[] keptUnits, Projection projection, NDManager cuts) {
        Sublayer sublayer = config.dense().get(index);
        Block block = blocks.get(index);
        int width = sublayer.unitWidth();
        if (projection.inputs() != keptUnits.length * width
                || projection.outputs() != config.hidden()) {
            throw new IllegalArgumentException(
                    "sublayer '%s': %s kept units of width %s and a projection of %s x %s"
                            .formatted(
                                    sublayer.id(),
                                    keptUnits.length,
                                    width,
                                    projection.outputs(),
                                    projection.inputs()));
        }
        NDArray bias = cuts.create(projection.bias());
        if (keptUnits.length == 0) {
            return new Block(List.of(), new Linear(null, bias), block.norm());
        }
        long[] inputs = new long[projection.inputs()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (long) keptUnits[i / width] * width + i % width;
        }
        Shape shape = new Shape(projection.outputs(), projection.inputs());
        NDArray weight = cuts.create(projection.weight(), shape);
        List<Linear> producers = new ArrayList<>();
        try (NDManager scope = cuts.newSubManager()) {
            NDArray rows = scope.create(inputs);
            for (Linear producer : block.producers()) {
                producers.add(rows(producer, rows, cuts));
            }
        }
        return new Block(producers, new Linear(weight, bias), block.norm());
    }

    private static Linear rows(Linear linear, NDArray rows, NDManager manager) {
        NDArray column = linear.bias().reshape(-1, 1);
        NDArray cut = BertForward.rows(rows, column, rows.getManager());
        NDArray bias = cut.reshape(-1);
        column.close();
        bias.attach(manager);
        return new Linear(BertForward.rows(rows, weight(linear), manager), bias);
    }

    private static NDArray weight(Linear linear) {
        return Objects.requireNonNull(linear.weight(), "only an emptied sublayer has no weight");
    }

    /** One sublayer's output projection, copied out. */
    Projection projection(int index) {
        Linear linear = blocks.get(index).projection();
        float[] bias = linear.bias().toFloatArray();
        float[] weight = linear.weight() == null ? new float[0] : linear.weight().toFloatArray();
        return new Projection(weight.length / bias.length, bias.length, weight, bias);
    }

    private Block block(Sublayer sublayer, int kept) throws IOException {
        int width = kept * sublayer.unitWidth();
        List<Linear> producers = new ArrayList<>();
        for (String producer : kept == 0 ? List.<String>of() : sublayer.producers()) {
            producers.add(linear(producer, width, config.hidden()));
        }
        Linear projection = linear(sublayer.projection(), config.hidden(), width);
        String at = "bert.encoder.layer." + sublayer.layer();
        boolean attention = sublayer.kind() == SublayerKind.ATTENTION;
        return new Block(
                producers,
                projection,
                norm(at + (attention ? ".attention" : "") + ".output.LayerNorm"));
    }

    private Linear linear(String name, int out, int in) throws IOException {
        return new Linear(
                in == 0 ? null : read(name + ".weight", out, in), read(name + ".bias", out));
    }

    private Norm norm(String name) throws IOException {
        // Checkpoints converted from TensorFlow call them gamma and beta.
        boolean old = !file.tensors().containsKey(name + ".weight");
        return new Norm(
                read(name + (old ? ".gamma" : ".weight"), config.hidden()),
                read(name + (old ? ".beta" : ".bias"), config.hidden()));
    }

    private NDArray read(String name, long... shape) throws IOException {
        TensorInfo info = file.tensors().get(name);
        if (info == null) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' is missing; the file has " + file.tensors().size());
        }
        List<Long> expected = new ArrayList<>();
        for (long size : shape) {
            expected.add(size);
        }
        if (!info.shape().equals(expected)) {
            throw new IllegalArgumentException(
                    "tensor '"
                            + name
                            + "' has shape "
                            + info.shape()
                            + ", config.json asks for "
                            + expected);
        }
        return manager.create(file.floats(name), new Shape(shape));
    }
}
