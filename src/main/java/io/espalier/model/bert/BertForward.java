package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.norm.LayerNorm;
import io.espalier.architecture.BertConfig;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.model.bert.BertInput.AttentionGroup;
import io.espalier.model.bert.BertWeights.Block;
import io.espalier.model.bert.BertWeights.Linear;
import io.espalier.model.bert.BertWeights.Norm;

import java.util.List;

/**
 * The forward pass of a BERT classifier (Devlin et al., 2019): post-LN, evaluation mode.
 *
 * <pre>
 *   a  = LN1(x + X_A W_O + b_O)      X_A = contexts of the heads
 *   x' = LN2(a + X_F W_2 + b_2)      X_F = gelu(a W_1 + b_1), erf form
 * </pre>
 *
 * <p>Serves the dense model and slim ones, whose sublayers have sizes of their own; an emptied
 * sublayer is its bias. Shape letters: N tokens of B samples, d hidden, H kept heads, w head width,
 * F kept neurons, C labels; b samples of a group, padded to T tokens.
 *
 * <p>Arrays of a sublayer are closed with it.
 */
public final class BertForward {

    private final BertConfig config;
    private final BertWeights weights;

    /** A pass over given weights. */
    public BertForward(BertConfig config, BertWeights weights) {
        this.config = config;
        this.weights = weights;
    }

    /** A pass that can be run backwards; of a dense model only. */
    public BertTape record(BertInput input) {
        return new BertTape(this, config, weights, input);
    }

    /** One sublayer to be run by itself. */
    public BertSublayer sublayer(int index) {
        return new BertSublayer(this, config.dense().get(index).kind(), weights.blocks.get(index));
    }

    /**
     * One sublayer cut to some of its units, with a projection of its own.
     *
     * @param keptUnits ascending
     * @param projection over the inputs of these units
     * @param manager where the cut weights live
     */
    public BertSublayer sublayer(
            int index, int[] keptUnits, Projection projection, NDManager manager) {
        return new BertSublayer(
                this,
                config.dense().get(index).kind(),
                weights.cut(index, keptUnits, projection, manager));
    }

    /**
     * A pass over a model cut to some of its units; all that is not cut is shared.
     *
     * @param keptUnits of each sublayer, ascending
     * @param projections of each sublayer, over the inputs of these units
     * @param manager where the cut weights live
     */
    public BertForward cut(List<int[]> keptUnits, List<Projection> projections, NDManager manager) {
        return new BertForward(config, weights.cut(keptUnits, projections, manager));
    }

    /** The output projection of a sublayer that keeps a unit. */
    public Projection projection(int index) {
        return weights.projection(index);
    }

    /** The pooled output (B, d), tanh of the pooler on row 0, in the manager of the input. */
    public NDArray pooled(BertInput input, ProjectionHook hook) {
        NDManager manager = input.ids().getManager();
        NDArray x = embed(input);
        for (int i = 0; i < weights.blocks.size(); i++) {
            try (NDManager scope = manager.newSubManager()) {
                x.attach(scope);
                // The pooler reads first tokens, and the last sublayer, an FFN, mixes none.
                boolean last = i == weights.blocks.size() - 1;
                NDArray read = last ? rows(input.first(), x, scope) : x;
                x = sublayer(i, weights.blocks.get(i), read, input, hook);
                x.attach(manager);
            }
        }
        return pool(x);
    }

    /** The pooled output (B, d) of the last sublayer's first tokens (B, d). */
    NDArray pool(NDArray first) {
        return apply(weights.pooler, first).tanh();
    }

    /** Logits (B, C) of the pooled output (B, d). */
    public NDArray logits(NDArray pooled) {
        return apply(weights.classifier, pooled);
    }

    /** The embedded tokens (N, d). */
    public NDArray embed(BertInput input) {
        NDManager manager = input.ids().getManager();
        try (NDManager scope = manager.newSubManager()) {
            NDArray words = rows(input.ids(), weights.words, scope);
            NDArray types = rows(input.typeIds(), weights.types, scope);
            NDArray positions = rows(input.positions(), weights.positions, scope);
            NDArray x = normalise(words.addi(types).addi(positions), weights.embeddingNorm);
            x.attach(manager);
            return x;
        }
    }

    /** One sublayer of a block's weights at all tokens it is given, in the manager of these. */
    NDArray sublayer(int index, Block block, NDArray x, BertInput input, ProjectionHook hook) {
        NDArray weight = block.projection().weight();
        NDArray output;
        if (weight == null) {
            output = x.add(block.projection().bias());
        } else {
            Sublayer sublayer = config.dense().get(index);
            NDArray units = units(sublayer.kind(), block, x, input);
            NDArray seen = units.reshape(units.getShape().get(0), -1, sublayer.unitWidth());
            NDArray read = hook.input(index, seen).reshape(units.getShape());
            output = apply(block.projection(), read).addi(x);
        }
        return normalise(output, block.norm());
    }

    /** The input of a block's projection, (N, d) -> (N, k); not of an emptied block. */
    NDArray units(SublayerKind kind, Block block, NDArray x, BertInput input) {
        return kind == SublayerKind.ATTENTION
                ? contexts(block, x, input)
                : Activation.gelu(apply(block.producers().get(0), x));
    }

    /** Contexts of the heads, (N, d) -> (N, H w). */
    private NDArray contexts(Block block, NDArray x, BertInput input) {
        NDManager scope = x.getManager();
        NDArray query = apply(block.producers().get(0), x);
        NDArray key = apply(block.producers().get(1), x);
        NDArray value = apply(block.producers().get(2), x);
        NDList parts = new NDList();
        for (AttentionGroup group : input.groups()) {
            NDArray padded =
                    attend(
                            group,
                            rows(group.padded(), query, scope),
                            rows(group.padded(), key, scope),
                            rows(group.padded(), value, scope));
            parts.add(rows(group.packed(), padded, scope));
        }
        return NDArrays.concat(parts);
    }

    /** Attention of one group: queries, keys and values (b, T, H w) -> contexts (b T, H w). */
    NDArray attend(AttentionGroup group, NDArray query, NDArray key, NDArray value) {
        Shape shape = query.getShape();
        NDArray scores =
                heads(query.mul(weights.attentionScale))
                        .matMul(heads(key).swapAxes(2, 3))
                        .add(group.keyBias()); // (b, H, T, T)
        return scores.softmax(-1)
                .matMul(heads(value))
                .transpose(0, 2, 1, 3)
                .reshape(-1, shape.get(2));
    }

    /** (b, T, H w) -> (b, H, T, w). */
    private NDArray heads(NDArray y) {
        Shape shape = y.getShape();
        return y.reshape(shape.get(0), shape.get(1), -1, config.headWidth()).transpose(0, 2, 1, 3);
    }

    /** {@code y = x W' + b} of each row. */
    static NDArray apply(Linear linear, NDArray x) {
        return ai.djl.nn.core.Linear.linear(x, linear.weight(), linear.bias()).singletonOrThrow();
    }

    /** Rows of a table by index, into a manager. */
    static NDArray rows(NDArray indices, NDArray table, NDManager manager) {
        NDArray rows = Embedding.embedding(indices, table, SparseFormat.DENSE).singletonOrThrow();
        rows.attach(manager);
        return rows;
    }

    /** LayerNorm of each row. */
    NDArray normalise(NDArray x, Norm norm) {
        return LayerNorm.layerNorm(
                        x,
                        new Shape(config.hidden()),
                        norm.scale(),
                        norm.shift(),
                        (float) config.layerNormEpsilon())
                .singletonOrThrow();
    }
}
