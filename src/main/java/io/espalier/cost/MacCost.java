package io.espalier.cost;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

/**
 * Multiply-accumulate operations of a transformer encoder's units, per sample.
 *
 * <pre>
 *   head    a = 4 E[T] d d_h + 2 E[T^2] d_h
 *   neuron  f = 2 E[T] d
 * </pre>
 *
 * <p>T is the length in tokens over the traffic, d the hidden size, d_h the head width. Biases,
 * LayerNorm, softmax, embeddings, pooler and classifier are not counted. With a constant T these
 * are the figures of Kwon et al. (NeurIPS 2022); E[T]^2 in place of E[T^2] would under-count
 * attention where lengths are skewed.
 *
 * @param hidden d
 * @param meanLength E[T], at least 1
 * @param meanSquaredLength E[T^2]
 */
public record MacCost(int hidden, double meanLength, double meanSquaredLength)
        implements CostModel {

    /** Checks that the moments are possible. */
    public MacCost {
        if (!(meanLength > 0)
                || !(meanSquaredLength >= meanLength * meanLength * (1 - 1e-9))
                || !Double.isFinite(meanSquaredLength)) {
            throw new IllegalArgumentException(
                    "mean length " + meanLength + ", mean squared length " + meanSquaredLength);
        }
    }

    /** The cost at one length for all samples. */
    public static MacCost ofLength(int hidden, double length) {
        return new MacCost(hidden, length, length * length);
    }

    /** MACs of one unit of a sublayer. */
    public double unit(Sublayer sublayer) {
        if (sublayer.kind() == SublayerKind.FFN) {
            return 2 * meanLength * hidden;
        }
        return 4 * meanLength * hidden * sublayer.unitWidth()
                + 2 * meanSquaredLength * sublayer.unitWidth();
    }

    @Override
    public double cost(Sublayer sublayer, int keptUnits) {
        return keptUnits * unit(sublayer);
    }
}
