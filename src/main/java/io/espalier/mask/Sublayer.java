package io.espalier.mask;

import java.io.Serializable;
import java.util.List;

/**
 * One attention or feed-forward block of a model: the place where its units are masked, counted and
 * removed.
 *
 * <p>A sublayer ends in an output projection {@code o = X W + b} whose input {@code X} has {@code
 * units * unitWidth} columns, a block of {@code unitWidth} for each unit. Removing a unit removes
 * its rows from every producer and its block of columns from the projection (checkpoint
 * orientation, {@code [out, in]}). All that is particular to a model family ends here: statistics,
 * search, tuning and folding know sublayers only.
 *
 * @param id unique name within the model, the common prefix of its tensors
 * @param kind what its units are
 * @param layer index of the encoder layer, from 0
 * @param units number of units, at least 1
 * @param unitWidth inputs of the projection per unit: {@code d_h} for heads, 1 for neurons
 * @param producers modules whose output rows belong to the units (query, key, value; or the first
 *     feed-forward matrix), as tensor name prefixes without {@code .weight}
 * @param projection the output projection's module, in the same form
 */
public record Sublayer(
        String id,
        SublayerKind kind,
        int layer,
        int units,
        int unitWidth,
        List<String> producers,
        String projection)
        implements Serializable {

    /** Checks the sizes and copies the list. */
    public Sublayer {
        if (units < 1 || unitWidth < 1 || layer < 0) {
            throw new IllegalArgumentException(
                    "sublayer '"
                            + id
                            + "': layer "
                            + layer
                            + ", units "
                            + units
                            + ", unit width "
                            + unitWidth
                            + "; needs layer >= 0 and the others >= 1");
        }
        producers = List.copyOf(producers);
    }

    /** Columns of the output projection's input, {@code k = units * unitWidth}. */
    public int inputWidth() {
        return units * unitWidth;
    }
}
