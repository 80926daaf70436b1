package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.espalier.mask.Sublayer;
import io.espalier.model.bert.ProjectionHook;

import java.util.ArrayList;
import java.util.List;

/**
 * Fresh masks of 1 and zero taps for one backward pass, and the projection inputs seen on the way.
 *
 * <p>Engines accumulate gradients in a leaf, so each batch has leaves of its own. Shape letters: B
 * samples, T padded tokens, U units, w unit width, d hidden.
 */
final class ScoringHook implements ProjectionHook {

    private final NDManager scope;
    private final List<NDArray> masks = new ArrayList<>(); // (B, 1, U, 1)
    private final List<NDArray> taps = new ArrayList<>(); // (B, T, d)
    private final List<NDArray> inputs = new ArrayList<>(); // (B, T, U, w)

    /** Leaves for a batch of a number of samples. */
    ScoringHook(List<Sublayer> sublayers, int samples, NDManager scope) {
        this.scope = scope;
        for (Sublayer sublayer : sublayers) {
            NDArray mask = scope.ones(new Shape(samples, 1, sublayer.units(), 1));
            mask.setRequiresGradient(true);
            masks.add(mask);
        }
    }

    @Override
    public NDArray input(int sublayer, NDArray x) {
        NDArray seen = x.stopGradient();
        seen.attach(scope);
        inputs.add(seen);
        return x.mul(masks.get(sublayer));
    }

    @Override
    public NDArray residualSum(int sublayer, NDArray sum) {
        NDArray tap = scope.zeros(sum.getShape());
        tap.setRequiresGradient(true);
        taps.add(tap);
        return sum.add(tap);
    }

    /** Number of sublayers. */
    int size() {
        return masks.size();
    }

    /** The projection input of a sublayer, detached, (B, T, U, w). */
    NDArray input(int sublayer) {
        return inputs.get(sublayer);
    }

    /** Each sample's gradient of its own mask, (B, 1, U, 1). */
    NDArray maskGradient(int sublayer) {
        return masks.get(sublayer).getGradient();
    }

    /** The gradient of the residual sum at each token, (B, T, d). */
    NDArray residualGradient(int sublayer) {
        return taps.get(sublayer).getGradient();
    }
}
