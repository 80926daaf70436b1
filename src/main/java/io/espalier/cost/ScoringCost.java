package io.espalier.cost;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.List;

/**
 * Floating-point operations that scoring one sample cannot do without: the forward pass, the
 * backward pass of activations alone, and the moments of the projections' inputs.
 *
 * <p>Two operations for each multiply-add of a sample of T tokens, where a sublayer's projection
 * reads k inputs and the hidden size is d:
 *
 * <pre>
 *               forward          backward         moments
 *   attention   4 T d k + 2 T^2 k   4 T d k + 4 T^2 k   T k (k+1)/2
 *   FFN         2 T d k             2 T d k             T k (k+1)/2
 * </pre>
 *
 * <p>Of the first attention only the projection is reversed, for nothing below it has a mask. The
 * classifier reads one token, so in the last layer the FFN's projection runs forward, and both
 * projections, the FFN's neurons and the queries run backward, at that token alone. Moments are one
 * triangle. Embeddings, pooler, classifier and everything elementwise are not counted.
 */
public final class ScoringCost {

    private ScoringCost() {}

    /** Operations for one sample of a length. */
    public static double operations(int hidden, List<Sublayer> sublayers, int length) {
        double t = length;
        double d = hidden;
        int layers = sublayers.get(sublayers.size() - 1).layer() + 1;
        double sum = 0;
        for (Sublayer sublayer : sublayers) {
            double k = sublayer.inputWidth();
            double rows = sublayer.layer() == layers - 1 ? 1 : t; // with a gradient
            sum += t * k * (k + 1) / 2;
            if (sublayer.kind() == SublayerKind.FFN) {
                sum += t * d * k + rows * d * k + 2 * rows * d * k;
            } else {
                sum += 4 * t * d * k + 2 * t * t * k + rows * d * k;
                if (sublayer.layer() > 0) {
                    sum += 4 * rows * t * k + rows * d * k + 2 * t * d * k;
                }
            }
        }
        return 2 * sum;
    }
}
