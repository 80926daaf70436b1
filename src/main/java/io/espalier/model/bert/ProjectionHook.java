package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;

/** Sees, and may replace, what goes into the output projections of a forward pass. */
@FunctionalInterface
public interface ProjectionHook {

    /** Passes everything through. */
    ProjectionHook NONE = (sublayer, x) -> x;

    /**
     * The input of a sublayer's output projection.
     *
     * @param sublayer index of the sublayer in model order
     * @param x (N, U, w), contexts of U heads or activations of U neurons of width w = 1 at N
     *     tokens; of the last sublayer only at the first token of each sample
     * @return what the projection is to read, same shape
     */
    NDArray input(int sublayer, NDArray x);
}
