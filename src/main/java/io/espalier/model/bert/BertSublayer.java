package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import io.espalier.mask.SublayerKind;
import io.espalier.model.bert.BertWeights.Block;

/**
 * One sublayer of a BERT encoder, whole or cut to some of its units, to be run in three steps.
 *
 * <pre>
 *   X = units(x)      r = sum(x, X) = x + X W + b      x' = normalise(r)
 * </pre>
 *
 * <p>Results live in the manager of x. Valid as long as its weights; thread-safe.
 */
public final class BertSublayer {

    private final BertForward forward;
    private final SublayerKind kind;
    private final Block block;

    BertSublayer(BertForward forward, SublayerKind kind, Block block) {
        this.forward = forward;
        this.kind = kind;
        this.block = block;
    }

    /** Whether no unit is left, so that the sublayer is its projection's bias alone. */
    public boolean empty() {
        return block.projection().weight() == null;
    }

    /** The projection's input (N, k) at the tokens x (N, d); not of an empty sublayer. */
    public NDArray units(NDArray x, BertInput input) {
        return forward.units(kind, block, x, input);
    }

    /** The residual sum (N, d); an empty sublayer does not look at the units. */
    public NDArray sum(NDArray x, NDArray units) {
        return empty()
                ? x.add(block.projection().bias())
                : BertForward.apply(block.projection(), units).addi(x);
    }

    /** The sublayer's output (N, d), LayerNorm of the residual sum. */
    public NDArray normalise(NDArray sum) {
        return forward.normalise(sum, block.norm());
    }
}
