package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;

/**
 * Sees, and may replace, what goes through the output projections of a forward pass.
 *
 * <p>Shape letters: B samples, T padded tokens, U units of the sublayer, w unit width, d hidden.
 */
public interface ProjectionHook {

    /** Passes everything through. */
    ProjectionHook NONE = new ProjectionHook() {};

    /**
     * The input of a sublayer's output projection.
     *
     * @param sublayer index of the sublayer in model order
     * @param x (B, T, U, w), contexts of the heads or activations of the neurons
     * @return what the projection is to read, same shape
     */
    default NDArray input(int sublayer, NDArray x) {
        return x;
    }

    /**
     * The projection's output plus the residual, before LayerNorm.
     *
     * @param sublayer index of the sublayer in model order
     * @param sum (B, T, d)
     * @return what LayerNorm is to read, same shape
     */
    default NDArray residualSum(int sublayer, NDArray sum) {
        return sum;
    }
}
