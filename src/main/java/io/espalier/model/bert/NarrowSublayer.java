package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import io.espalier.model.bert.BertWeights.Block;

/**
 * One sublayer of a dense model with its first units alone, run by itself through the code of the
 * whole forward pass: producers, attention or GELU, projection, residual, LayerNorm.
 */
public final class NarrowSublayer {

    private final BertForward forward;
    private final int index;
    private final Block block;

    NarrowSublayer(BertForward forward, int index, Block block) {
        this.forward = forward;
        this.index = index;
        this.block = block;
    }

    /** The sublayer's output (N, d) of its input (N, d), in the manager of the input. */
    public NDArray run(NDArray x, BertInput input) {
        return forward.sublayer(index, block, x, input, ProjectionHook.NONE);
    }
}
