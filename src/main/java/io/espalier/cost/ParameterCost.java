package io.espalier.cost;

import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

/**
 * Parameters of a transformer encoder's units.
 *
 * <pre>
 *   head    4 d d_h + 3 d_h      rows of query, key and value with their biases, columns of W_O
 *   neuron  2 d + 1              a row of W_1 with its bias, a column of W_2
 * </pre>
 *
 * <p>d is the hidden size, d_h the head width. Embeddings, LayerNorms, output biases, pooler and
 * classifier have no units and are not counted.
 *
 * @param hidden d
 */
public record ParameterCost(int hidden) implements CostModel {

    @Override
    public double cost(Sublayer sublayer, int keptUnits) {
        double unit =
                sublayer.kind() == SublayerKind.FFN
                        ? 2.0 * hidden + 1
                        : (4.0 * hidden + 3) * sublayer.unitWidth();
        return keptUnits * unit;
    }
}
