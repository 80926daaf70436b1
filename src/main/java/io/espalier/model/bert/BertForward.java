package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.norm.LayerNorm;
import io.espalier.mask.SublayerKind;
import io.espalier.model.bert.BertWeights.Block;
import io.espalier.model.bert.BertWeights.Linear;
import io.espalier.model.bert.BertWeights.Norm;

/**
 * The forward pass of a BERT classifier (Devlin et al., 2019): post-LN, evaluation mode.
 *
 * <pre>
 *   a  = LN1(x + X_A W_O + b_O)      X_A = contexts of the heads
 *   x' = LN2(a + X_F W_2 + b_2)      X_F = gelu(a W_1 + b_1), erf form
 * </pre>
 *
 * <p>Serves the dense model and slim ones, whose sublayers have sizes of their own; an emptied
 * sublayer is its bias. Shape letters: B samples, T padded tokens, d hidden, H kept heads, w head
 * width, F kept neurons, C labels.
 *
 * <p>Arrays of a sublayer are closed with it; what the backward pass needs, the engine holds
 * itself.
 */
public final class BertForward {

    private final BertConfig config;
    private final BertWeights weights;

    /** A pass over given weights. */
    public BertForward(BertConfig config, BertWeights weights) {
        this.config = config;
        this.weights = weights;
    }

    /** The pooled output (B, d), tanh of the pooler on row 0, in the manager of the input. */
    public NDArray pooled(BertInput input, ProjectionHook hook) {
        NDManager manager = input.ids().getManager();
        NDArray x = embed(input);
        for (int i = 0; i < weights.blocks.size(); i++) {
            try (NDManager scope = manager.newSubManager()) {
                x.attach(scope);
                x = sublayer(i, x, input.keyBias(), hook);
                x.attach(manager);
            }
        }
        try (NDManager scope = manager.newSubManager()) {
            x.attach(scope);
            NDArray pooled = apply(weights.pooler, x.get(":, 0")).tanh();
            pooled.attach(manager);
            return pooled;
        }
    }

    /** Logits (B, C) of the pooled output (B, d). */
    public NDArray logits(NDArray pooled) {
        return apply(weights.classifier, pooled);
    }

    private NDArray embed(BertInput input) {
        NDManager manager = input.ids().getManager();
        try (NDManager scope = manager.newSubManager()) {
            long length = input.ids().getShape().get(1);
            NDArray words = look(input.ids(), weights.words);
            NDArray types = look(input.typeIds(), weights.types);
            NDArray positions = weights.positions.get("0:" + length);
            words.attach(scope);
            types.attach(scope);
            positions.attach(scope);
            NDArray x = normalise(words.add(types).add(positions), weights.embeddingNorm);
            x.attach(manager);
            return x;
        }
    }

    private NDArray sublayer(int index, NDArray x, NDArray keyBias, ProjectionHook hook) {
        Block block = weights.blocks.get(index);
        NDArray weight = block.projection().weight();
        NDArray output;
        if (weight == null) {
            output = x.add(block.projection().bias());
        } else {
            boolean attention = config.dense().get(index).kind() == SublayerKind.ATTENTION;
            NDArray units = attention ? contexts(block, x, keyBias) : neurons(block, x);
            NDArray seen = hook.input(index, units);
            Shape shape = x.getShape();
            NDArray flat = seen.reshape(shape.get(0), shape.get(1), -1);
            output = x.add(apply(block.projection(), flat));
        }
        return normalise(hook.residualSum(index, output), block.norm());
    }

    /** Contexts of the heads, (B, T, d) -> (B, T, H, w). */
    private NDArray contexts(Block block, NDArray x, NDArray keyBias) {
        NDArray query = heads(apply(block.producers().get(0), x)); // (B, H, T, w)
        NDArray key = heads(apply(block.producers().get(1), x));
        NDArray value = heads(apply(block.producers().get(2), x));
        NDArray scores =
                query.mul(weights.attentionScale)
                        .matMul(key.swapAxes(2, 3))
                        .add(keyBias); // (B, H, T, T)
        return scores.softmax(-1).matMul(value).transpose(0, 2, 1, 3);
    }

    /** Activations of the neurons, (B, T, d) -> (B, T, F, 1). */
    private static NDArray neurons(Block block, NDArray x) {
        return Activation.gelu(apply(block.producers().get(0), x)).expandDims(3);
    }

    /** (B, T, H w) -> (B, H, T, w). */
    private NDArray heads(NDArray y) {
        Shape shape = y.getShape();
        return y.reshape(shape.get(0), shape.get(1), -1, config.headWidth()).transpose(0, 2, 1, 3);
    }

    private static NDArray apply(Linear linear, NDArray x) {
        return ai.djl.nn.core.Linear.linear(x, linear.weight(), linear.bias()).singletonOrThrow();
    }

    private static NDArray look(NDArray ids, NDArray table) {
        return Embedding.embedding(ids, table, SparseFormat.DENSE).singletonOrThrow();
    }

    private NDArray normalise(NDArray x, Norm norm) {
        return LayerNorm.layerNorm(
                        x,
                        new Shape(config.hidden()),
                        norm.scale(),
                        norm.shift(),
                        (float) config.layerNormEpsilon())
                .singletonOrThrow();
    }
}
